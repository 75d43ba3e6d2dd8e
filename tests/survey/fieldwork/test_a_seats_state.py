"""What a seat is doing and since when follows from the marks of its work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.rules.board.seat_states import AWAY, SeatMarks, SeatState, seat_now
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)


def seen(**marks: object) -> tuple[SeatState, object]:
    found = seat_now(SeatMarks(1, "801", "访问员", **marks), now=NOW)
    return found.state, found.since


@pytest.mark.parametrize(
    ("case", "state"),
    [("held", "dialling"), ("talking", "talking"), ("interviewing", "talking"), ("coding", "coding")],
)
def test_a_case_in_hand_says_what_the_seat_does_whatever_break_was_asked_for(case, state):
    assert seen(case=case, pause="off", paused=NOW)[0] == state


def test_a_call_is_dated_by_what_happened_in_it():
    claimed, dialled, answered, over = (NOW - n * MINUTE for n in (9, 8, 7, 2))
    call = {"claimed": claimed, "dialled": dialled, "answered": answered, "hung_up": over}
    assert seen(case="held", claimed=claimed)[1] == claimed
    assert seen(case="held", claimed=claimed, dialled=dialled)[1] == dialled
    assert seen(case="talking", **call)[1] == answered
    assert seen(case="coding", **call)[1] == over


def test_a_break_begins_when_the_case_in_hand_was_over():
    assert seen(pause="meal", paused=NOW - 9 * MINUTE, worked=NOW - 5 * MINUTE) == (
        SeatState.BREAK,
        NOW - 5 * MINUTE,
    )
    assert seen(pause="off", paused=NOW)[0] is SeatState.OFF


def test_a_seat_waits_since_its_last_call_or_break_not_since_its_last_look():
    marks = {"worked": NOW - 30 * MINUTE, "returned": NOW - 20 * MINUTE, "seen": NOW - MINUTE}
    assert seen(**marks) == (SeatState.WAITING, NOW - 20 * MINUTE)
    assert seen(seen=NOW - 3 * MINUTE) == (SeatState.WAITING, NOW - 3 * MINUTE)


def test_of_whom_nothing_was_seen_for_long_or_today_is_not_there():
    assert seen()[0] is SeatState.OFF
    assert seen(worked=NOW - AWAY - MINUTE)[0] is SeatState.OFF
    assert seen(worked=NOW - AWAY + MINUTE)[0] is SeatState.WAITING


@given(
    st.builds(
        SeatMarks,
        account=st.integers(1, 9),
        code=st.just("801"),
        name=st.just(""),
        case=st.sampled_from((None, "held", "talking", "interviewing", "coding")),
        pause=st.sampled_from((None, "rest", "off")),
        **{
            mark: st.none() | st.integers(0, 3000).map(lambda n: NOW - n * MINUTE)
            for mark in ("claimed", "dialled", "answered", "hung_up", "paused", "worked", "returned", "seen")
        },
    )
)
def test_a_seat_with_a_case_is_at_a_call_and_no_state_lasts_less_than_nothing(marks):
    found = seat_now(marks, now=NOW)
    assert found.lasts(NOW) >= timedelta()
    assert (found.state in (SeatState.TALKING, SeatState.DIALLING, SeatState.CODING)) == bool(marks.case)
