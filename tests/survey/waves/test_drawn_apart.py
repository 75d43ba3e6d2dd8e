"""A grid with a worker's list is drawn in two strata; every figure of it is still the grid's."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from huying.base.phones import Vault
from huying.store.db import Database
from sampling.biases.list_strata import list_strata
from sampling.intervals import miettinen_nurminen
from survey import ledger_key, verify
from survey.fieldwork.operations import close
from survey.letters.queries import receipts
from survey.models import (
    FrameUnit,
    FrozenGrid,
    ListMatch,
    SampledCase,
    SampleUnit,
    Stratum,
    Wave,
)
from survey.scores.operations import releasing
from survey.scores.queries.biases import list_bias
from survey.scores.queries.releases import rows_of
from survey.waves.operations import bundle, release
from survey.waves.queries import control, frame_changes, terms, waves
from tests.conftest import NOW
from tests.survey.conftest import Led
from tests.survey.scores.test_list_bias import hands_in, number
from tests.survey.stories import (
    END,
    QUICK,
    Interviewer,
    drawn,
    ended,
    enrol,
    frozen,
    grids,
    register,
    works_through,
)

APART = replace(QUICK, plan=12, most=0, lists="apart", control=20)
LISTED, OTHERS = 15, 45


def _listed(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        register(session, grids({"G1": LISTED + OTHERS, "G2": 60}), vault=vault)
    hands_in(database, vault, [(f"L{place}", number(place), "") for place in range(LISTED)])


def _called(database: Database, vault: Vault) -> None:
    _listed(database, vault)
    field(database, vault)
    (account,) = enrol(database)
    works_through(Interviewer(database, account, vault=vault), told_in(database))
    with database.transaction() as session:
        ended(session, keys=vault.keys)


@pytest.fixture
def database(led: Led) -> Database:
    """Two grids of sixty households; fifteen of the first stand on its worker's list."""
    return led("listed", _listed)


@pytest.fixture
def answered(led: Led) -> Database:
    """The same, drawn apart, called and counted."""
    return led("listed and called", _called)


def field(database: Database, vault: Vault, *, rules=APART, sample: int = 12) -> None:
    with database.transaction() as session:
        frozen(session, {"G1": (sample, 0), "G2": (sample, 0)}, vault=vault, rules=rules)
        drawn(session)
        release.open_field(session, "w1", now=NOW)


def told_in(database: Database) -> dict[str, int]:
    """What everybody answers: of the listed all but two are content, of the others every third."""
    with database.reading() as session:
        units = session.execute(select(SampleUnit.unit, SampleUnit.stratum, SampleUnit.rank)).all()
    return {
        unit: 2 if (rank <= 2 if stratum.endswith(".L") else rank % 3) else 5 for unit, stratum, rank in units
    }


def counts(database: Database) -> dict[str, tuple[int, int]]:
    """Of each stratum how many were content, how many answered."""
    told = told_in(database)
    with database.reading() as session:
        of = dict(session.execute(select(SampledCase.unit, SampledCase.stratum)).all())
    content = Counter(of[unit] for unit, answer in told.items() if answer == 5)
    asked = Counter(of[unit] for unit in told)
    return {stratum: (content[stratum], n) for stratum, n in asked.items()}


def test_the_listed_and_the_others_are_two_strata_of_equal_sample(database, vault) -> None:
    field(database, vault)
    with database.reading() as session:
        found = {
            row.stratum: (row.grid_code, row.frame_size, row.sample_size)
            for row in waves.strata(session, "w1")
        }
        listed = set(session.scalars(select(ListMatch.unit)))
        in_arm = set(session.scalars(select(FrameUnit.unit).where(FrameUnit.stratum == "G1.L")))
    assert found == {"G1.L": ("G1", LISTED, 12), "G1.U": ("G1", OTHERS, 12), "G2": ("G2", 60, 12)}
    assert in_arm == listed


def test_the_score_of_a_split_grid_weighs_its_arms_by_their_households(answered) -> None:
    found = counts(answered)
    expected = list_strata((*found["G1.L"], LISTED), (*found["G1.U"], OTHERS))
    c, (p_l, p_u) = LISTED / 60, (k / n for k, n in (found["G1.L"], found["G1.U"]))
    with answered.reading() as session:
        release = releasing.estimate(session, "w1", now=NOW)
    made = json.loads(release.detail)["rows"]
    (row,) = (r for r in made if (r["unit"], r["item"], r["den"]) == ("G1", "overall", "rated"))
    assert row["n"] == row["issued"] == 24
    assert row["direct"] == pytest.approx(c * p_l + (1 - c) * p_u)
    assert row["direct"] == pytest.approx(expected.score)
    assert row["low"] <= row["direct_low"] < row["direct"] < row["direct_high"] <= row["high"]
    assert {r.unit for r in rows_of(release) if r.level == "grid"} == {"G1", "G2"}


