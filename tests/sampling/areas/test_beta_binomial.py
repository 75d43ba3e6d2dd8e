"""Shares of small areas by counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampling.areas import betabinomial
from sampling.areas.betabinomial import beta_binomial
from sampling.errors import BadInput, NotConverged, TooFew
from tests.sampling.tables import document

COUNTS = st.lists(st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2)


@pytest.mark.parametrize("case", document("scalar.json")["beta_binomial"], ids=["alike", "unlike"])
def test_the_numbers_of_others(case):
    found = beta_binomial(case["k"], case["n"])
    assert found.loglik == pytest.approx(case["loglik_without_binomial"], rel=1e-12)
    assert (found.a, found.b) == pytest.approx((case["a"], case["b"]), rel=1e-6)
    for ours, theirs in (("value", "posterior_mean"), ("low", "low"), ("high", "high")):
        assert np.allclose(getattr(found, ours), case[theirs], rtol=1e-6, atol=0), theirs


@settings(deadline=None)
@given(COUNTS)
def test_a_share_lies_between_its_own_and_the_groups(counts):
    k, n = map(list, zip(*counts, strict=True))
    try:
        found = beta_binomial(k, n)
    except TooFew:
        assume(False)
    mean = found.a / (found.a + found.b)
    assert np.allclose(found.value, found.shrinkage * found.direct + (1 - found.shrinkage) * mean)
    assert ((found.low <= found.high) & (found.low >= 0) & (found.high <= 1)).all()


@settings(deadline=None)
@given(COUNTS)
def test_it_is_fitted_or_refused(counts):
    k, n = map(list, zip(*counts, strict=True))
    try:
        found = beta_binomial(k, n)
    except (TooFew, NotConverged):
        return
    assert np.isfinite(found.value).all()
    assert np.isfinite(found.loglik)


def test_groups_are_fitted_apart():
    k, n = [1, 5, 9, 2, 8, 4], [10] * 6
    apart = beta_binomial(k * 2, n * 2, groups=["b"] * 6 + ["a"] * 6)
    assert apart.groups == ("a", "b")
    assert apart.a.tolist() == [beta_binomial(k, n).a] * 2
    assert apart.value[:6].tolist() == beta_binomial(k, n).value.tolist()


def test_where_nobody_was_asked_the_groups_mean_stands():
    found = beta_binomial([1, 5, 9, 0], [10, 10, 10, 0])
    assert found.direct[3] == found.value[3] == pytest.approx(found.a / (found.a + found.b))
    assert found.shrinkage[3] == 0


@pytest.mark.parametrize(
    ("k", "n"),
    [([5, 5, 5], [10, 10, 10]), ([0, 0], [4, 4]), ([4, 4], [4, 4]), ([0, 4], [4, 4]), ([0, 1, 1], [1, 1, 1])],
)
def test_areas_without_a_likeliest_spread_are_refused(k, n):
    with pytest.raises(TooFew, match="chance"):
        beta_binomial(k, n)


@pytest.mark.parametrize(
    "asked",
    [
        {"k": [1], "n": [2], "level": 1.0},
        {"k": [], "n": []},
        {"k": [1], "n": [[2]]},
        {"k": [3], "n": [2]},
        {"k": [1], "n": [-1]},
        {"k": [1], "n": [2], "groups": []},
    ],
)
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(BadInput):
        beta_binomial(**asked)


def test_a_search_that_runs_out_of_steps_says_so(monkeypatch):
    monkeypatch.setattr(betabinomial, "STEPS", 1)
    with pytest.raises(NotConverged, match="1 steps"):
        beta_binomial([1, 4, 9, 5], [10, 10, 10, 10])
