"""A wave is drawn from the grids it names, never from households called of late, and shared out by rule."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from huying.base.errors import Invalid, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey import ledger_key, verify
from survey.drawing import exclude
from survey.fieldwork.operations import close
from survey.models import LEDGER, Area, FrameUnit, Household, SampledCase
from survey.waves.operations import bundle, freeze, release
from survey.waves.queries import eligible, frame_changes, terms, waves
from survey.waves.rules import allocation
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest
from tests.conftest import NOW
from tests.survey.stories import BEFORE, DICE, QUICK, drawn, frozen, grids, register

SIZES = {"G1": 6, "G2": 5, "G3": 4}


@pytest.fixture
def town(survey_db: Database, vault: Vault) -> Database:
    """Two streets of three grids, of two types."""
    with survey_db.transaction() as session:
        register(session, grids(SIZES), vault=vault)
        for code, above, level, kind in (
            ("S1", None, "street", ""),
            ("S2", None, "street", ""),
            ("G1", "S1", "grid", "老旧小区"),
            ("G2", "S1", "grid", "商品房"),
            ("G3", "S2", "grid", "老旧小区"),
        ):
            session.merge(Area(code=code, parent_code=above, level=level, name=code, grid_type=kind))
    return survey_db


def _ended(database: Database, label: str) -> None:
    with database.transaction() as session:
        drawn(session, label)
        release.open_field(session, label, now=NOW)
        close.close(session, label, now=NOW)


def _frame(database: Database, label: str) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(FrameUnit.household_code).where(FrameUnit.wave_label == label)))


def _called(database: Database, label: str) -> set[str]:
    with database.reading() as session:
        units = select(FrameUnit.household_code).join(SampledCase, SampledCase.unit == FrameUnit.unit)
        return set(session.scalars(units.where(FrameUnit.wave_label == label)))


def _entries(database: Database) -> list[dict[str, object]]:
    with database.reading() as session:
        return [json.loads(line) for line in LEDGER.lines(session)]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (FrameScope(), SIZES),
        (FrameScope(areas=frozenset({"S1"})), {"G1": 6, "G2": 5}),
        (FrameScope(types=frozenset({"老旧小区"})), {"G1": 6, "G3": 4}),
        (FrameScope(frozenset({"S1"}), frozenset({"老旧小区"})), {"G1": 6}),
        (FrameScope(areas=frozenset({"G3", "S1"})), SIZES),
    ],
)
def test_only_the_grids_of_the_scope_are_in_the_frame(town, vault, scope, expected):
    with town.transaction() as session:
        assert eligible.counts(session, scope) == expected
        sizes = dict.fromkeys(expected, (2, 0))
        freeze.freeze(
            session,
            FreezeRequest(label="w1", sizes=sizes, rules=QUICK, beacon_source=DICE, scope=scope),
            vault=vault,
            now=BEFORE,
        )
    assert {code.partition("-")[0] for code in _frame(town, "w1")} == set(expected)


def test_an_area_that_is_not_there_is_named(town, vault):
    with pytest.raises(Invalid, match="S9"), town.reading() as session:
        eligible.counts(session, FrameScope(areas=frozenset({"S9"})))


def test_whoever_was_called_rests_and_the_ledger_says_so(town, vault, tmp_path, capsys):
    keys = Keyring(tmp_path / "keys")
    with town.transaction() as session:
        frozen(session, dict.fromkeys(SIZES, (2, 0)), vault=vault)
    _ended(town, "w1")
    called, rest = _called(town, "w1"), FrameScope(rest=1)
    assert len(called) == 6
    with town.transaction() as session:
        freeze.freeze(
            session,
            FreezeRequest(
                label="w2", sizes=dict.fromkeys(SIZES, (1, 0)), rules=QUICK, beacon_source=DICE, scope=rest
            ),
            vault=vault,
            now=BEFORE,
        )
    assert _frame(town, "w2").isdisjoint(called)
    assert len(_frame(town, "w2")) == sum(SIZES.values()) - 6
    entry = next(each for each in _entries(town) if each["t"] == "exclude")
    assert (entry["n"], entry["waves"]) == (6, ["w1"])
    _ended(town, "w2")
    with town.transaction() as session:
        out = waves.exclude_tsv(session, waves.find(session, "w2"))
        assert exclude.digest(out) == entry["sha256"]
        assert waves.exclude_tsv(session, waves.find(session, "w1")) is None
        both = {label: bundle.write(session, label, keys=keys, now=NOW) for label in ("w1", "w2")}
        key = ledger_key.vkey(keys)
    for label, data in both.items():
        (tmp_path / f"{label}.zip").write_bytes(data)
    words = [str(tmp_path / "w2.zip"), "--key", key, "--quorum", "0", "--earlier", str(tmp_path / "w1.zip")]
    assert verify.main(words) == 0
    assert "ok   17 " in capsys.readouterr().out


def test_after_its_rest_a_household_may_be_drawn_again(town, vault):
    for label, rest in (("w1", 0), ("w2", 1), ("w3", 1)):
        with town.transaction() as session:
            scope = FrameScope(rest=rest)
            sizes = dict.fromkeys(eligible.counts(session, scope), (1, 0))
            freeze.freeze(
                session,
                FreezeRequest(label=label, sizes=sizes, rules=QUICK, beacon_source=DICE, scope=scope),
                vault=vault,
                now=BEFORE,
            )
        _ended(town, label)
    assert _called(town, "w1") <= _frame(town, "w3")
    assert _called(town, "w2").isdisjoint(_frame(town, "w3"))


def test_where_everybody_rests_nothing_is_frozen(town, vault):
    with town.transaction() as session:
        frozen(session, {grid: (size, 0) for grid, size in SIZES.items()}, vault=vault)
    _ended(town, "w1")
    with pytest.raises(Refused, match="可以抽的住户"), town.transaction() as session:
        freeze.freeze(
            session,
            FreezeRequest(label="w2", sizes={}, rules=QUICK, beacon_source=DICE, scope=FrameScope(rest=1)),
            vault=vault,
            now=BEFORE,
        )


@given(
    st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 400), min_size=1),
    st.integers(1, 30),
    st.sampled_from(sorted(allocation.METHODS)),
)
def test_sizes_fit_their_grids_and_their_sum(households, mean, method):
    found = allocation.sizes(households, mean=mean, method=method)
    assert found.keys() == households.keys()
    for grid, units in households.items():
        assert min(2, mean, units) <= found[grid] <= units
    if method != "equal":
        assert sum(found.values()) == min(mean * len(households), sum(households.values()))


def test_by_households_large_grids_get_more(vault):
    del vault
    found = allocation.sizes({"A": 400, "B": 100}, mean=10, method="proportional")
    assert found == {"A": 16, "B": 4}
    assert allocation.sizes({"A": 400, "B": 100}, mean=9, method="power") == {"A": 12, "B": 6}


def test_another_method_is_refused():
    with pytest.raises(Invalid, match="分配方法"):
        allocation.sizes({"A": 3}, mean=1, method="favourites")


def test_rules_and_kinds_of_grids_are_sealed_with_the_design(town, vault, tmp_path, capsys):
    keys, rules = Keyring(tmp_path / "keys"), replace(QUICK, criteria="老旧小区：2000 年以前建成")
    with town.transaction() as session:
        frozen(session, dict.fromkeys(SIZES, (2, 0)), vault=vault, rules=rules)
        session.get_one(Area, "G1").grid_type = "商品房"
    _ended(town, "w1")
    with town.transaction() as session:
        made = bundle.write(session, "w1", keys=keys, now=NOW)
        key = ledger_key.vkey(keys)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sealed = archive.read("terms.json")
    entry = next(each for each in _entries(town) if each["t"] == "design")
    assert entry["terms"] == terms.digest(sealed)
    said = terms.read(sealed)
    assert said["types"] == {"G1": "老旧小区", "G2": "商品房", "G3": "老旧小区"}
    assert said["rules"]["criteria"] == "老旧小区：2000 年以前建成"
    (tmp_path / "w.zip").write_bytes(made)
    assert verify.main([str(tmp_path / "w.zip"), "--key", key, "--quorum", "0"]) == 0, capsys.readouterr().out


def test_households_that_rest_are_neither_gone_nor_new(town, vault):
    with town.transaction() as session:
        frozen(session, dict.fromkeys(SIZES, (2, 0)), vault=vault)
    _ended(town, "w1")
    with town.transaction() as session:
        one = session.scalar(select(Household).where(Household.code == "G1-0"))
        one.left_at = NOW
        moved = session.scalar(select(Household).where(Household.code == "G2-0"))
        moved.grid_code = "G3"
    for label, rest in (("w2", 1), ("w3", 0)):
        with town.transaction() as session:
            scope = FrameScope(rest=rest)
            sizes = dict.fromkeys(eligible.counts(session, scope), (1, 0))
            freeze.freeze(
                session,
                FreezeRequest(label=label, sizes=sizes, rules=QUICK, beacon_source=DICE, scope=scope),
                vault=vault,
                now=BEFORE,
            )
        _ended(town, label)
    with town.reading() as session:
        second = {grid.grid: (grid.before, grid.gone) for grid in frame_changes.of(session, "w2")}
        third = [(grid.gone, grid.new) for grid in frame_changes.of(session, "w3")]
    assert second == {"G1": (6, 1), "G2": (5, 1), "G3": (4, 0)}
    assert [gone for gone, _new in third] == [0, 0, 0]
    assert sum(new for _gone, new in third) <= 1
