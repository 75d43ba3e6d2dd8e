"""Where nobody may be called, a seat is told in counts why, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.queries import outlooks
from survey.fieldwork.rules.outlook import QueueOutlook, Wait, Waiting, WaitingCount, waiting
from survey.waves.rules.wave_rules import WaveRules
from tests.survey.stories import Interviewer, enrol, in_field

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten in the morning."""
EVENING = MONDAY.replace(hour=11)
NIGHT = MONDAY.replace(hour=15)


def test_those_alike_are_counted_together_and_the_first_of_them_is_named():
    counts = [
        WaitingCount(1, False, 2, EVENING),
        WaitingCount(1, True, 1, MONDAY),
        WaitingCount(2, False, 1, NIGHT),
        WaitingCount(3, False, 4, NIGHT),
        WaitingCount(3, True, 5, EVENING),
        WaitingCount(3, False, 6, None),
    ]
    assert waiting(counts) == {
        Wait.APPOINTMENT: Waiting(3, MONDAY),
        Wait.PARTIAL: Waiting(1, NIGHT),
        Wait.WINDOW: Waiting(5, EVENING),
        Wait.REST: Waiting(4, NIGHT),
        Wait.NEVER: Waiting(6, None),
    }


def test_nobody_waits_for_nothing():
    assert QueueOutlook(waiting=waiting([])).is_empty


def test_a_seat_hears_how_many_rest_wait_for_the_evening_or_have_an_appointment(
    survey_db: Database, vault: Vault
):
    in_field(survey_db, {"G1": (40, 40, 40)}, vault=vault, rules=WaveRules(unworked=1000), now=MONDAY)
    one = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    now, codes = MONDAY, ["no_answer", "busy", "appointment", "soft_refusal"]
    while one.takes_next(now) is not None:
        code = codes.pop() if codes else "no_answer"
        one.dials(now)
        if code in {"appointment", "soft_refusal"}:
            one.is_answered(now)
            one.enters("C1", "2" if code == "appointment" else "3", now)
        if code == "appointment":
            one.ends("appointment_other", now, appointment=EVENING)
        elif code == "soft_refusal":
            one.ends("soft_refusal", now)
        else:
            one.reaches_nobody(code, now)
        now += timedelta(minutes=2)
    told = _outlook(survey_db, one, now)
    assert told.resumes is None
    assert told.waiting[Wait.APPOINTMENT] == Waiting(1, EVENING - timedelta(minutes=10))
    assert sum(each.count for each in told.waiting.values()) == 40
    assert told.waiting[Wait.WINDOW].count > told.waiting[Wait.APPOINTMENT].count
    night = _outlook(survey_db, one, NIGHT)
    assert night.resumes == MONDAY.replace(hour=1) + timedelta(days=1)


def test_what_is_anothers_turn_is_told_with_its_reason(survey_db: Database, vault: Vault):
    in_field(survey_db, {"G1": (1, 1, 1)}, vault=vault, now=MONDAY)
    one, other = (Interviewer(survey_db, each, vault=vault) for each in enrol(survey_db, interviewers=2))
    one.takes_next(MONDAY)
    one.reaches_somebody(MONDAY)
    one.enters("C1", "3", MONDAY)
    one.ends("soft_refusal", MONDAY)
    later = MONDAY + timedelta(days=6)
    assert one.takes_next(later) is None
    assert _outlook(survey_db, one, later).others == {"declined": 1}
    assert _outlook(survey_db, other, later).others == {}
    assert other.takes_next(later) is not None


def _outlook(database: Database, interviewer: Interviewer, now: datetime) -> QueueOutlook:
    with database.reading() as session:
        return outlooks.of(session, interviewer=interviewer.account, now=now)
