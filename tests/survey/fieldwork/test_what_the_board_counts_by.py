"""By what cases and attempts are counted apart on the board, and how such counts are read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey.fieldwork.rules.board import counted
from survey.fieldwork.rules.board.counted import CaseToCount, CountedCases, EndedAttempt
from survey.fieldwork.rules.outlook import Wait, Waiting

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WAITS = CaseToCount("queued", 3, TEN, TEN, fit=1, counted=2, language=None, outcome=None)
AT_NIGHT = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
"""Half past midnight of the day after, where people are called."""
ENDED = EndedAttempt(2, 7, AT_NIGHT - 90 * SECOND, AT_NIGHT - 61 * MINUTE, AT_NIGHT, "seat", "no_answer")


def back(case: CaseToCount, *, n: int = 1) -> CountedCases:
    """Return what is read back of a case that was counted `n` times."""
    (found,) = counted.cases({case.keys()["case"]: n, "queued|9|0|new": 0})
    return found


def test_a_waiting_case_is_counted_by_state_class_and_the_ten_minutes_in_which_it_opens() -> None:
    assert WAITS.keys()["case"] == "queued|3|0|2026-11-23 02:0"
    assert back(WAITS, n=4) == CountedCases("queued", 3, False, TEN, True, 4)
    for minutes, opens in ((9, TEN), (10, TEN + 10 * MINUTE)):
        later = replace(WAITS, opens_at=TEN + minutes * MINUTE, next_due=TEN + minutes * MINUTE)
        assert back(later).opens == opens


def test_what_waits_for_a_window_though_it_is_due_is_counted_apart() -> None:
    assert back(replace(WAITS, opens_at=TEN + SECOND)).is_for_window
    assert not back(WAITS).is_for_window
    assert not back(replace(WAITS, next_due=TEN + SECOND)).is_for_window


def test_a_case_that_nobody_placed_is_another_than_one_that_no_rule_opens() -> None:
    told = [replace(WAITS, opens_at=None, fit=fit).keys()["case"] for fit in (0, 1, 9)]
    assert told == ["queued|3|0|new", "queued|3|0|never", "queued|3|0|never"]
    new, never = (back(replace(WAITS, opens_at=None, fit=fit)) for fit in (0, 9))
    assert (new.is_placed, new.opens) == (False, None)
    assert (never.is_placed, never.opens) == (True, None)
    assert new.priority == never.priority == 3


@pytest.mark.parametrize("state", ["held", "dialling", "closed"])
def test_a_case_that_does_not_wait_is_counted_by_its_state_alone(state: str) -> None:
    assert replace(WAITS, state=state).keys()["case"] == f"{state}|0|0|"
    assert back(replace(WAITS, state=state)) == CountedCases(state, 0, False, None, True, 1)


def test_calls_made_and_language_are_counted_until_a_case_is_closed_and_the_outcome_from_then_on() -> None:
    assert WAITS.keys().keys() == {"case", "made"}
    spoken = replace(WAITS, language="ug")
    assert spoken.keys() | {"case": ""} == {"case": "", "made": "2", "language": "ug"}
    closed = replace(spoken, state="closed", outcome="complete")
    assert closed.keys() == {"case": "closed|0|0|", "outcome": "complete"}


def test_only_what_waits_and_has_opened_may_be_called() -> None:
    assert back(WAITS).is_open(TEN)
    assert not back(WAITS).is_open(TEN - SECOND)
    assert back(replace(WAITS, state="resting")).is_open(TEN)
    assert not replace(back(WAITS), state="held").is_open(TEN)
    assert not back(replace(WAITS, opens_at=None)).is_open(TEN)


def test_states_and_what_may_be_called_are_added_up() -> None:
    several = [
        back(WAITS, n=4),
        back(replace(WAITS, priority=1), n=2),
        back(replace(WAITS, opens_at=TEN + 10 * MINUTE), n=8),
        back(replace(WAITS, state="held"), n=16),
    ]
    assert counted.by_state([*several, *several]) == {"queued": 28, "held": 32}
    assert counted.ready([*several, *several], TEN) == {3: 8, 1: 4}


def test_what_waits_is_told_by_what_it_waits_for_and_since_when_it_would_open() -> None:
    rests = replace(WAITS, opens_at=TEN + 20 * MINUTE, next_due=TEN + 20 * MINUTE)
    several = [
        back(WAITS, n=1),
        back(replace(WAITS, state="held"), n=2),
        back(replace(WAITS, opens_at=None, fit=0), n=4),
        back(replace(WAITS, opens_at=None, fit=9), n=8),
        back(rests, n=16),
        back(replace(rests, opens_at=TEN + 40 * MINUTE), n=32),
    ]
    assert counted.waits(several, TEN) == {
        Wait.NEVER: Waiting(8, None),
        Wait.REST: Waiting(16, TEN + 20 * MINUTE),
        Wait.WINDOW: Waiting(32, TEN + 40 * MINUTE),
    }


def test_an_attempt_is_counted_by_seat_and_civil_day_and_its_seconds_are_the_seats() -> None:
    found = ENDED.keys()
    assert found["day"] == ("2026-11-24|7|seat|no_answer", 1)
    assert found["seat"] == ("7|seat|no_answer", 1)
    assert found["busy"] == ("2026-11-24|7", 90)


def test_a_dial_is_counted_by_its_number_in_the_case_and_by_the_civil_hour_in_which_it_rang() -> None:
    found = ENDED.keys()
    assert found["nth"] == ("2|no_answer", 1)
    assert found["hour"] == ("2026-11-23 23|no_answer", 1)
    assert found["date"] == ("2026-11-23|no_answer", 1)
    assert replace(ENDED, dialled_at=None).keys().keys() == {"day", "seat", "busy"}
