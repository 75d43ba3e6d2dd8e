"""Where a waiting case stands: open or not, how its window suits it, as it would stand by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey.fieldwork.rules import fit, placing, queue
from survey.fieldwork.rules.attempts import ContactResult, DialledAttempt
from survey.fieldwork.rules.fit import Season, WindowCounts
from survey.fieldwork.rules.placing import QueuePlace
from survey.fieldwork.rules.queue import APPOINTED, CLOSED, ORDINARY, PARTIAL, FieldRules, WaitingCase
from survey.waves.rules.effort import Effort

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten o'clock of a Monday where people are called, in the first window."""
STAMP = "2026-11-23 W1"
OLD = TEN - timedelta(days=4)
"""Released so long ago that every window is open to a first call."""
SEASON = Season("s", "2026-11-23", {name: WindowCounts(1, 9) for name in ("W1", "W2", "W3", "W4")})
SLOTS, ANY_HOUR = FieldRules("s"), FieldRules("s", any_hour=True)
UNITS = [f"U{number}" for number in range(12)]
CALLED = DialledAttempt(TEN - timedelta(days=1), code="no_answer", window="W2")


def case(unit: str, **known: object) -> WaitingCase:
    return replace(WaitingCase(unit, ORDINARY, OLD, OLD), **known)  # type: ignore[arg-type]


def placed(*cases: WaitingCase, rules: FieldRules = SLOTS, **known: object) -> list[QueuePlace]:
    given = {"stamp": STAMP, "season": SEASON, "after": TEN} | known
    return placing.placed(cases, rules=rules, **given)  # type: ignore[arg-type]


def test_a_place_is_the_rank_of_the_windows_drawn_value_among_those_open() -> None:
    for place in placed(*map(case, UNITS)):
        drawn = fit.thetas(SEASON.draws(place.unit, (), among=["W1", "W2", "W3", "W4"]))
        assert (place.opens_at, place.theta) == (TEN, drawn[0])
        assert place.fit == sorted(drawn, reverse=True).index(drawn[0]) + 1


def test_only_the_windows_open_to_a_case_are_drawn_for_it() -> None:
    used = [replace(CALLED, window=name) for name in ("W2", "W3")]
    (place,) = placed(case("U1", history=used))
    drawn = fit.thetas(SEASON.draws("U1", used, among=["W1", "W4"]))
    assert (place.theta, place.fit) == (drawn[0], 1 + (drawn[1] > drawn[0]))


def test_many_are_placed_as_each_would_be_alone() -> None:
    """However alike two cases are, what one went through decides nothing for the other."""
    reached = replace(CALLED, code="callback_other", contact=ContactResult.HOUSEHOLD)
    cases = [
        *map(case, UNITS),
        *(case(f"{unit}'", history=[CALLED]) for unit in UNITS[:2]),
        case("other window", history=[replace(CALLED, window="W1")]),
        case("other day", history=[replace(CALLED, started=CALLED.started - timedelta(days=1))]),
        case("other code", history=[reached]),
        case("free of effort", history=[replace(CALLED, code="technical_ours")]),
        case("later", due=TEN + timedelta(hours=1)),
        case("new", due=TEN, released=TEN),
        case("also new", due=TEN, released=TEN - timedelta(hours=1)),
        case("promised", priority=APPOINTED, due=TEN),
        case("begun", priority=PARTIAL, due=TEN),
    ]
    for rules in (SLOTS, ANY_HOUR, FieldRules("s", effort=Effort(1, 1, 1, 0))):
        for after in (None, TEN):
            alone = [placed(each, rules=rules, after=after)[0] for each in cases]
            assert placed(*cases, rules=rules, after=after) == alone


def test_new_cases_begin_in_the_half_of_the_windows_that_their_own_lot_gives() -> None:
    new = [case(unit, due=TEN, released=TEN) for unit in UNITS]
    opened = {place.unit: place.opens_at for place in placed(*new)}
    assert opened == {each.unit: queue.opening(each, rules=SLOTS, after=TEN).at for each in new}  # type: ignore[union-attr]
    assert len(set(opened.values())) == 2


@pytest.mark.parametrize("priority", [APPOINTED, PARTIAL])
def test_what_was_wished_for_stands_first_whatever_was_drawn(priority: int) -> None:
    (place,) = placed(case("U1", priority=priority, due=TEN))
    assert (place.fit, place.theta) == (1, None)


def test_at_any_hour_nothing_is_drawn() -> None:
    assert placed(case("U1"), rules=ANY_HOUR) == [QueuePlace("U1", TEN, 1)]


def test_a_case_whose_window_nothing_was_drawn_for_waits_closed() -> None:
    closed = [QueuePlace("U1", TEN, CLOSED)]
    assert placed(case("U1"), stamp=None) == closed
    assert placed(case("U1"), stamp="2026-11-23 W2") == closed
    assert placed(case("U1"), season=None) == closed
    tomorrow = TEN + timedelta(days=1)
    assert placed(case("U1", due=tomorrow)) == [QueuePlace("U1", tomorrow, CLOSED)]


def test_a_case_that_no_rule_opens_stands_nowhere() -> None:
    done = FieldRules("s", effort=Effort(1, 1, 1, 0))
    assert placed(case("U1", history=[CALLED]), rules=done) == [QueuePlace("U1", None, CLOSED)]
