"""When households are called, how often, and when it is enough."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.clock import LOCAL, local
from huying.base.errors import Refused
from survey.drawing import work
from survey.fieldwork.rules import attempts, hours
from survey.fieldwork.rules.attempts import TEMPORARY, ContactResult, DialledAttempt
from survey.fieldwork.rules.queue import FieldRules
from survey.registry.rules import number_states
from survey.registry.rules.number_states import FREE_OF_EFFORT
from survey.waves.rules import field_span, slots
from survey.waves.rules.effort import STANDARD, Effort
from survey.waves.rules.slots import Calendar
from survey.waves.rules.wave_rules import WaveRules

MONDAY = date(2026, 11, 23)
HOLIDAY = Calendar(holidays=frozenset({MONDAY}), workdays=frozenset({date(2026, 11, 28)}))
MOMENTS = st.integers(0, 60 * 24 * 30).map(lambda minutes: at(0, "00:00") + timedelta(minutes=minutes))
CODES = st.sampled_from([None, *sorted(TEMPORARY)])


def at(days: int, clock: str) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time.fromisoformat(clock), tzinfo=LOCAL)


def tried(
    days: int, clock: str = "10:00", code: str | None = "no_answer", *, asked: bool = False
) -> DialledAttempt:
    moment = at(days, clock)
    return DialledAttempt(moment, code=code, window=hours.window(moment), asked=asked)


HISTORIES = st.lists(
    st.builds(
        lambda moment, code: DialledAttempt(moment, code=code, window=hours.window(moment)), MOMENTS, CODES
    ),
    max_size=10,
)


@pytest.mark.parametrize(
    ("days", "clock", "window", "dial"),
    [
        (0, "09:00", None, True),
        (0, "09:30", "W1", True),
        (0, "12:00", None, False),
        (0, "14:30", "W2", True),
        (0, "18:00", None, True),
        (0, "18:30", "W3", True),
        (0, "20:30", None, True),
        (0, "21:00", None, False),
        (5, "09:30", None, True),
        (5, "10:00", "W4", True),
        (5, "12:00", None, False),
        (5, "15:00", "W4", True),
        (5, "20:00", None, True),
    ],
)
def test_windows_and_hard_hours(days: int, clock: str, window: str | None, dial: bool) -> None:
    assert hours.window(at(days, clock)) == window
    assert hours.may_dial(at(days, clock)) is dial


def test_nobody_is_called_on_a_holiday_and_a_worked_saturday_is_a_weekday() -> None:
    assert not hours.may_dial(at(0, "10:00"), calendar=HOLIDAY)
    assert hours.window(at(0, "10:00"), calendar=HOLIDAY) is None
    assert hours.window(at(5, "10:00"), calendar=HOLIDAY) == "W1"
    assert hours.next_slot(at(0, "10:00"), calendar=HOLIDAY) == at(1, "09:30")


@pytest.mark.parametrize(
    ("days", "clock", "next_hours"),
    [
        (0, "08:59", (0, "09:00")),
        (0, "09:00", (0, "09:00")),
        (0, "11:59", (0, "11:59")),
        (0, "12:00", (0, "14:30")),
        (0, "20:59", (0, "20:59")),
        (0, "21:00", (1, "09:00")),
        (4, "23:00", (5, "09:00")),
    ],
)
def test_anybody_may_be_called_again_when_the_hours_begin(days, clock, next_hours) -> None:
    assert hours.next_hours(at(days, clock)) == at(*next_hours)


def test_nobody_may_be_called_again_before_a_holiday_is_over_nor_after_sixty_of_them() -> None:
    assert hours.next_hours(at(0, "10:00"), calendar=HOLIDAY) == at(1, "09:00")
    for holidays, found in ((60, at(60, "09:00")), (61, None)):
        calendar = Calendar(frozenset(MONDAY + timedelta(days=day) for day in range(holidays)))
        assert hours.next_hours(at(0, "10:00"), calendar=calendar) == found


@pytest.mark.parametrize(
    ("days", "clock", "stop"),
    [
        (0, "09:29", None),
        (0, "09:30", "12:00"),
        (0, "11:59", "12:00"),
        (0, "12:00", None),
        (0, "14:30", "18:00"),
        (0, "18:30", "20:30"),
        (5, "10:00", "12:00"),
        (5, "15:00", "20:00"),
    ],
)
def test_a_slot_ends_when_its_window_closes(days, clock, stop) -> None:
    assert hours.slot_stop(at(days, clock)) == (at(days, stop) if stop else None)
    assert hours.slot_stop(at(0, clock), calendar=HOLIDAY) is None


@pytest.mark.parametrize(
    ("clock", "opens"), [("09:00", "09:30"), ("09:30", "09:30"), ("11:59", "11:59"), ("12:00", "14:30")]
)
def test_a_window_is_open_from_its_first_minute_to_before_its_end(clock: str, opens: str) -> None:
    assert hours.next_slot(at(0, clock)) == at(0, opens)


@pytest.mark.parametrize(("days", "found"), [(60, at(60, "09:30")), (61, None)])
def test_sixty_days_are_looked_ahead(days: int, found: datetime | None) -> None:
    closed = Calendar(holidays=frozenset(MONDAY + timedelta(days=day) for day in range(days)))
    assert hours.next_slot(at(0, "10:00"), calendar=closed) == found


def left_until(end: datetime, *, now: datetime) -> frozenset[str]:
    field = FieldRules.until(end, seed="s", effort=STANDARD, any_hour=False, calendar=slots.ORDINARY)
    return field.left(now)


@pytest.mark.parametrize(
    ("until", "left"), [("10:00", set()), ("10:01", {"W1"}), ("14:30", {"W1"}), ("14:31", {"W1", "W2"})]
)
def test_a_field_that_ends_as_a_window_opens_has_no_use_for_it(until: str, left: set[str]) -> None:
    assert left_until(at(0, until), now=at(0, "10:00")) == left


@given(MOMENTS, st.sampled_from([None, *slots.WINDOWS]))
def test_the_next_slot_is_a_moment_at_which_one_may_call(moment: datetime, avoid: str | None) -> None:
    found = hours.next_slot(moment, avoid=avoid)
    assert found is not None
    assert found >= moment
    assert hours.window(found) not in {None, avoid}
    assert hours.may_dial(found)


@given(MOMENTS, MOMENTS)
def test_a_window_is_left_where_its_next_slot_is_before_the_end(moment: datetime, end: datetime) -> None:
    left = left_until(end, now=moment)
    opening = hours.next_slot(moment)
    assert bool(left) == (opening is not None and opening < end)


@given(HISTORIES)
def test_our_own_faults_and_open_attempts_count_as_nothing(history: list[DialledAttempt]) -> None:
    done = attempts.counted(history)
    assert all(attempt.code not in {None, *FREE_OF_EFFORT} for attempt in done)
    busy = [attempt.day for attempt in done if attempt.code == "busy"]
    assert len(busy) == len(set(busy))


@given(HISTORIES)
def test_all_else_counts_once_and_in_its_order(history: list[DialledAttempt]) -> None:
    others = [each for each in history if each.code not in {None, "busy", *FREE_OF_EFFORT}]
    done = [each for each in attempts.counted(history) if each.code != "busy"]
    assert done == sorted(others, key=lambda each: each.started)


def test_a_busy_line_counts_once_a_day_and_no_answer_beside_it() -> None:
    calls = [("10:00", "busy"), ("10:15", "busy"), ("15:00", "no_answer"), ("16:00", "busy")]
    history = [tried(day, clock, code) for day in (0, 1) for clock, code in calls]
    assert [each.code for each in attempts.counted(history)] == ["busy", "no_answer"] * 2
    later = [tried(0, "10:00", "no_answer"), tried(0, "15:00", "busy")]
    assert [each.code for each in attempts.counted(later)] == ["no_answer", "busy"]


def test_our_own_faults_are_these_two() -> None:
    assert {"technical_ours", "cancelled_by_us"} == FREE_OF_EFFORT


ENOUGH = [
    tried(0, "10:00"),
    tried(1, "15:00"),
    tried(2, "19:00"),
    tried(3, "19:00"),
    tried(5, "10:00"),
    tried(6, "16:00"),
]


def test_six_attempts_over_three_windows_and_five_days_are_enough() -> None:
    assert attempts.effort_met(ENOUGH)
    assert not attempts.effort_met(ENOUGH[:5])
    assert not attempts.effort_met([tried(day) for day in (0, 1, 2, 3, 4, 7)])
    assert not attempts.effort_met([tried(d, c) for d in (0, 1) for c in ("10:00", "15:00", "19:00")])
    assert not attempts.effort_met([*ENOUGH[:5], tried(6, code="technical_ours")])


def test_three_windows_are_enough_and_two_are_not() -> None:
    three = [tried(day, clock) for day, clock in enumerate(("10:00", "15:00", "19:00", "10:00", "15:00"))]
    assert attempts.effort_met([*three, tried(7, "10:00")])
    two = [tried(day, clock) for day, clock in enumerate(("10:00", "15:00", "10:00", "15:00", "10:00"))]
    assert not attempts.effort_met([*two, tried(7, "15:00")])


def test_an_attempt_outside_of_any_window_is_in_none() -> None:
    two = [tried(day, clock) for day, clock in enumerate(("10:00", "15:00", "12:30", "10:00", "15:00"))]
    assert not attempts.effort_met([*two, tried(7, "10:00")])


def test_what_is_sealed_unless_a_wave_says_otherwise() -> None:
    assert Effort(attempts=6, windows=3, days=5, asked_extra=3) == attempts.STANDARD
    assert attempts.STANDARD.weights == {"W1": 2, "W2": 2, "W3": 3, "W4": 3}


def test_an_attempt_is_nobodys_wish_unless_it_says_so() -> None:
    assert not DialledAttempt(at(0, "10:00")).asked


def test_a_wave_may_seal_a_smaller_effort() -> None:
    small = Effort(attempts=2, windows=1, days=1)
    assert attempts.effort_met([tried(0), tried(0, "15:00")], rules=small)


def test_calls_of_one_day_in_one_window_are_one() -> None:
    small = Effort(attempts=2, windows=1, days=1)
    assert not attempts.effort_met([tried(0), tried(0, "11:30")], rules=small)
    assert not attempts.effort_met([*ENOUGH[:5], tried(5, "10:30")])


CALLS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["10:00", "12:30", "15:00", "19:00"])))
FROM_THE_DESK = st.builds(
    WaveRules,
    attempts=st.integers(1, 8),
    windows=st.integers(0, 4),
    days=st.integers(0, 7),
    hours=st.just("standard"),
)


@given(CALLS, FROM_THE_DESK)
def test_who_was_worked_to_the_end_at_the_desk_was_so_in_the_ledger(calls, rules) -> None:
    history = [tried(day, clock) for day, clock in sorted(calls)]
    logged = {(each.day.isoformat(), each.window or work.OUTSIDE) for each in history}
    design = field_span.binding(
        rules, event=at(0, "09:00"), ends=at(30, "09:00"), groups="", terms="", codes=""
    )
    sealed = work.SealedEffort(rules.attempts, design.leastwindows, frozenset())
    if attempts.effort_met(history, rules=rules.effort):
        assert sealed.met(logged)


def test_an_attempt_that_puts_five_days_out_of_reach_is_refused() -> None:
    twice = [tried(0, "10:00"), tried(0, "15:00")]
    assert attempts.may_try([twice[0]], at=at(0, "15:00"))
    assert not attempts.may_try(twice, at=at(0, "19:00"))
    assert attempts.may_try(twice, at=at(1, "10:00"))


@given(st.lists(st.integers(0, 9), max_size=12))
def test_attempts_made_as_allowed_always_reach_the_required_days(days: list[int]) -> None:
    history: list[DialledAttempt] = []
    for day in sorted(days):
        if attempts.may_try(history, at=at(day, "10:00")):
            history.append(tried(day))
    assert len(history) <= 6 or len({attempt.day for attempt in history}) >= 5
    spare = max(0, 6 - len(history))
    assert len({attempt.day for attempt in history}) + spare >= 5


def test_after_the_last_of_its_number_only_another_day_may_still_bring_the_days_together() -> None:
    history = [tried(day, clock) for day in range(3) for clock in ("10:00", "15:00")] + [tried(3)]
    assert not attempts.may_try(history, at=at(3, "15:00"))
    assert attempts.may_try(history, at=at(4, "10:00"))


def test_who_is_said_not_to_be_eligible_is_called_by_others_twice_whatever_the_number() -> None:
    doubted = [*(tried(day) for day in range(6)), tried(6, code="to_confirm")]
    assert attempts.second_looks(doubted[:-1]) is None
    assert [attempts.second_looks([*doubted, *map(tried, range(7, 7 + more))]) for more in range(3)] == [
        0,
        1,
        2,
    ]
    assert attempts.may_try([*doubted, tried(7)], at=at(8, "10:00"))
    assert not attempts.may_try([*doubted, tried(7), tried(8)], at=at(9, "10:00"))
    assert not attempts.may_try([*doubted, tried(7), tried(8)], at=at(9, "10:00"), asked=True)


def test_our_own_fault_is_no_second_look() -> None:
    assert attempts.second_looks([tried(0, code="to_confirm"), tried(1, code="technical_ours")]) == 0


def test_nobody_says_so_any_more_once_the_respondent_spoke_until_it_is_said_again() -> None:
    told = [tried(0, code="to_confirm"), spoken(1)]
    assert attempts.second_looks(told) is None
    assert attempts.second_looks([*told, tried(2)]) is None
    assert attempts.second_looks([*told, tried(2, code="to_confirm"), tried(3)]) == 1
    assert attempts.may_try(told, at=at(2, "10:00"))


def spoken(days: int) -> DialledAttempt:
    return DialledAttempt(
        at(days, "10:00"), code="callback_respondent", window="W1", contact=ContactResult.PERSON
    )


def test_only_the_respondents_own_wish_goes_beyond_enough_and_three_times_at_most() -> None:
    history = list(ENOUGH)
    for day in (7, 8, 9):
        assert not attempts.may_try(history, at=at(day, "10:00"))
        assert attempts.may_try(history, at=at(day, "10:00"), asked=True)
        history.append(tried(day, asked=True))
    assert not attempts.may_try(history, at=at(10, "10:00"), asked=True)


@given(st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_six_attempts_in_open_windows_fall_one_one_two_two(choices: list[int]) -> None:
    history: list[DialledAttempt] = []
    for day, choice in enumerate(choices):
        choose = sorted(attempts.open_windows(history))
        name = choose[choice % len(choose)]
        history.append(DialledAttempt(at(day, "10:00"), code="no_answer", window=name))
    used = [attempt.window for attempt in history]
    assert [used.count(name) for name in slots.WINDOWS] == [1, 1, 2, 2]


@given(HISTORIES, st.sets(st.sampled_from(slots.WINDOWS), min_size=1))
def test_some_window_that_is_left_is_always_open(history: list[DialledAttempt], left: set[str]) -> None:
    assert attempts.open_windows(history, left=left)
    assert attempts.open_windows(history, left=left) <= left


def test_seven_in_ten_are_first_called_in_the_evening_or_at_the_weekend() -> None:
    start = at(0, "09:00")
    found = [
        attempts.first_windows("ab" * 32, unit=f"H{number:013}", released=start, now=start)
        for number in range(2000)
    ]
    assert set(found) == {frozenset({"W3", "W4"}), frozenset({"W1", "W2"})}
    assert abs(found.count(frozenset({"W3", "W4"})) - 1400) < 100
    assert ["W3" in each for each in found[:9]] == [*(True, True, False, False), *(True,) * 4, False]
    late = attempts.first_windows("ab" * 32, unit="H", released=start, now=start + timedelta(days=3))
    assert late == set(slots.WINDOWS)


WAITS = [
    ("busy", at(0, "10:15")),
    ("no_answer", at(0, "14:30")),
    ("machine", at(1, "10:00")),
    ("blocked", at(1, "10:00")),
    ("soft_refusal", at(5, "10:00")),
    ("callback_other", at(1, "10:00")),
    ("callback_respondent", at(1, "10:00")),
    ("language_callback", at(1, "10:00")),
    ("suspended_partial", at(1, "10:00")),
    ("number_suspect", at(1, "09:30")),
    ("technical_ours", at(0, "10:10")),
    ("cancelled_by_us", at(0, "10:10")),
    ("machine_household", at(1, "10:00")),
    ("machine_unclear", at(1, "10:00")),
    ("cut_off", at(1, "10:00")),
    ("to_confirm", at(1, "09:30")),
    ("to_supervisor", None),
    (None, at(0, "10:10")),
]


@pytest.mark.parametrize(("code", "due"), WAITS)
def test_how_long_to_wait(code: str | None, due: datetime | None) -> None:
    assert attempts.next_due([tried(0, code=code)], now=at(0, "10:00")) == due


def test_every_temporary_code_has_its_wait_or_its_appointment() -> None:
    assert {"appointment_respondent", "appointment_other"} == attempts.APPOINTED
    assert {code for code, _ in WAITS} - {None} | attempts.APPOINTED == TEMPORARY


def test_what_an_attempt_told_is_kept_under_these_names() -> None:
    assert [*attempts.ContactResult] == ["nobody", "somebody", "greeting", "household", "person"]


def test_a_line_busy_once_among_others_is_tried_again_soon() -> None:
    history = [tried(0, "09:30", "no_answer"), tried(-1, "10:00", "busy"), tried(0, "10:00", "busy")]
    assert attempts.next_due(history, now=at(0, "10:00")) == at(0, "10:15")


def test_a_line_busy_twice_is_left_alone_for_the_day() -> None:
    twice = [tried(0, "10:00", "busy"), tried(0, "10:15", "busy")]
    assert attempts.next_due(twice, now=at(0, "10:16")) == at(1, "09:30")


@given(HISTORIES.filter(bool), MOMENTS)
def test_a_wait_never_lies_in_the_past(history: list[DialledAttempt], now: datetime) -> None:
    last = max(history, key=lambda attempt: attempt.started)
    if last.code not in attempts.APPOINTED:
        due = attempts.next_due(history, now=now)
        assert due is None or due > now


def test_no_answer_asks_for_another_window() -> None:
    due = attempts.next_due([tried(4, "19:00")], now=at(4, "19:01"))
    assert due == at(5, "10:00")
    weekend = attempts.next_due([tried(5, "10:00")], now=at(5, "10:01"))
    assert weekend == at(7, "09:30")


def test_an_appointment_is_kept_at_its_time_and_needs_one() -> None:
    wish = at(2, "20:45")
    history = [tried(0, code="appointment_respondent")]
    assert attempts.next_due(history, now=at(0, "10:05"), appointment=wish) == wish
    with pytest.raises(Refused) as refused:
        attempts.next_due(history, now=at(0, "10:05"))
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "wish",
    [
        *(at(0, "10:00"), at(-1, "10:00")),
        *(at(1, "13:00"), at(1, "21:00")),
        *(at(8, "20:00"), at(9, "10:00")),
    ],
)
def test_an_appointment_outside_the_hours_or_the_field_is_refused(wish: datetime) -> None:
    now, end = at(0, "10:00"), at(8, "20:00")
    assert attempts.check_appointment(at(1, "20:45"), now=now, field_ends=end) == at(1, "20:45")
    with pytest.raises(Refused) as refused:
        attempts.check_appointment(wish, now=now, field_ends=end)
    assert refused.value.status == 422


def test_where_nobody_is_dialled_for_real_any_hour_will_do() -> None:
    night = at(1, "03:00")
    assert attempts.check_appointment(night, now=at(0, "10:00"), any_hour=True) == night


def test_a_second_soft_refusal_is_final() -> None:
    once = [tried(0, code="soft_refusal")]
    assert not attempts.is_final_refusal(once)
    assert attempts.is_final_refusal([*once, tried(6, code="soft_refusal")])


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([], "untested"),
        ([(0, "technical_ours")], "untested"),
        ([(0, "no_answer")], "live"),
        ([(0, "number_suspect")], "suspect"),
        ([(0, "number_suspect"), (0, "number_suspect")], "suspect"),
        ([(0, "number_suspect"), (1, "number_suspect")], "bad"),
        ([(0, "number_suspect"), (1, "no_answer"), (2, "number_suspect")], "suspect"),
        ([(0, "number_suspect"), (1, "number_suspect"), (2, "no_answer")], "live"),
    ],
)
def test_a_number_is_bad_after_two_such_results_on_different_days(
    results: list[tuple[int, str]], state: str
) -> None:
    assert number_states.number_state((at(day, "10:00"), code) for day, code in results) == state


@given(MOMENTS)
def test_local_days_are_civil_days(moment: datetime) -> None:
    assert DialledAttempt(moment).day == local(moment).date()
