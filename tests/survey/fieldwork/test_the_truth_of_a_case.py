"""What happened in a call is what the case says afterwards: numbers, lapses, appointments, wishes, doubts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import calls, dnc, lapses, outcomes, undoing
from survey.fieldwork.queries import dials, household_notes, interviews, statements
from survey.fieldwork.queries.appointments import KeptRate
from survey.fieldwork.queries.board import look
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.models import Appointment, Attempt, CaseEvent, Dial, Holiday, SampleUnit
from survey.waves.operations import release
from survey.waves.queries import opted_out
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.stories import (
    QUICK,
    Interviewer,
    brief,
    case_of,
    drawn,
    enrol,
    frozen,
    household,
    in_field,
    register,
    supervisor,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATE = NOW + timedelta(minutes=3)
"""When the lease of a case that nobody answered has run out."""
STANDARD = WaveRules(plan=5, unworked=1000, armcap=1000)


@pytest.fixture
def caller(survey_db: Database, vault: Vault) -> Interviewer:
    """An interviewer with the only case of a small field in hand."""
    in_field(survey_db, {"G1": (3, 1, 1)}, vault=vault)
    someone = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    someone.takes_next()
    return someone


@pytest.fixture
def with_three_numbers(survey_db: Database, vault: Vault) -> Interviewer:
    numbers = "+99910000001;+99910000002;+99910000003"
    with survey_db.transaction() as session:
        register(session, [household("h1", "G1", "+99910000009", adults=numbers)], vault=vault)
        frozen(session, {"G1": (1, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    someone = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    someone.takes_next()
    return someone


def attempts(database: Database) -> list[tuple[str | None, str | None]]:
    with database.reading() as session:
        return list(session.execute(select(Attempt.code, Attempt.ended_by).order_by(Attempt.n)).all())


def lapse(caller: Interviewer, now: datetime) -> None:
    with caller.database.transaction() as session:
        assert lapses.sweep(session, now=now) == 1


def test_every_number_is_dialled_once_in_an_attempt_and_none_twice(with_three_numbers):
    caller = with_three_numbers
    first = caller.dials()
    assert caller.dials() == first
    caller.reaches_nobody("busy")
    assert case_of(caller.database, caller.unit).state == "held"
    second = caller.dials()
    assert second == ("+99910000009",) != first
    caller.reaches_nobody("number_suspect")
    assert attempts(caller.database) == [("busy", "interviewer")]
    with pytest.raises(Conflict, match="不在您手上"):
        caller.dials()
    with caller.database.reading() as session:
        assert [each.state for each in dials.numbers(session, caller.unit)] == ["live", "suspect"]


def test_a_number_that_proved_bad_on_two_days_is_dialled_no_more(with_three_numbers):
    caller = with_three_numbers
    for day in range(2):
        now = NOW + day * DAY
        if day:
            caller.takes_next(now)
        caller.dials(now)
        caller.reaches_nobody("no_answer" if day == 0 else "busy", now)
        caller.dials(now)
        caller.reaches_nobody("number_suspect", now)
    with caller.database.reading() as session:
        assert [each.state for each in dials.numbers(session, caller.unit)] == ["live", "bad"]


def test_a_wrong_number_leads_to_the_next_and_leaves_no_interview(with_three_numbers):
    caller = with_three_numbers
    caller.reaches_somebody()
    caller.ends("number_suspect")
    assert case_of(caller.database, caller.unit).state == "held"
    assert caller.dials() == ("+99910000009",)


def test_who_answers_the_next_number_is_greeted_anew_and_bound_by_nothing_that_a_stranger_said(
    with_three_numbers,
):
    caller, later = with_three_numbers, NOW + MINUTE
    caller.reaches_somebody()
    caller.enters("C1", "1")
    caller.enters("S1", "2")
    caller.ends("number_suspect")
    caller.reaches_somebody(later)
    seat = {"interviewer": caller.account, "fence": caller.fence, "now": later}
    with caller.database.transaction() as session:
        talk = interviews.so_far(session, caller.unit)
        assert (talk.next_item, talk.call, talk.ending) == ("C1", {}, None)
        calls.nobody_after_all(session, caller.unit, **seat)
    caller.is_answered(later)
    caller.enters("C1", "3", later)
    with caller.database.transaction() as session:
        undone = undoing.undo(session, caller.unit, mark="C1.2", **seat)
        assert undone == undoing.UndoneStep("C1", is_former=False), (
            "what the stranger said isn't brought back"
        )
    caller.interviews({**brief(4)}, later)
    caller.ends("complete", later)
    assert case_of(caller.database, caller.unit).final_code == "complete"


def test_what_was_written_of_a_wrong_number_is_kept_beside_what_is_written_at_the_end(with_three_numbers):
    caller = with_three_numbers
    seat = {"interviewer": caller.account, "fence": caller.fence}
    for minute, outcome in enumerate(
        (CallOutcome("number_suspect", note="是一家餐馆"), CallOutcome("callback_other", note="晚上在家"))
    ):
        caller.reaches_somebody(NOW + minute * MINUTE)
        with caller.database.transaction() as session:
            outcomes.finish(session, caller.unit, outcome, now=NOW + minute * MINUTE, **seat)
    with caller.database.reading() as session:
        (earlier,) = household_notes.of_household(session, caller.unit, attempt=2).earlier
    assert earlier.notes == ("是一家餐馆", "晚上在家")


def test_a_lapse_after_a_dial_is_an_attempt_that_counts_and_waits(caller):
    caller.dials()
    lapse(caller, LATE)
    assert attempts(caller.database) == [("no_answer", "lease")]
    case = case_of(caller.database, caller.unit)
    assert (case.counted, case.next_due - LATE >= timedelta(hours=4)) == (1, True)
    assert caller.takes_next(LATE + MINUTE) is None


def test_a_lapse_before_a_dial_costs_nothing_and_is_due_in_ten_minutes(caller):
    lapse(caller, LATE)
    assert attempts(caller.database) == [(None, "lease")]
    assert case_of(caller.database, caller.unit).counted == 0
    assert caller.takes_next(LATE + 9 * MINUTE) is None
    assert caller.takes_next(LATE + 10 * MINUTE) is not None


def test_a_line_that_drops_before_the_first_answer_is_no_break_off(caller):
    caller.reaches_somebody()
    caller.enters("C1", "1")
    lapse(caller, NOW + timedelta(minutes=11))
    assert attempts(caller.database) == [("cut_off", "lease")]
    assert case_of(caller.database, caller.unit).priority == 3


def test_an_interview_whose_last_answer_was_given_is_complete_though_nobody_coded_it(caller):
    caller.reaches_somebody()
    caller.interviews({**brief(4), "O1": ""})
    lapse(caller, NOW + timedelta(minutes=11))
    assert case_of(caller.database, caller.unit).final_code == "complete"


def test_that_somebody_answered_can_be_taken_back_and_is_logged(caller):
    caller.reaches_somebody()
    seat = {"interviewer": caller.account, "fence": caller.fence, "now": NOW}
    with caller.database.transaction() as session:
        calls.nobody_after_all(session, caller.unit, **seat)
    assert case_of(caller.database, caller.unit).state == "held"
    with caller.database.reading() as session:
        assert session.scalars(select(CaseEvent.what)).all() == ["nobody after all"]
    caller.reaches_nobody()
    assert attempts(caller.database) == [("no_answer", "interviewer")]


def test_what_was_answered_cannot_be_taken_back_as_a_wrong_key(caller):
    caller.reaches_somebody()
    caller.enters("C1", "1")
    seat = {"interviewer": caller.account, "fence": caller.fence, "now": NOW}
    with pytest.raises(Conflict, match="已经记下了回答"), caller.database.transaction() as session:
        calls.nobody_after_all(session, caller.unit, **seat)


@pytest.fixture
def appointed(caller: Interviewer) -> Interviewer:
    """A household that asked for a call in two hours."""
    caller.reaches_somebody()
    caller.ends("appointment_other", appointment=NOW + timedelta(hours=2))
    return caller


def _appointments(database: Database) -> list[tuple[bool | None, bool]]:
    with database.reading() as session:
        rows = session.scalars(select(Appointment).order_by(Appointment.id)).all()
        return [(row.kept, row.ended_at is None) for row in rows]


def test_an_appointment_is_kept_within_ten_minutes(appointed):
    at = NOW + timedelta(hours=2) - 5 * MINUTE
    appointed.takes_next(at)
    appointed.dials(at)
    appointed.reaches_nobody("no_answer", at)
    assert _appointments(appointed.database) == [(True, False)]
    with appointed.database.reading() as session:
        assert look.kept_rate(session, "w1") == KeptRate(1, 1)


def test_an_appointment_that_nobody_dialled_in_time_was_not_kept(appointed):
    at = NOW + timedelta(hours=3)
    appointed.takes_next(at)
    appointed.dials(at)
    assert _appointments(appointed.database) == [(False, True)]


def test_an_appointment_stays_one_through_a_lapse_and_a_hand_back(appointed):
    database, at = appointed.database, NOW + timedelta(hours=2)
    appointed.takes_next(at)
    lapse(appointed, at + 3 * MINUTE)
    assert case_of(database, appointed.unit).priority == 1
    boss, later = supervisor(database), at + 14 * MINUTE
    appointed.takes_next(later)
    with database.transaction() as session:
        lapses.hand_back(session, appointed.unit, by=boss, reason="午饭", now=later)
    assert case_of(database, appointed.unit).priority == 1
    assert _appointments(database) == [(None, True)]


def test_a_new_time_takes_the_place_of_the_former_one(appointed):
    at = NOW + timedelta(hours=2)
    appointed.takes_next(at)
    appointed.reaches_somebody(at)
    appointed.ends("appointment_respondent", at, appointment=at + DAY)
    assert _appointments(appointed.database) == [(True, False), (None, True)]


@pytest.mark.parametrize("state", ["talking", "interviewing", "coding"])
def test_never_again_can_be_said_at_any_point_of_a_call(caller, state):
    caller.reaches_somebody()
    if state == "interviewing":
        caller.enters("C1", "1")
    if state == "coding":
        caller.enters("C1", "3")
    with caller.database.transaction() as session:
        dnc.say(session, caller.unit, interviewer=caller.account, now=NOW)
    caller.ends("never_again")
    assert case_of(caller.database, caller.unit).final_code == "refusal_person"
    with caller.database.reading() as session:
        assert opted_out.has(session, caller.unit)
        assert opted_out.barred(session, caller.unit) == {1}


def test_never_again_said_with_the_closing_words_leaves_a_complete_and_the_wish(caller):
    caller.completes(brief(4))
    with caller.database.transaction() as session:
        dnc.say(session, caller.unit, interviewer=caller.account, now=NOW + MINUTE)
    assert case_of(caller.database, caller.unit).final_code == "complete"
    with caller.database.reading() as session:
        assert opted_out.has(session, caller.unit)


def test_the_wish_is_undone_until_something_followed_from_it(caller):
    caller.reaches_somebody()
    with caller.database.transaction() as session:
        dnc.say(session, caller.unit, interviewer=caller.account, now=NOW)
    with caller.database.transaction() as session:
        dnc.undo(session, caller.unit, interviewer=caller.account, now=NOW)
        assert not opted_out.has(session, caller.unit)
    caller.ends("never_again")
    with pytest.raises(Conflict, match="办结"), caller.database.transaction() as session:
        dnc.undo(session, caller.unit, interviewer=caller.account, now=NOW)


def test_a_wish_is_lifted_only_with_the_residents_words(caller):
    caller.reaches_somebody()
    caller.ends("never_again")
    with caller.database.reading() as session:
        (code,) = session.scalars(opted_out.households()).all()
    assert code is not None
    with pytest.raises(Conflict, match="本人要求"), caller.database.transaction() as session:
        dnc.lift(session, code, by="s", why=" ", now=NOW)
    with caller.database.transaction() as session:
        dnc.lift(session, code, by="s", why="本人来电要求恢复", now=NOW)
        assert not opted_out.has(session, caller.unit)


def test_a_doubt_that_nobody_confirms_in_two_looks_stays_one(caller):
    database = caller.database
    caller.reaches_somebody()
    caller.ends("no_eligible")
    other = Interviewer(database, enrol(database, first=1)[0], vault=caller.vault)
    with database.reading() as session:
        assert len(statements.questions(session)) == 1
    for day in (1, 2):
        now = NOW + day * 2 * DAY
        assert other.takes_next(now) is not None
        other.dials(now)
        other.reaches_nobody("no_answer", now)
    assert case_of(database, caller.unit).final_code == "other_unknown"


def test_who_answers_for_himself_ends_the_doubt(caller):
    database, now = caller.database, NOW + 2 * DAY
    caller.reaches_somebody()
    caller.ends("no_eligible")
    other = Interviewer(database, enrol(database, first=1)[0], vault=caller.vault)
    other.takes_next(now)
    other.completes(brief(3), now)
    assert case_of(database, caller.unit).final_code == "complete"
    with database.reading() as session:
        assert statements.standing(session, caller.unit) == []


def test_on_a_holiday_nobody_is_called_and_a_worked_saturday_is_a_weekday(survey_db, vault):
    day_off(survey_db, 28, kind="workday")
    in_field(survey_db, {"G1": (3, 1, 1)}, vault=vault, rules=STANDARD)
    someone = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    thursday, saturday = NOW + 3 * DAY, NOW + 5 * DAY + timedelta(hours=10, minutes=10)
    someone.takes_next(thursday)
    day_off(survey_db, 26, kind="holiday")
    with pytest.raises(Conflict, match="节假日"):
        someone.dials(thursday)
    lapse(someone, thursday + timedelta(minutes=3))
    assert someone.takes_next(thursday + timedelta(hours=1)) is None
    # Ten past eight in the evening lies in no window of a weekend, and in the third of a weekday.
    assert someone.takes_next(saturday) is not None
    someone.dials(saturday)
    with survey_db.reading() as session:
        assert session.scalars(select(Attempt.window).order_by(Attempt.n.desc())).first() == "W3"


def day_off(database: Database, day: int, *, kind: str) -> None:
    with database.transaction() as session:
        session.add(Holiday(day=date(2026, 11, day), kind=kind, name="测试", by="a", at=NOW))


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE attempt SET code = 'complete'",
        "UPDATE attempt SET note = 'x'",
        "UPDATE attempt SET ended_by = 'rule'",
        "DELETE FROM dial",
        "UPDATE dial SET code = 'busy'",
        "UPDATE appointment SET kept = NULL, at = '2020-01-01 00:00:00'",
        "DELETE FROM dnc",
        "DELETE FROM case_event",
        "UPDATE eligibility_statement SET code = NULL",
    ],
)
def test_what_a_call_left_behind_is_written_once(caller, deed):
    caller.reaches_somebody()
    with caller.database.transaction() as session:
        dnc.say(session, caller.unit, interviewer=caller.account, now=NOW)
        dnc.undo(session, caller.unit, interviewer=caller.account, now=NOW)
    caller.ends("not_resident")
    with caller.database.transaction() as session:
        session.add(
            Appointment(
                unit=caller.unit, at=NOW, with_respondent=True, made_at=NOW, made_by_id=caller.account.id
            )
        )
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(caller.database) as session:
        session.execute(text(deed))


def test_a_household_whose_replicate_is_not_out_becomes_no_case(caller):
    columns = "unit, wave_label, stratum, state, next_due, priority, counted, rank, fence, tab"
    with caller.database.reading() as session:
        reserve = session.scalar(select(SampleUnit.unit).where(SampleUnit.replicate > 0))
    assert reserve is not None
    with pytest.raises(DBAPIError, match="released units only"), as_owner(caller.database) as session:
        session.execute(
            text(
                f"INSERT INTO sampled_case ({columns}) VALUES "
                "(:unit, 'w1', 'G1', 'queued', '2026-12-01', 3, 0, 9, 0, '')"
            ),
            {"unit": reserve},
        )


def test_one_dial_is_open_at_a_time(caller):
    caller.dials()
    with caller.database.reading() as session:
        known = session.scalars(select(Dial)).one()
    twin = Dial(
        ulid="0" * 26,
        unit=known.unit,
        attempt_id=known.attempt_id,
        position=2,
        number_ref="x",
        adapter="manual",
        state="ringing",
        started_at=NOW,
    )
    with pytest.raises(DBAPIError), caller.database.transaction() as session:
        session.add(twin)


def test_a_dial_counts_against_quick_rules_as_the_ledger_does(caller):
    assert QUICK.attempts == 2
    caller.dials()
    caller.reaches_nobody("busy")
    assert case_of(caller.database, caller.unit).counted == 1
