"""Confidence intervals: what they hold, how they widen, and the numbers of others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import SurveyDesign, intervals, mean, proportion
from sampling.errors import BadInput
from tests.sampling.tables import document

LEVELS = st.floats(0.01, 0.999)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 500))
    return draw(st.integers(0, n)), n


@given(counts(), LEVELS)
def test_wilson_holds_the_share_inside_0_and_1(count, level):
    k, n = count
    found = intervals.wilson(k, n, level=level)
    assert 0 <= found.low <= k / n <= found.high <= 1
    assert (found.low == 0) == (k == 0)
    assert (found.high == 1) == (k == n)


@given(counts(), LEVELS, LEVELS)
def test_wilson_widens_with_the_level(count, one, other):
    narrow, wide = (intervals.wilson(*count, level=level) for level in sorted((one, other)))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@given(counts(), LEVELS)
def test_wilson_mirrors(count, level):
    k, n = count
    found, mirror = intervals.wilson(k, n, level=level), intervals.wilson(n - k, n, level=level)
    assert (found.low, found.high) == pytest.approx((1 - mirror.high, 1 - mirror.low), abs=1e-14)


@given(counts(), LEVELS)
def test_wilson_inverts_the_score_test(count, level):
    k, n = count
    found = intervals.wilson(k, n, level=level)
    z = intervals.t_quantile(np.inf, level=level)
    for limit in {found.low, found.high} - {0.0, 1.0}:
        assert (k / n - limit) ** 2 == pytest.approx(z**2 * limit * (1 - limit) / n, rel=1e-6)


@pytest.mark.parametrize("record", document("scalar.json")["one_proportion"])
def test_wilson_equals_published_numbers(record):
    found = intervals.wilson(record["k"], record["n"], level=1 - record["alpha"])
    assert (found.low, found.high) == pytest.approx(record["wilson"], rel=1e-10, abs=1e-15)


def test_wilson_broadcasts():
    found = intervals.wilson([[0], [5]], [10, 20, 30])
    assert found.low.shape == found.high.shape == (2, 3)
    assert found.high[1, 2] == intervals.wilson(5, 30).high


@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10), (0, 0), (np.nan, 10), (1, np.inf), ("x", 3)])
def test_wilson_refuses_what_is_no_share(k, n):
    with pytest.raises(BadInput):
        intervals.wilson(k, n)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan")])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(BadInput, match="'level'"):
        intervals.wilson(1, 2, level=level)


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[bool], list[str], float]:
    n = draw(st.integers(2, 40))
    y = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return y, draw(st.lists(st.sampled_from("AB"), min_size=n, max_size=n)), draw(LEVELS)


@given(answers())
def test_every_interval_of_a_design_holds_its_figure(sample):
    y, by, level = sample
    found = proportion(SurveyDesign(np.arange(1, len(y) + 1), strata=by, lonely="remove"), y, by=by)
    for method in ("auto", "wilson", "t"):
        limits = found.interval(level, method)
        assert (limits.low <= found.value).all()
        assert (found.value <= limits.high).all()
        if method != "t":
            assert (limits.low >= 0).all()
            assert (limits.high <= 1).all()
        for place, label in enumerate(found.domains):
            one = found[label].interval(level, method)
            assert (one.low, one.high) == (limits.low[place], limits.high[place])


@given(answers())
def test_auto_never_claims_more_rows_than_there_are(sample):
    y, _, level = sample
    found = proportion(SurveyDesign(np.ones(len(y)), fpc=len(y) + 1), y)
    auto, named = found.interval(level), found.interval(level, "wilson")
    assert auto.low <= named.low
    assert named.high <= auto.high


def test_auto_is_t_for_a_mean_and_wilson_for_a_proportion():
    design, y = SurveyDesign(np.ones(9)), [1, 0, 1, 1, 0, 1, 1, 1, 0]
    share = proportion(design, y)
    assert mean(design, y).interval() == share.interval(method="t")
    size = min(share.value * (1 - share.value) / share.se**2, 9)
    t = intervals.t_quantile(8, level=0.95)
    centre, half = (
        size * share.value + t**2 / 2,
        t * np.sqrt(size * share.value * (1 - share.value) + t**2 / 4),
    )
    limits = share.interval()
    assert (limits.low, limits.high) == pytest.approx(
        ((centre - half) / (size + t**2), (centre + half) / (size + t**2))
    )


def test_unanimous_answers_leave_room():
    limits = proportion(SurveyDesign(np.ones(8), fpc=100), [1] * 8).interval()
    assert limits.high == 1
    assert 0.5 < limits.low < 0.75
    assert limits == proportion(SurveyDesign(np.ones(8), fpc=100), [1] * 8).interval(method="wilson")


def test_without_degrees_of_freedom_nothing_is_excluded():
    design = SurveyDesign([1, 1, 1], strata=["A", "A", "B"], lonely="remove")
    limits = mean(design, [1, 2, 3], by=["A", "A", "B"]).interval()
    assert (limits.low[1], limits.high[1]) == (-np.inf, np.inf)
    limits = proportion(design, [1, 0, 1], by=["A", "A", "B"]).interval()
    assert (limits.low[1], limits.high[1]) == (0, 1)


def test_an_unknown_method_is_refused():
    found = mean(SurveyDesign([1, 1]), [1, 2])
    with pytest.raises(BadInput, match="'method'"):
        found.interval(method="wald")
    with pytest.raises(BadInput, match="for proportions"):
        found.interval(method="wilson")
