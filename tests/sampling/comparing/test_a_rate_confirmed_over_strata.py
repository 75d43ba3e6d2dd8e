"""The confirmed rate over streets whose silent ones are drawn apart: formula and what repeating shows."""

from __future__ import annotations

import numpy as np
import pytest

from sampling.comparing.resolution import CalledStratum, confirmed, stratified
from sampling.errors import BadInput, NotIdentified

TRIES = 600
STREETS = ((60, 20, 15, 0.4), (150, 60, 50, 0.7), (40, 10, 2, 0.9), (25, 5, 5, 0.2))
"""Cases due, replied, confirmed, and how many of the silent would confirm."""
CALLED = 15


def test_one_stratum_is_the_rate_without_any() -> None:
    alone = stratified([CalledStratum(120, 48, 42, 24, 15)])
    assert alone == confirmed(120, replied=48, confirmed=42, called=24, confirmed_on_call=15)


def test_it_hits_the_truth_and_its_limits_hold_it_as_often_as_they_say() -> None:
    rng = np.random.default_rng(77)
    would = [round((due - replied) * share) for due, replied, _said, share in STREETS]
    truth = sum(said for _due, _replied, said, _share in STREETS) + sum(would)
    truth /= sum(due for due, *_rest in STREETS)
    found = []
    for _ in range(TRIES):
        strata = [
            CalledStratum(due, replied, said, n, int(rng.hypergeometric(yes, due - replied - yes, n)))
            for (due, replied, said, _share), yes in zip(STREETS, would, strict=True)
            for n in [min(CALLED, due - replied)]
        ]
        one = stratified(strata)
        found.append((one.value, one.se, one.low <= truth <= one.high))
    value, se, held = np.array(found).T
    assert abs(value.mean() - truth) < 3 * value.std() / TRIES**0.5
    assert np.mean(se**2) == pytest.approx(value.var(), rel=0.15)
    assert held.mean() > 0.93


def test_a_street_that_was_hardly_called_is_joined_with_the_next() -> None:
    apart = [
        CalledStratum(40, 10, 6, 1, 1),
        CalledStratum(10, 2, 1, 0, 0),
        CalledStratum(120, 48, 42, 24, 15),
    ]
    joined = [CalledStratum(170, 60, 49, 25, 16)]
    assert stratified(apart).value == pytest.approx(stratified(joined).value)
    assert stratified(apart[:2]).low < stratified(apart[:2]).high


def test_all_called_leaves_nothing_to_chance() -> None:
    found = stratified([CalledStratum(20, 10, 8, 10, 5), CalledStratum(10, 10, 4, 0, 0)])
    assert (found.se, found.low, found.high) == (0, found.value, found.value)
    assert found.value == pytest.approx(17 / 30)


def test_without_a_call_or_with_counts_that_do_not_fit_there_is_no_rate() -> None:
    with pytest.raises(NotIdentified):
        stratified([CalledStratum(10, 2, 1, 0, 0)])
    with pytest.raises(BadInput):
        stratified([CalledStratum(10, 2, 3, 1, 1)])
