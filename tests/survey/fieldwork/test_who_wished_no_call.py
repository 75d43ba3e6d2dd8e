"""Who asked in an earlier wave never to be called again is counted at the freeze, and isn't called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from survey import ledger_key
from survey.fieldwork.operations import close, dnc
from survey.models import FrameUnit, Wave
from survey.scores.operations import releasing
from survey.waves.operations import bundle, release
from survey.waves.queries import sealed
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, lines
from tests.survey.stories import END, QUICK, drawn, ended, frozen, in_field
from tests.survey.verify import bundles

AGAIN = END + timedelta(days=30)


@pytest.fixture
def asked_once(survey_db, vault):
    """A wave in which one of three households wished never to be called again; and an interviewer."""
    in_field(survey_db, {"G1": (3, 3, 0)}, vault=vault)
    person = an_interviewer(survey_db, vault)
    person.takes_next()
    person.reaches_somebody()
    person.ends("never_again")
    with survey_db.reading() as session:
        household = session.get_one(FrameUnit, person.unit).household_code
    with survey_db.transaction() as session:
        ended(session, keys=vault.keys)
        frozen(session, {"G1": (3, 0)}, vault=vault, label="w2", now=AGAIN, rules=QUICK)
        drawn(session, "w2", now=AGAIN)
        release.open_field(session, "w2", now=AGAIN)
    return survey_db, person, household


def test_the_next_freeze_counts_the_household_by_stratum(asked_once):
    database, _person, _household = asked_once
    with database.reading() as session:
        first, second = (sealed.frame(session, session.get_one(Wave, label)) for label in ("w1", "w2"))
    assert (first["optout"], second["optout"]) == ([], [["G1", 1]])


def test_nobody_dials_it_and_the_outcome_says_how_it_came(asked_once, vault, tmp_path):
    database, person, household = asked_once
    numbers = {}
    while person.takes_next(AGAIN) is not None:
        with database.reading() as session:
            code = session.scalar(select(FrameUnit.household_code).where(FrameUnit.unit == person.unit))
        numbers[code] = person.dials(AGAIN)
        if numbers[code]:
            person.is_answered(AGAIN)
            person.ends("unable", AGAIN)
    assert household not in numbers
    assert all(numbers.values())
    with database.transaction() as session:
        assert dnc.close_silent(session, now=AGAIN) == 1
    finals = [line for line in lines(database) if line["t"] == "final" and "how" in line]
    assert [(line["code"], line["how"]) for line in finals] == [("refusal_person", "dnc")]
    with database.transaction() as session:
        close.close(session, "w2", now=AGAIN + timedelta(days=1))
        releasing.estimate_and_publish(session, "w2", keys=vault.keys, now=AGAIN + timedelta(days=1))
        (tmp_path / "w2.zip").write_bytes(bundle.write(session, "w2", keys=vault.keys, now=AGAIN))
    words = [str(tmp_path / "w2.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w2"]
    status, said = bundles.run(words)
    assert (status, "outcomes without a call, by dnc: 1" in said) == (0, True), said
    entry = next(line for line in lines(database)[::-1] if line["t"] == "close")
    assert "unworked" not in entry
