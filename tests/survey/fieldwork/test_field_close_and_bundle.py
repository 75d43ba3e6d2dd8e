"""The field to its end: replicates by rule, outcomes for all, a bundle that an outsider's checker accepts."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from huying.base.errors import Conflict, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey import ledger_key, verify
from survey.fieldwork.operations import close, queue
from survey.models import LEDGER, AnswerBatch, LogCheckpoint, SampledCase, SampleUnit, Wave
from survey.waves.operations import bundle, release
from survey.waves.queries import waves
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.survey.stories import (
    END,
    Interviewer,
    drawn,
    ended,
    enrol,
    frozen,
    in_field,
    units_by_grid,
    works_through,
)

FOUR = WaveRules(attempts=2, plan=4, most=2, windows=1, days=1, hours="any", unworked=1000)
LATER = NOW + timedelta(days=45)


def an_interviewer(database: Database, vault: Vault) -> Interviewer:
    (account,) = enrol(database)
    return Interviewer(database, account, vault=vault)


def answers(database: Database, **by_grid: list[int | None]) -> dict[str, int | None]:
    """What each unit of a grid answers, in the order of its rank."""
    found: dict[str, int | None] = dict.fromkeys(
        unit for units in units_by_grid(database).values() for unit in units
    )
    with database.reading() as session:
        ranked = session.scalars(select(SampleUnit).order_by(SampleUnit.stratum, SampleUnit.rank)).all()
    for unit in ranked:
        if unit.rank <= len(by_grid.get(unit.stratum, ())):
            found[unit.unit] = by_grid[unit.stratum][unit.rank - 1]
    return found


def due(database: Database) -> list[str]:
    with database.transaction() as session:
        return release.release_due(session, "w1", now=LATER)


def lines(database: Database) -> list[dict[str, object]]:
    with database.reading() as session:
        return [json.loads(line) for line in LEDGER.lines(session)]


def closed(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        ended(session, keys=vault.keys)


def closing(database: Database) -> dict[str, object]:
    """The entry that ended the field."""
    return next(line for line in lines(database) if line["t"] == "close")


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(database: Database, keys: Keyring) -> bytes:
    with database.transaction() as session:
        return bundle.write(session, "w1", keys=keys, now=LATER)


def test_a_replicate_goes_out_when_all_is_worked_and_completes_are_few(
    survey_db: Database, vault: Vault
) -> None:
    in_field(survey_db, {"G1": (20, 5, 2), "G2": (20, 5, 2)}, vault=vault, rules=FOUR)
    person = an_interviewer(survey_db, vault)
    assert due(survey_db) == []
    works_through(person, answers(survey_db, G1=[5, 4, 3, 2, None], G2=[5, 4, None, None, None]))
    assert due(survey_db) == ["G2"]
    assert due(survey_db) == []
    assert lines(survey_db)[-1] == {"t": "release", "h": "G2", "why": "response < plan"}
    with survey_db.reading() as session:
        out = Counter(session.scalars(select(SampledCase.stratum)))
    assert out == {"G1": 5, "G2": 7}


def test_no_more_replicates_go_out_than_were_sealed(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (20, 3, 2)}, vault=vault, rules=FOUR)
    person = an_interviewer(survey_db, vault)
    start = NOW
    for wave in (["G1"], ["G1"], []):
        works_through(person, answers(survey_db), start=start)
        assert due(survey_db) == wave
        start = LATER if start == NOW else LATER + timedelta(days=10)
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(SampledCase.unit))) == 7
    closed(survey_db, vault)
    assert "short" not in closing(survey_db)


def test_a_stratum_that_ends_while_the_rule_holds_is_named(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (20, 3, 2)}, vault=vault, rules=FOUR)
    works_through(an_interviewer(survey_db, vault), answers(survey_db))
    closed(survey_db, vault)
    entry = closing(survey_db)
    assert (entry["result"], entry["why"], entry["short"]) == ("done", "all_worked", ["G1"])


def test_who_still_waits_at_the_end_gets_an_outcome_and_is_named(survey_db: Database, vault: Vault) -> None:
    ends = NOW + timedelta(days=2)
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault, field_ends_at=ends)
    person = an_interviewer(survey_db, vault)
    person.takes_next()
    person.dials()
    person.reaches_nobody()
    with pytest.raises(Refused, match="还有 3 户没有结果"), survey_db.transaction() as session:
        close.close(session, "w1", now=ends - timedelta(minutes=1))
    closed(survey_db, vault)
    finals = Counter(str(line["code"]) for line in lines(survey_db) if line["t"] == "final")
    assert finals == {"no_answer": 1, "not_attempted": 2}
    entry = closing(survey_db)
    assert entry["why"] == "field_ended"
    assert len(entry["unworked"]) == 3


def test_nobody_is_cut_off_in_the_middle_of_a_call(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    an_interviewer(survey_db, vault).takes_next()
    with pytest.raises(Conflict, match="正在访问"), survey_db.transaction() as session:
        close.close(session, "w1", now=NOW)


def test_each_day_s_commitments_are_sealed_as_one_sorted_batch(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 0), "G2": (9, 3, 0)}, vault=vault)
    works_through(an_interviewer(survey_db, vault), answers(survey_db, G1=[5, 4, 4], G2=[1, None, None]))
    closed(survey_db, vault)
    batches = [line for line in lines(survey_db) if line["t"] == "answers"]
    sealed: Counter[str] = Counter()
    for batch in batches:
        assert all(hashes == sorted(hashes) for hashes in batch["c"].values())
        sealed.update({stratum: len(hashes) for stratum, hashes in batch["c"].items()})
    assert sealed == {"G1": 3, "G2": 1}
    days = [batch["day"] for batch in batches]
    assert days == sorted(set(days))
    with survey_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnswerBatch)) == 4


def test_few_answers_show_neither_mean_nor_share(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (30, 3, 0), "G2": (10, 2, 0)}, vault=vault)
    works_through(an_interviewer(survey_db, vault), answers(survey_db, G1=[5, 4, None], G2=[1, 2]))
    closed(survey_db, vault)
    score = lines(survey_db)[-1]
    assert (score["t"], score["mean"], score["share"], score["tally"]) == ("score", "none", "none", "none")
    assert score["covered"] == 1000


def test_a_wave_without_any_answer_has_no_mean(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 2, 0)}, vault=vault)
    closed(survey_db, vault)
    score = lines(survey_db)[-1]
    assert (score["mean"], score["covered"], score["direct"]) == ("none", 0, "none")


def test_nothing_is_given_out_before_the_end(survey_db: Database, vault: Vault, keys: Keyring) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    with pytest.raises(Refused, match="还没有结束"):
        write(survey_db, keys)
    with pytest.raises(Refused, match="结束以后"), survey_db.reading() as session:
        waves.openings_tsv(session, "w1")


def check(data: bytes, keys: Keyring, folder: Path, *more: str) -> int:
    path = folder / "bundle.zip"
    path.write_bytes(data)
    return verify.main([str(path), "--key", ledger_key.vkey(keys), "--quorum", "0", "--wave", "w1", *more])


def test_an_outsider_accepts_the_bundle_of_a_whole_field(
    survey_db: Database, vault: Vault, keys: Keyring, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_field(survey_db, {"G1": (40, 12, 3), "G2": (30, 12, 3)}, vault=vault, rules=FOUR)
    person = an_interviewer(survey_db, vault)
    told: list[int | None] = [5] * 5 + [4] * 5
    # Whoever isn't reached lives in G2: no call of another grid comes days after its last outcome.
    works_through(person, answers(survey_db, G1=[*told, 4, 3], G2=[3, 2, *[None] * 10, 4, 4]))
    assert due(survey_db) == ["G2"]
    works_through(person, answers(survey_db, G2=[3, 2, *[None] * 10, 4, 4]), start=LATER)
    closed(survey_db, vault)
    data = write(survey_db, keys)
    openings = tmp_path / "openings.tsv"
    minutes = tmp_path / "minutes.tsv"
    with survey_db.reading() as session:
        openings.write_bytes(waves.openings_tsv(session, "w1"))
        minutes.write_bytes(waves.minutes_tsv(session, "w1"))
    status = check(data, keys, tmp_path, "--openings", str(openings), "--minutes", str(minutes))
    said = capsys.readouterr().out
    assert status == 0, said
    assert "FAIL" not in said
    for number in (12, 18, 21):
        assert f"ok   {number} " in said


def test_the_bundle_is_the_same_bytes_every_time_and_its_checkpoint_is_kept(
    survey_db: Database, vault: Vault, keys: Keyring
) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    closed(survey_db, vault)
    assert write(survey_db, keys) == write(survey_db, keys)
    with survey_db.reading() as session:
        size = session.get_one(Wave, "w1").last_entry
        assert session.scalars(select(LogCheckpoint.size)).all() == [(size or 0) + 1]


def test_the_bundle_of_a_finished_wave_tells_nothing_of_a_running_one(
    survey_db: Database, vault: Vault, keys: Keyring, tmp_path: Path
) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    closed(survey_db, vault)
    with survey_db.transaction() as session:
        frozen(session, {"G1": (3, 0)}, vault=vault, label="w2", now=END)
        drawn(session, "w2", now=END)
        release.open_field(session, "w2", now=END)
    files = files_of(write(survey_db, keys))
    assert b'"wave":"w2"' not in files["log.txt"]
    assert b'"t":"score"' in files["log.txt"].splitlines()[-1]
    assert check(write(survey_db, keys), keys, tmp_path) == 0


def test_after_the_close_nobody_holds_or_gets_a_case(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    person = an_interviewer(survey_db, vault)
    closed(survey_db, vault)
    with survey_db.transaction() as session:
        assert queue.next_case(session, interviewer=person.account, now=LATER) is None
        assert session.scalar(select(func.count(SampledCase.holder_id))) == 0
