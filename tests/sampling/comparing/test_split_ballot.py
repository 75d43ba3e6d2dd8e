"""The effect of an order is recovered from a split ballot, and its interval holds it as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from sampling import SurveyDesign, mean
from sampling.comparing import split_ballot
from sampling.errors import BadInput, TooFew

SIZES, TAKEN = np.array([400, 300, 300]), np.array([60, 60, 30])
TRUE = 0.08
"""By so much more are satisfied where they are asked first."""


def population(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The answer of everybody if asked first, and if asked last, by stratum in rows."""
    chance = np.repeat([0.5, 0.7, 0.6], SIZES)
    last = rng.random(len(chance)) < chance
    more = rng.random(len(chance)) < TRUE / (1 - chance)
    return (last | more).astype(float), last.astype(float)


def ballot(rng: np.random.Generator, first: np.ndarray, last: np.ndarray) -> split_ballot.SplitBallot:
    """A stratified sample, a random half of which is asked first."""
    starts = np.cumsum(SIZES) - SIZES
    drawn = np.concatenate(
        [at + rng.permutation(n)[:k] for at, n, k in zip(starts, SIZES, TAKEN, strict=True)]
    )
    strata, half = np.repeat(np.arange(3), TAKEN), rng.random(len(drawn)) < 0.5
    answers = np.where(half, first[drawn], last[drawn])
    answers[rng.random(len(drawn)) < 0.05] = np.nan
    return split_ballot.effect(answers, half, weights=(SIZES / TAKEN)[strata], strata=strata)


def test_a_simulated_effect_is_recovered_and_its_interval_holds_it() -> None:
    rng, rounds = np.random.default_rng(20261127), 400
    first, last = population(rng)
    meant = float(first.mean() - last.mean())
    found = [ballot(rng, first, last) for _round in range(rounds)]
    values = np.array([each.difference.value for each in found])
    assert abs(values.mean() - meant) < 3 * values.std() / rounds**0.5
    held = sum(bool(each.interval().low <= meant <= each.interval().high) for each in found)
    assert 0.925 <= held / rounds <= 0.98
    errors = np.array([each.difference.se for each in found])
    assert 0.95 <= errors.mean() / values.std() <= 1.1


def test_where_everybody_is_asked_the_unseen_answer_still_makes_an_error() -> None:
    """A finite population correction would say there is none."""
    rng = np.random.default_rng(1)
    first, last = population(rng)
    half = rng.random(len(first)) < 0.5
    strata = np.repeat(np.arange(3), SIZES)
    whole = split_ballot.effect(np.where(half, first, last), half, weights=np.ones(len(first)), strata=strata)
    assert 0.02 < whole.difference.se < 0.04


def test_each_half_is_the_weighted_mean_of_its_answers() -> None:
    y, half, weights = [1, 0, 1, 0, 1, 0], [1, 1, 1, 0, 0, 0], [1, 2, 3, 1, 2, 3]
    found = split_ballot.effect(y, half, weights=weights, strata=["a"] * 6)
    whole = mean(SurveyDesign(weights, strata=["a"] * 6), y, by=half)
    assert (found.first.value, found.second.value) == (whole[1].value, whole[0].value)
    assert found.difference.value == pytest.approx(4 / 6 - 2 / 6)
    assert found.interval().low < found.difference.value < found.interval().high


def test_a_half_without_two_answers_says_nothing() -> None:
    with pytest.raises(TooFew, match="Got 1 and 2"):
        split_ballot.effect([1, np.nan, 0, 1], [1, 1, 0, 0], weights=[1] * 4, strata=["a"] * 4)


@pytest.mark.parametrize("half", [[1, 0], [0, 1, 2, 1]])
def test_a_half_is_true_or_false_for_each_answer(half: list[int]) -> None:
    with pytest.raises(BadInput, match="first"):
        split_ballot.effect([1, 0, 1, 0], half, weights=[1] * 4, strata=["a"] * 4)
