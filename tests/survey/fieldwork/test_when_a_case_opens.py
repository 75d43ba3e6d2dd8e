"""When a waiting case may be called next, and before which others it is offered: the rules by value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.clock import LOCAL
from survey.fieldwork.rules import attempts, hours, queue
from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.queue import (
    APPOINTED,
    NOW,
    ORDINARY,
    PARTIAL,
    CaseOpening,
    FieldRules,
    WaitingCase,
)
from survey.waves.rules.effort import STANDARD, Effort
from survey.waves.rules.slots import ORDINARY as ORDINARY_DAYS
from survey.waves.rules.slots import Calendar

MONDAY = date(2026, 11, 23)
SECOND = timedelta(seconds=1)
ONCE = Effort(attempts=1, windows=1, days=1, asked_extra=1)


def at(days: int, clock: str) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time.fromisoformat(clock), tzinfo=LOCAL)


def field(ends: datetime | None = None, *, any_hour: bool = False, effort: Effort = STANDARD) -> FieldRules:
    return FieldRules.until(ends, seed="s", effort=effort, any_hour=any_hour, calendar=ORDINARY_DAYS)


def tried(days: int, clock: str = "10:00", code: str = "no_answer") -> DialledAttempt:
    return DialledAttempt(at(days, clock), code=code, window=hours.window(at(days, clock)))


def waiting(
    due: datetime, *, priority: int = ORDINARY, history: Sequence[DialledAttempt] = ()
) -> WaitingCase:
    return WaitingCase("U1", priority, due, released=at(0, "00:00"), history=history)


def test_without_an_end_every_window_is_left_for_ever() -> None:
    assert field().left(at(400, "10:00")) == {"W1", "W2", "W3", "W4"}
    assert not field().is_over(at(400, "10:00"))


def test_a_field_is_over_from_the_instant_of_its_end() -> None:
    ending = field(at(3, "11:00"))
    assert not ending.is_over(at(3, "11:00") - SECOND)
    assert ending.is_over(at(3, "11:00"))
    assert ending.left(at(3, "11:00") - SECOND) == {"W1"}
    assert ending.left(at(3, "11:00")) == set()


@pytest.mark.parametrize("any_hour", [False, True])
def test_nobody_is_dialled_once_the_field_is_over(any_hour: bool) -> None:
    ending = field(at(3, "11:00"), any_hour=any_hour)
    assert ending.may_dial(at(3, "10:59"))
    assert not ending.may_dial(at(3, "11:00"))


def test_only_a_wave_at_any_hour_dials_at_night() -> None:
    assert not field().may_dial(at(0, "23:00"))
    assert field(any_hour=True).may_dial(at(0, "23:00"))


def test_a_slot_is_named_by_its_civil_day_and_window() -> None:
    assert field().stamp(at(0, "10:00")) == "2026-11-23 W1"
    assert field().stamp(at(5, "15:00")) == "2026-11-28 W4"
    assert field().stamp(at(0, "13:00")) is None
    assert field(any_hour=True).stamp(at(0, "10:00")) is None


@pytest.mark.parametrize(
    ("moment", "drawn"),
    [
        (at(0, "10:00"), at(0, "10:00")),
        (at(0, "14:05"), at(0, "14:30")),
        (at(0, "14:05") - SECOND, None),
        (at(0, "21:00"), None),
    ],
)
def test_fits_are_drawn_within_a_slot_and_from_twenty_five_minutes_before(
    moment: datetime, drawn: datetime | None
) -> None:
    assert field().drawn_for(moment) == drawn
    assert field(any_hour=True).drawn_for(moment) is None


def test_no_fits_are_drawn_for_a_slot_that_begins_after_the_end() -> None:
    assert field(at(0, "14:31")).drawn_for(at(0, "14:10")) == at(0, "14:30")
    assert field(at(0, "14:30")).drawn_for(at(0, "14:10")) is None


def test_no_fits_are_drawn_where_no_slot_comes() -> None:
    holidays = Calendar(frozenset(MONDAY + timedelta(days=day) for day in range(100)))
    assert FieldRules("s", calendar=holidays).drawn_for(at(0, "10:00")) is None


def test_the_next_call_is_at_once_within_the_hours_and_else_when_they_begin() -> None:
    assert field().next_call(at(0, "10:17")) == at(0, "10:17")
    assert field().next_call(at(0, "13:00")) == at(0, "14:30")
    assert field().next_call(at(0, "23:00")) == at(1, "09:00")
    assert field(any_hour=True).next_call(at(0, "23:00")) == at(0, "23:00")


@pytest.mark.parametrize("any_hour", [False, True])
def test_there_is_no_next_call_after_the_end(any_hour: bool) -> None:
    ending = field(at(0, "14:30"), any_hour=any_hour)
    assert ending.next_call(at(0, "11:00")) == at(0, "11:00")
    assert ending.next_call(at(0, "14:30")) is None


def test_there_is_no_next_call_where_every_day_is_a_holiday() -> None:
    holidays = Calendar(frozenset(MONDAY + timedelta(days=day) for day in range(100)))
    assert FieldRules("s", calendar=holidays).next_call(at(0, "10:00")) is None


def test_an_appointment_opens_ten_minutes_before_its_time_and_knows_no_windows() -> None:
    case = waiting(at(1, "13:00"), priority=APPOINTED)
    assert queue.opening(case, rules=field()) == CaseOpening(at(1, "12:50"))


def test_an_interview_to_go_on_with_opens_when_it_is_due_or_when_the_hours_begin() -> None:
    assert queue.opening(waiting(at(1, "13:00"), priority=PARTIAL), rules=field()) == CaseOpening(
        at(1, "14:30")
    )
    assert queue.opening(waiting(at(1, "20:45"), priority=PARTIAL), rules=field()) == CaseOpening(
        at(1, "20:45")
    )
    assert queue.opening(waiting(at(1, "13:00"), priority=PARTIAL), rules=field(at(1, "14:00"))) is None


@pytest.mark.parametrize("priority", [APPOINTED, PARTIAL])
def test_a_wish_is_followed_beyond_the_number_so_often_and_no_oftener(priority: int) -> None:
    once, twice = [tried(0)], [tried(0), tried(1)]
    rules = field(effort=ONCE)
    assert queue.opening(waiting(at(2, "10:00"), priority=priority, history=once), rules=rules)
    assert queue.opening(waiting(at(2, "10:00"), priority=priority, history=twice), rules=rules) is None


def test_an_ordinary_case_opens_in_no_window_once_it_was_tried_enough() -> None:
    assert queue.opening(waiting(at(2, "10:00"), history=[tried(0)]), rules=field(effort=ONCE)) is None


def test_an_ordinary_case_opens_in_a_window_least_used_for_its_weight() -> None:
    found = queue.opening(waiting(at(1, "10:00"), history=[tried(0)]), rules=field())
    assert found == CaseOpening(at(1, "14:30"), "W2", frozenset({"W2", "W3", "W4"}))


def test_an_ordinary_case_never_opens_before_it_is_due_nor_before_it_is_asked_for() -> None:
    case = waiting(at(1, "15:00"), history=[tried(0)])
    early, late = (
        queue.opening(case, rules=field(), after=at(*when)) for when in [(0, "10:00"), (1, "16:00")]
    )
    assert early is not None
    assert early.at == at(1, "15:00")
    assert late is not None
    assert late.at == at(1, "16:00")
    assert queue.opening(case, rules=field()) == early


def test_a_case_opens_nowhere_after_the_end_of_the_field() -> None:
    case = waiting(at(1, "10:00"), history=[tried(0, "15:00")])
    assert queue.opening(case, rules=field(at(1, "10:01")))
    assert queue.opening(case, rules=field(at(1, "10:00"))) is None


def test_windows_that_have_no_slot_left_hold_no_case_up() -> None:
    case = waiting(at(1, "10:00"), history=[tried(0)])
    found = queue.opening(case, rules=field(at(1, "12:00")))
    assert found == CaseOpening(at(1, "10:00"), "W1", frozenset({"W1"}))


def test_a_first_attempt_is_made_in_the_windows_that_the_units_lot_gives() -> None:
    case = waiting(at(0, "09:30"))
    drawn = attempts.first_windows("s", unit="U1", released=case.released, now=case.due)
    found = queue.opening(case, rules=field())
    assert found is not None
    assert found.among == drawn
    assert found.window in drawn


def test_a_first_attempt_is_made_at_any_time_that_is_left_where_the_lots_windows_have_passed() -> None:
    case = waiting(at(0, "10:00"))
    drawn = attempts.first_windows("s", unit="U1", released=case.released, now=case.due)
    ends = at(0, "12:00") if drawn == {"W3", "W4"} else at(5, "12:00")
    begun = case.due if drawn == {"W3", "W4"} else at(5, "10:00")
    late = WaitingCase("U1", ORDINARY, begun, released=begun - timedelta(hours=1))
    found = queue.opening(late, rules=field(ends))
    assert found is not None
    assert found.at == begun
    assert not found.among & drawn


def test_at_any_hour_a_case_opens_when_it_is_due_and_in_no_window() -> None:
    assert queue.opening(waiting(at(0, "23:00")), rules=field(any_hour=True)) == CaseOpening(at(0, "23:00"))


def test_at_any_hour_a_day_too_few_is_waited_for_until_its_midnight() -> None:
    """A third of six calls on one day would put five days out of reach: tomorrow, from its first instant."""
    history = [tried(0, clock) for clock in ("09:30", "11:00")]
    case = waiting(at(0, "23:17"), history=history)
    assert queue.opening(case, rules=field(any_hour=True)) == CaseOpening(at(1, "00:00"))
    assert queue.opening(case, rules=field(any_hour=True, effort=ONCE)) is None


@pytest.mark.parametrize(
    ("off", "found"),
    [
        (timedelta(minutes=10), NOW),
        (timedelta(minutes=-10), NOW),
        (timedelta(minutes=10, seconds=1), APPOINTED),
        (timedelta(minutes=-10, seconds=-1), APPOINTED),
    ],
)
def test_an_appointment_goes_before_all_else_ten_minutes_around_its_time(off: timedelta, found: int) -> None:
    assert queue.class_at(APPOINTED, due=at(1, "10:00"), now=at(1, "10:00") + off) == found


@pytest.mark.parametrize("priority", [PARTIAL, ORDINARY])
def test_no_other_case_changes_its_class_by_the_clock(priority: int) -> None:
    assert queue.class_at(priority, due=at(1, "10:00"), now=at(1, "10:00")) == priority


PLACES = st.fixed_dictionaries(
    {
        "due": st.integers(0, 100).map(lambda minutes: at(0, "10:00") + timedelta(minutes=minutes)),
        "fit": st.integers(0, 3),
        "attempts": st.integers(0, 3),
        "rank": st.integers(0, 3),
    }
)


@given(st.sampled_from([NOW, APPOINTED, PARTIAL]), PLACES, PLACES)
def test_what_was_wished_for_goes_by_its_time_then_by_fewest_attempts_then_by_lot(kind, one, other) -> None:
    def place(of: dict) -> tuple[object, ...]:
        return of["due"], of["attempts"], of["rank"]

    assert (queue.order(kind, **one) < queue.order(kind, **other)) == (place(one) < place(other))


@given(PLACES, PLACES)
def test_an_ordinary_case_goes_by_its_fit_then_by_fewest_attempts_then_by_lot(one, other) -> None:
    def place(of: dict) -> tuple[object, ...]:
        return of["fit"], of["attempts"], of["rank"]

    assert (queue.order(ORDINARY, **one) < queue.order(ORDINARY, **other)) == (place(one) < place(other))


@given(st.lists(st.sampled_from([NOW, APPOINTED, PARTIAL, ORDINARY]), min_size=2, max_size=2), PLACES, PLACES)
def test_a_lower_class_goes_first_whatever_else(kinds, one, other) -> None:
    first, second = sorted(kinds)
    if first < second:
        assert queue.order(first, **one) < queue.order(second, **other)
