"""Seats beside limits of chance: who does as all others is seldom outside, who doesn't is; never a league."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.rules.board import funnel_plot
from survey.fieldwork.rules.board.funnel import LEAST, funnel

SEATS, CALLS, USUAL = 300, 120, 0.25


def alike(chance: random.Random, *, share: float = USUAL) -> tuple[int, int]:
    calls = chance.randint(CALLS // 2, CALLS * 2)
    return sum(chance.random() < share for _call in range(calls)), calls


def test_of_seats_that_are_alike_two_in_a_thousand_lie_outside():
    chance = random.Random(1)
    outside = sum(len(funnel({seat: alike(chance) for seat in range(SEATS)}).outside) for _field in range(10))
    assert 1 <= outside <= 16, "six are expected of 3,000"


def test_who_is_twice_as_often_refused_is_found_and_on_the_right_side():
    chance = random.Random(2)
    counts = {seat: alike(chance) for seat in range(SEATS)}
    counts |= {900 + n: alike(chance, share=2 * USUAL) for n in range(5)}
    counts |= {950 + n: alike(chance, share=USUAL / 6) for n in range(5)}
    side = {each.seat: each.side for each in funnel(counts).outside}
    assert [side.get(900 + n) for n in range(5)] == [1] * 5
    assert [side.get(950 + n) for n in range(5)] == [-1] * 5


def test_where_seats_differ_by_their_hours_the_limits_are_wider():
    chance = random.Random(3)
    mixed = {seat: alike(chance, share=0.15 if seat % 2 else 0.35) for seat in range(SEATS)}
    found = funnel(mixed)
    assert found.spread > 1.5
    assert len(found.outside) < SEATS / 50


def test_a_seat_with_few_calls_is_not_judged():
    (one, other) = funnel({1: (LEAST - 1, LEAST - 1), 2: (20, 100)}).seats
    assert (one.low, one.side) == (None, 0)
    assert other.low is not None
    assert funnel({1: (0, 3)}).middle is None
    assert funnel_plot.plot(funnel({1: (0, 3)}), codes={}) is None


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 300).flatmap(
    lambda of: st.integers(0, of).map(lambda hits: (hits, of))
), max_size=20))  # fmt: skip
def test_seats_keep_the_order_that_they_were_given_in_and_limits_hold_the_middle(counts):
    found = funnel(counts)
    assert [each.seat for each in found.seats] == list(counts)
    for each in found.seats:
        if each.low is not None and each.high is not None:
            assert 0 <= each.low <= found.middle <= each.high <= 1
            if each.low < each.hits / each.of < each.high:
                assert each.side == 0


def test_the_plot_names_nobody_within_the_limits():
    counts = dict.fromkeys(range(30), (25, 100)) | {99: (80, 100)}
    found = funnel_plot.plot(funnel(counts), codes={seat: f"8{seat}" for seat in counts})
    assert [dot.code for dot in found.dots if dot.is_outside] == ["899"]
    assert all(0 <= dot.x <= funnel_plot.WIDTH and 0 <= dot.y <= funnel_plot.HEIGHT for dot in found.dots)
