"""Two shares compared: what the intervals hold, what the score test says, and how the two agree."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling.errors import BadInput
from sampling.intervals import midp_fisher, miettinen_nurminen, newcombe, newcombe_paired, score_test, wilson

LEVELS = st.floats(0.01, 0.999)
MARGINS = st.floats(-0.9, 0.9)
CELLS = st.tuples(*[st.integers(0, 60)] * 4).filter(any)


def mee(*counts, **given):
    return miettinen_nurminen(*counts, correction=False, **given)


every_kind = pytest.mark.parametrize("function", [newcombe, miettinen_nurminen, mee])


@st.composite
def arms(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n1, n2 = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def swapped(counts):
    return (*counts[2:], *counts[:2])


def mirrored(counts):
    k1, n1, k2, n2 = counts
    return n1 - k1, n1, n2 - k2, n2


@every_kind
@given(counts=arms(), level=LEVELS)
def test_the_interval_holds_the_difference_between_minus_1_and_1(function, counts, level):
    found = function(*counts, level=level)
    k1, n1, k2, n2 = counts
    assert -1 <= found.low <= k1 / n1 - k2 / n2 <= found.high <= 1


@every_kind
@given(counts=arms(), levels=st.tuples(LEVELS, LEVELS))
def test_the_interval_widens_with_the_level(function, counts, levels):
    narrow, wide = (function(*counts, level=level) for level in sorted(levels))
    assert wide.low <= narrow.low + 1e-12
    assert narrow.high <= wide.high + 1e-12


@every_kind
@given(counts=arms(), level=LEVELS)
def test_exchanging_the_samples_or_yes_and_no_turns_the_sign(function, counts, level):
    found = function(*counts, level=level)
    for turned in (swapped(counts), mirrored(counts)):
        other = function(*turned, level=level)
        assert (other.low, other.high) == pytest.approx((-found.high, -found.low), abs=1e-8)


@every_kind
@given(some=st.lists(arms(), min_size=1, max_size=5), level=LEVELS)
def test_many_pairs_at_once_give_what_each_gives_alone(function, some, level):
    found = function(*np.transpose(some), level=level)
    alone = [function(*one, level=level) for one in some]
    assert np.allclose(found.low, [one.low for one in alone], atol=1e-12)
    assert np.allclose(found.high, [one.high for one in alone], atol=1e-12)


@given(arms(), st.floats(0.5, 0.999), st.booleans())
def test_the_score_interval_holds_what_the_score_test_does_not_reject(counts, level, correction):
    found = miettinen_nurminen(*counts, correction=correction, level=level)
    out = (1 - level) / 2
    for limit, p_value in ((found.low, out), (found.high, 1 - out)):
        if abs(limit) < 1 - 1e-6 and abs(limit - counts[0] / counts[1] + counts[2] / counts[3]) > 1e-6:
            made = score_test(*counts, margin=limit, correction=correction)
            assert made.p_value == pytest.approx(p_value, abs=1e-6)


@given(arms(), MARGINS)
def test_the_two_one_sided_tests_share_out_all_chance(counts, margin):
    made, back = score_test(*counts, margin=margin), score_test(*swapped(counts), margin=-margin)
    assert made.p_value + back.p_value == pytest.approx(1, abs=1e-9)
    assert made.z == pytest.approx(-back.z, abs=1e-8)


@given(arms(), MARGINS, MARGINS)
def test_a_larger_margin_is_exceeded_with_less_confidence(counts, one, other):
    low, high = (score_test(*counts, margin=margin).p_value for margin in sorted((one, other)))
    assert low <= high + 1e-9


@given(arms(), MARGINS, st.floats(0.3, 4))
def test_the_likeliest_shares_beat_all_others_that_differ_by_the_margin(counts, margin, times):
    k1, n1, k2, n2 = counts
    apart = k1 / n1 - k2 / n2 - margin
    made = score_test(k1 * times, n1 * times, k2 * times, n2 * times, margin=margin, correction=False)
    second = np.linspace(max(0, -margin), min(1, 1 - margin), 2001)[1:-1]
    first = second + margin
    with np.errstate(divide="ignore"):
        chance = k1 * np.log(first) + (n1 - k1) * np.log(1 - first)
        chance = chance + k2 * np.log(second) + (n2 - k2) * np.log(1 - second)
    at = int(np.argmax(chance))
    assume(0 < at < second.size - 1)
    near = slice(at - 1, at + 2)
    variance = (first * (1 - first) / n1 + second * (1 - second) / n2)[near] / times
    assert min(abs(apart) / np.sqrt(variance)) * 0.98 <= abs(made.z) + 1e-9
    assert abs(made.z) <= max(abs(apart) / np.sqrt(variance)) * 1.02 + 1e-9


@given(arms())
def test_the_conditional_tests_of_both_sides_share_out_all_chance(counts):
    found, back = midp_fisher(*counts), midp_fisher(*swapped(counts))
    assert 0 <= found <= 1
    assert found + back == pytest.approx(1, abs=1e-9)
    assert found == pytest.approx(midp_fisher(*swapped(mirrored(counts))), abs=1e-9)


@given(arms())
def test_the_conditional_test_counts_the_tables_beyond_and_half_of_the_one_found(counts):
    k1, n1, k2, n2 = counts
    yes = k1 + k2
    ways = [comb(n1, k) * comb(n2, yes - k) if k <= yes else 0 for k in range(n1 + 1)]
    expected = (sum(ways[k1 + 1 :]) + ways[k1] / Fraction(2)) / comb(n1 + n2, yes)
    assert midp_fisher(*counts) == pytest.approx(float(expected), rel=1e-9)


def test_conditional_tests_broadcast_and_want_whole_counts():
    found = midp_fisher([9, 30], [10, 40], [6, 20], [10, 40])
    assert found.tolist() == [midp_fisher(9, 10, 6, 10), midp_fisher(30, 40, 20, 40)]
    with pytest.raises(BadInput, match="'k2'"):
        midp_fisher(1, 2, 0.5, 2)


def test_nobody_or_everybody_in_both_samples_tells_nothing_of_a_difference():
    made = score_test([0, 40, 0], [20, 40, 20], [0, 40, 0], [40, 40, 40], margin=[0, 0, 0.05])
    assert made.z[:2].tolist() == [0, 0]
    assert made.p_value[:2].tolist() == [0.5, 0.5]
    assert made.p_value[2] > 0.5


def test_counts_over_the_design_effect_widen_the_interval():
    for function in (newcombe, miettinen_nurminen):
        plain, clustered = function(30, 40, 20, 40), function(30 / 1.7, 40 / 1.7, 20 / 1.7, 40 / 1.7)
        assert clustered.low < plain.low
        assert plain.high < clustered.high


def test_the_variants_of_the_score_interval_are_told_apart_by_name():
    # keaven/gsDesign#193: which of the two an interval called after Miettinen and Nurminen was
    assert miettinen_nurminen(56, 70, 48, 80).low == pytest.approx(0.0528297, abs=1e-6)
    assert mee(56, 70, 48, 80).low == pytest.approx(0.0533338, abs=1e-6)


def test_the_score_interval_stands_where_counts_are_small_and_far_apart():
    # statsmodels/statsmodels#10269: a wrong cubic gave .0526, .3440 for the first, and raised for the second
    found = miettinen_nurminen([56, 9, 10, 0], [70, 10, 10, 1], [48, 3, 0, 1], [80, 10, 10, 1])
    assert np.allclose(found.low[:3], [0.0528297, 0.1700250, 0.6636416], atol=1e-6)
    assert np.allclose(found.high[:3], [0.3381729, 0.8406495, 1], atol=1e-6)
    assert found.low[3] == -1


@given(CELLS, LEVELS)
def test_the_paired_interval_holds_the_net_change(cells, level):
    a, b, c, d = cells
    found = newcombe_paired(a, b, c, d, level=level)
    assert -1 <= found.low <= (b - c) / (a + b + c + d) + 1e-12
    assert (b - c) / (a + b + c + d) - 1e-12 <= found.high <= 1


@given(CELLS, LEVELS)
def test_exchanging_the_answers_or_yes_and_no_turns_the_sign_of_the_net_change(cells, level):
    a, b, c, d = cells
    found = newcombe_paired(a, b, c, d, level=level)
    for other in (newcombe_paired(a, c, b, d, level=level), newcombe_paired(d, c, b, a, level=level)):
        assert (other.low, other.high) == pytest.approx((-found.high, -found.low), abs=1e-12)


@given(CELLS, LEVELS, LEVELS)
def test_the_paired_interval_widens_with_the_level(cells, one, other):
    narrow, wide = (newcombe_paired(*cells, level=level) for level in sorted((one, other)))
    assert wide.low <= narrow.low + 1e-9
    assert narrow.high <= wide.high + 1e-9


def test_answers_that_agree_leave_less_doubt_than_two_samples():
    paired, apart = newcombe_paired(20, 12, 2, 16), newcombe(32, 50, 22, 50)
    assert apart.low < paired.low
    assert paired.high < apart.high


def test_nobody_who_ever_said_yes_has_no_correlation_and_wilsons_limits():
    found = newcombe_paired(0, 0, 0, 20)
    half = wilson(0, 20).high
    assert (found.low, found.high) == pytest.approx((-half, half))


@pytest.mark.parametrize(
    "counts", [(3, 2, 1, 2), (1, 2, -1, 2), (1, 0, 1, 2), (1, 2, 1, np.inf), (1, 2, "x", 2)]
)
def test_what_is_no_share_is_refused(counts):
    for function in (newcombe, miettinen_nurminen, score_test):
        with pytest.raises(BadInput):
            function(*counts)


def test_samples_too_small_for_the_correction_are_refused():
    with pytest.raises(BadInput, match="'n1'"):
        miettinen_nurminen(0.2, 0.4, 0.2, 0.6)
    assert mee(0.2, 0.4, 0.2, 0.6).low > -1


@pytest.mark.parametrize("margin", [1, -1, 5, np.nan, "x"])
def test_a_margin_lies_between_minus_1_and_1(margin):
    with pytest.raises(BadInput, match="'margin'"):
        score_test(1, 2, 1, 2, margin=margin)


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (-1, 2, 3, 4), (1, np.nan, 3, 4), ("x", 1, 1, 1)])
def test_what_is_no_table_of_two_answers_is_refused(cells):
    with pytest.raises(BadInput):
        newcombe_paired(*cells)