def test_the_list_s_bias_is_that_of_two_strata(answered) -> None:
    found = counts(answered)
    expected = list_strata((*found["G1.L"], LISTED), (*found["G1.U"], OTHERS))
    c, p_l, p_u = LISTED / 60, *(k / n for k, n in (found["G1.L"], found["G1.U"]))
    with answered.reading() as session:
        (row,) = list_bias(session, "w1")
    assert (row.grid_code, row.n_listed, row.n_unlisted, row.frame_listed) == ("G1", 12, 12, LISTED)
    assert row.coverage == pytest.approx(c)
    assert row.bias == pytest.approx((1 - c) * (p_l - p_u))
    assert row.bias == pytest.approx(expected.bias)
    limits = miettinen_nurminen(*found["G1.L"], *found["G1.U"])
    assert (row.lo95, row.hi95) == pytest.approx(((1 - c) * limits.low, (1 - c) * limits.high))


def test_a_stranger_s_checker_accepts_the_bundle(answered, vault, tmp_path: Path) -> None:
    with answered.transaction() as session:
        data = bundle.write(session, "w1", keys=vault.keys, now=NOW)
        key = ledger_key.vkey(vault.keys)
    path = tmp_path / "w1.zip"
    path.write_bytes(data)
    said = subprocess.run(
        [sys.executable, "-I", verify.__file__, str(path), "--key", key, "--wave", "w1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        # What those on a list said, their worker could put to names: no group is an arm alone.
        groups = [line.split("\t") for line in files.read("groups.tsv").decode().splitlines()]
        group_of = {stratum: group for group, stratum in groups}
        assert group_of["G1.L"] == group_of["G1.U"]
        assert json.loads(files.read("terms.json"))["split"] == ["G1"]


def test_the_design_s_terms_say_which_grids_are_split_and_their_digest_is_sealed(database, vault) -> None:
    field(database, vault)
    with database.reading() as session:
        wave = session.get_one(Wave, "w1")
        said = terms.of(session, wave)
        (entry,) = (
            line
            for line in map(json.loads, wave.ledger.lines(session, wave.first_entry))
            if line["t"] == "design"
        )
    assert terms.read(said)["split"] == ["G1"]
    assert entry["terms"] == terms.digest(said)


def test_a_wave_that_draws_together_names_nobody_apart(database, vault) -> None:
    field(database, vault, rules=replace(APART, lists="together"))
    with database.reading() as session:
        assert waves.grids(session, "w1") == {"G1": "G1", "G2": "G2"}
        assert len(set(session.scalars(select(ListMatch.unit)))) == LISTED
        assert "split" not in terms.read(terms.of(session, session.get_one(Wave, "w1")))


def test_counts_of_the_freeze_and_changes_since_are_the_grid_s(answered, vault) -> None:
    with answered.transaction() as session:
        frozen(session, {"G1": (12, 0), "G2": (12, 0)}, vault=vault, label="w2", rules=QUICK)
        found = {
            row.grid: (row.households, row.before, row.gone, row.new)
            for row in frame_changes.of(session, "w2")
        }
        first = dict(
            session.execute(
                select(FrozenGrid.grid, FrozenGrid.households).where(FrozenGrid.wave_label == "w1")
            ).all()
        )
    assert first == {"G1": 60, "G2": 60}
    assert found == {"G1": (60, 60, 0, 0), "G2": (60, 60, 0, 0)}


def test_whoever_checks_numbers_or_holds_a_receipt_is_told_the_grid_alone(answered, vault) -> None:
    with answered.reading() as session:
        checked = control.households(session, "w1", vault=vault)
        listed = session.scalars(select(SampledCase.unit).where(SampledCase.stratum == "G1.L")).first()
        code = receipts.of_case(session, listed)
        assert receipts.find(session, code).grid == "G1"
    assert {each.grid for each in checked} == {"G1", "G2"}


def test_a_replicate_goes_out_in_the_arm_that_fell_short(database, vault) -> None:
    rules = replace(APART, plan=4, most=1)
    with database.transaction() as session:
        frozen(session, {"G1": (4, 3), "G2": (4, 3)}, vault=vault, rules=rules)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    with database.reading() as session:
        units = dict(session.execute(select(SampledCase.unit, SampledCase.stratum)).all())
    (account,) = enrol(database)
    told = {unit: None if stratum == "G1.U" else 5 for unit, stratum in units.items()}
    works_through(Interviewer(database, account, vault=vault), told)
    with database.transaction() as session:
        assert release.release_due(session, "w1", now=NOW) == ["G1"]
        out = Counter(session.scalars(select(SampledCase.stratum)))
    assert out == {"G1.L": 4, "G1.U": 7, "G2": 4}


def test_a_grid_of_which_one_arm_said_nothing_has_no_figure(database, vault) -> None:
    field(database, vault)
    with database.reading() as session:
        units = dict(session.execute(select(SampledCase.unit, SampledCase.stratum)).all())
    (account,) = enrol(database)
    told = {unit: None if stratum == "G1.U" else 5 for unit, stratum in units.items()}
    works_through(Interviewer(database, account, vault=vault), told)
    with database.transaction() as session:
        close.close(session, "w1", now=END)
        rows = rows_of(releasing.estimate(session, "w1", now=NOW))
    figures = {row.estimate for row in rows if row.unit == "G1"}
    assert figures == {None}


def test_a_stratum_keeps_its_grid(database, vault) -> None:
    field(database, vault)
    with pytest.raises(Exception, match="insert-only"), database.transaction() as session:
        session.execute(text("UPDATE wave_stratum SET grid_code = 'G2'"))
    with database.reading() as session:
        assert session.get_one(Stratum, ("w1", "G1.U")).grid_code == "G1"
