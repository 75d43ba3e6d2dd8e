"""Of cases that were reported solved and stayed silent some are drawn and called: the rate follows."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from sampling.comparing.resolution import CalledStratum, stratified
from survey import ledger_key
from survey.campaigns.operations import counting
from survey.campaigns.queries import results
from survey.campaigns.rules.figures import StreetCounts, figures
from survey.fieldwork.operations import return_calls
from survey.fieldwork.queries.frozen_records import frozen_record
from survey.fieldwork.rules.return_calls import Answered, ReturnCaller
from survey.kinds import CASE_FOLLOWUP
from survey.models import (
    CAMPAIGN_LEDGER,
    AccessRecord,
    DoNotCall,
    FrameUnit,
    SampledCase,
    Wave,
)
from survey.registry.rules.sealing import PURPOSE
from survey.waves.operations import bundle
from survey.waves.queries import waves
from tests.conftest import NOW
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import caller, finish
from tests.survey.stories import END
from tests.survey.verify import bundles


def test_the_frame_is_every_case_that_was_reported_solved_and_stayed_silent(database: Database) -> None:
    with database.reading() as session:
        units = session.execute(select(FrameUnit.stratum, FrameUnit.row_code, FrameUnit.household_code)).all()
        lines = [json.loads(line) for line in CAMPAIGN_LEDGER.lines(session)]
    assert Counter(stratum for stratum, _row, _home in units) == {"S1": 20, "S2": 16}
    assert all(row.startswith(("K1", "K2")) and home is None for _stratum, row, home in units)
    assert (lines[0]["t"], lines[0]["kind"], lines[0]["n"]) == ("frame", CASE_FOLLOWUP, 36)
    assert lines[1]["item"] == "R1"


def test_the_rate_adds_who_was_called_to_who_replied_and_an_outsider_can_check_the_sample(
    worked: Database, keys: Keyring, tmp_path: Path
) -> None:
    finish(worked, keys)
    with worked.transaction() as session:
        rows = results.rows_of(results.release(session, "k1"))  # type: ignore[arg-type]
        (tmp_path / "k1.zip").write_bytes(bundle.write(session, "k1", keys=keys, now=END))
        (tmp_path / "openings").write_bytes(waves.openings_tsv(session, "k1"))
        (tmp_path / "minutes").write_bytes(waves.minutes_tsv(session, "k1"))
        vkey = bundle.vkey_of(session, "k1", keys=keys)
        score = json.loads(CAMPAIGN_LEDGER.lines(session)[-1])
    # S1: 20 silent, 8 confirmed, one unsure, one overdue; S2: 16 silent, 4 contested.
    expected = stratified([CalledStratum(30, 10, 8, 12, 8), CalledStratum(20, 4, 0, 12, 8)])
    city = rows[0]
    assert (city.due, city.replied, city.overdue, city.silent, city.reached) == (50, 14, 1, 36, 24)
    assert (city.rate, city.low, city.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-4
    )
    assert [row.name for row in rows] == ["全部", "S1街道", "S2街道"]
    assert vkey.startswith(f"{ledger_key.ORIGIN}{ledger_key.CAMPAIGNS}+")
    words = [
        str(tmp_path / "k1.zip"),
        "--key",
        vkey,
        "--wave",
        "k1",
        "--openings",
        str(tmp_path / "openings"),
    ]
    status, said = bundles.run([*words, "--minutes", str(tmp_path / "minutes")])
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    assert score["direct"] == f"{100 * expected.value:.1f}"


def test_a_contact_is_opened_only_in_the_hand_that_calls_and_that_is_logged(
    database: Database, vault: Vault
) -> None:
    person = caller(database, vault)
    with database.reading() as session:
        wave, waiting = session.get_one(Wave, "k1"), session.scalars(select(SampledCase.unit)).first()
        with pytest.raises(Refused, match="没有人接手"):
            frozen_record(session, wave, str(waiting), vault=vault)
    person.takes_next()
    (dialled,) = person.dials()
    with database.reading() as session:
        row = session.get_one(FrameUnit, person.unit).row_code
        seen = session.scalars(select(AccessRecord.what).where(AccessRecord.unit == person.unit)).all()
    assert dialled == deposited.number(int(str(row)[1:]))
    assert sorted(seen) == ["contact opened", "number shown"]


def test_who_wishes_no_call_is_known_by_the_number_and_whoever_rings_back_is_the_one_who_was_dialled(
    database: Database, vault: Vault
) -> None:
    person = caller(database, vault)
    person.takes_next()
    (dialled,) = person.dials()
    person.reaches_nobody()
    first = person.unit
    with database.transaction() as session:
        told = {"interviewer": person.account, "now": NOW, "vault": vault}
        back = return_calls.take(session, ReturnCaller(dialled), **told)
        assert (back.answered, back.case and back.case.unit) == (Answered.TAKEN, first)
        person.unit, person.fence = back.case.unit, back.case.fence  # type: ignore[union-attr]
    person.ends("never_again")
    with database.reading() as session:
        (wish,) = session.scalars(select(DoNotCall)).all()
    assert (wish.household_code, wish.number_index) == (None, vault.index(dialled, purpose=PURPOSE))


@pytest.mark.parametrize(
    ("reached", "shown"),
    [
        ((9, 30), ["F", "A", "D"]),
        ((9, 9), ["F", "A", "A"]),
        ((12, 30), ["F", "F", "F"]),
        ((0, 3), ["A", "F", "A"]),
    ],
)
def test_few_answers_are_hidden_and_what_would_give_them_away(
    reached: tuple[int, int], shown: list[str]
) -> None:
    streets = {f"S{at}": StreetCounts(100, 20, 10, 0, 40, n, n // 2) for at, n in enumerate(reached)}
    rows = figures(streets, names={})
    assert [row.status for row in rows] == shown
    assert all(
        (row.rate is None) == (row.status != "F" or row.area == "S0") for row in rows if row.reached == 0
    )
    assert all(row.rate is None and row.reached is None for row in rows if row.status != "F")


def test_a_second_count_is_the_first(worked: Database, keys: Keyring) -> None:
    finish(worked, keys)
    with worked.transaction() as session:
        first = results.release(session, "k1")
        assert counting.count_and_publish(session, "k1", keys=keys, now=END + timedelta(days=1)) is first
