"""Intervals of a share from a count: what they hold, how they widen, and how often they are right."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import intervals
from sampling.errors import BadInput
from sampling.intervals import clopper_pearson, hypergeometric, wilson

LEVELS = st.floats(0.01, 0.999)
OF_A_COUNT = [wilson, clopper_pearson, lambda k, n, **given: hypergeometric(k, n, 3 * n, **given)]
NAMES = ["wilson", "clopper_pearson", "hypergeometric"]

every_kind = pytest.mark.parametrize("function", OF_A_COUNT, ids=NAMES)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 200))
    return draw(st.integers(0, n)), n


@st.composite
def drawn(draw: st.DrawFn) -> tuple[int, int, int]:
    units = draw(st.integers(1, 120))
    n = draw(st.integers(1, units))
    return draw(st.integers(0, n)), n, units


def ways(yes, k, n, units):
    """Samples of n with k of the `yes` successes among the units."""
    return comb(yes, k) * comb(units - yes, n - k)


@every_kind
@given(count=counts(), level=LEVELS)
def test_the_interval_holds_the_share_inside_0_and_1(function, count, level):
    k, n = count
    found = function(k, n, level=level)
    assert 0 <= found.low <= k / n <= found.high <= 1
    if level > 0.5:
        assert (found.low == 0) == (k == 0)
        assert (found.high == 1) == (k == n)


@every_kind
@given(count=counts(), levels=st.tuples(LEVELS, LEVELS))
def test_the_interval_widens_with_the_level(function, count, levels):
    narrow, wide = (function(*count, level=level) for level in sorted(levels))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@every_kind
@given(count=counts(), level=LEVELS)
def test_the_interval_mirrors(function, count, level):
    k, n = count
    found, mirror = function(k, n, level=level), function(n - k, n, level=level)
    assert (found.low, found.high) == pytest.approx((1 - mirror.high, 1 - mirror.low), abs=1e-11)


@every_kind
@given(some=st.lists(counts(), min_size=1, max_size=5), level=LEVELS)
def test_many_counts_at_once_give_what_each_gives_alone(function, some, level):
    found = function(*np.transpose(some), level=level)
    alone = [function(*one, level=level) for one in some]
    assert np.allclose(found.low, [one.low for one in alone], rtol=1e-13)
    assert np.allclose(found.high, [one.high for one in alone], rtol=1e-13)
    with pytest.raises(ValueError, match="read-only"):
        found.low[0] = 0


@given(counts(), LEVELS)
def test_wilson_inverts_the_score_test(count, level):
    k, n = count
    found = wilson(k, n, level=level)
    z = intervals.t_quantile(np.inf, level=level)
    for limit in {found.low, found.high} - {0.0, 1.0}:
        assert (k / n - limit) ** 2 == pytest.approx(z**2 * limit * (1 - limit) / n, rel=1e-6)


@given(drawn(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_hypergeometric_limits_are_the_last_that_pass_both_tests(sample, level):
    k, n, units = sample
    found = hypergeometric(k, n, units, level=level)
    tail = (1 - Fraction(str(level))) / 2 * comb(units, n)
    passing = [
        yes
        for yes in range(k, units - n + k + 1)
        if sum(ways(yes, j, n, units) for j in range(k, n + 1)) > tail
        and sum(ways(yes, j, n, units) for j in range(k + 1)) > tail
    ]
    least, most = (
        min([k / n, *(yes / units for yes in passing)]),
        max([k / n, *(yes / units for yes in passing)]),
    )
    assert (found.low, found.high) == pytest.approx((least, most), abs=1e-13)


@given(drawn(), st.floats(0.5, 0.999))
def test_a_known_population_makes_the_interval_narrower_to_a_unit(sample, level):
    """One success in few draws is likelier without replacement, so a limit may lie a unit further out."""
    k, n, units = sample
    exact, endless = hypergeometric(k, n, units, level=level), clopper_pearson(k, n, level=level)
    assert endless.low <= exact.low + 1 / units
    assert exact.high <= endless.high + 1 / units


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_hypergeometric_interval_is_right_as_often_as_it_says(level):
    choose = np.array([[comb(of, taken) for taken in range(61)] for of in range(61)], dtype=np.float64)
    for units in range(1, 61):
        for n in range(1, units + 1):
            k, yes = np.arange(n + 1), np.arange(units + 1)[:, None]
            found = hypergeometric(k, n, units, level=level)
            chances = choose[yes, k] * choose[units - yes, n - k] / choose[units, n]
            right = (found.low <= yes / units + 1e-12) & (yes / units - 1e-12 <= found.high)
            assert (np.where(right, chances, 0).sum(axis=1) >= level - 1e-9).all(), (n, units)


def test_everybody_asked_leaves_no_doubt():
    found = hypergeometric([0, 3, 8], 8, 8)
    assert found.low.tolist() == found.high.tolist() == [0, 3 / 8, 1]


def test_a_city_of_millions_needs_no_other_method():
    near = hypergeometric(700, 1000, 20_000_000), clopper_pearson(700, 1000)
    assert near[0].low == pytest.approx(near[1].low, abs=1e-5)
    assert near[0].high == pytest.approx(near[1].high, abs=1e-5)


def test_more_answers_of_the_same_share_narrow_the_interval():
    for function in OF_A_COUNT:
        found = [function(k, 2 * k) for k in (1, 4, 25, 600)]
        assert all(one.high - one.low > other.high - other.low for one, other in pairwise(found))


def test_counts_broadcast():
    found = wilson([[0], [5]], [10, 20, 30])
    assert found.low.shape == found.high.shape == (2, 3)
    assert found.high[1, 2] == wilson(5, 30).high


@every_kind
@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10), (0, 0), (np.nan, 10), (1, np.inf), ("x", 3)])
def test_what_is_no_share_is_refused(function, k, n):
    with pytest.raises(BadInput):
        function(k, n)


@pytest.mark.parametrize(
    ("k", "n", "units"), [(1, 2, 1), (1, 2, np.nan), (1, 2, np.inf), (1, 2, 3.5), (0.5, 2, 9)]
)
def test_a_count_from_a_known_population_is_whole_and_no_larger_than_it(k, n, units):
    with pytest.raises(BadInput):
        hypergeometric(k, n, units)


def test_shapes_that_do_not_match_are_refused():
    with pytest.raises(BadInput, match=r"'k' \(2,\), 'n' \(3,\)"):
        wilson([1, 2], [3, 4, 5])


@every_kind
@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan"), 1 - 2**-53])
def test_a_level_lies_between_0_and_1(function, level):
    with pytest.raises(BadInput, match="'level'"):
        function(1, 2, level=level)
