"""Intervals of estimates by name, the one chosen of itself, and what should not be shown alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sampling import DomainEstimates, Estimate, Interval, SurveyDesign, intervals, mean, proportion
from sampling.errors import BadInput
from sampling.estimates.limiting import Counts
from sampling.intervals import clopper_pearson, korn_graubard

LEVELS = st.floats(0.01, 0.999)
BOUNDED = ("auto", "wilson", "wilson_capped", "logit", "asin", "likelihood", "beta", "korn_graubard")
"""The methods whose limits are shares."""


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[bool], list[str], float]:
    n = draw(st.integers(2, 40))
    y = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return y, draw(st.lists(st.sampled_from("AB"), min_size=n, max_size=n)), draw(LEVELS)


SHARES = st.just(0.0) | st.just(1.0) | st.floats(1e-6, 1 - 1e-6)
ERRORS = st.just(0.0) | st.floats(1e-4, 0.4)
FREEDOM = st.integers(0, 300) | st.just(np.inf)


def share(value, se, *, n=40, df=30, counts=None):
    return Estimate(value=value, se=se, df=df, deff=1.0, n=n, kind="proportion", counts=counts)


@st.composite
def figures(draw: st.DrawFn) -> Estimate:
    return share(draw(SHARES), draw(ERRORS), n=draw(st.integers(1, 500)), df=draw(FREEDOM))


def domains(values, *, counts=None):
    """Domains of a proportion with 20 answers each."""
    ones = np.ones(len(values))
    labels = tuple(f"G{at}" for at in range(len(values)))
    n = (20 * ones).astype(int)
    return DomainEstimates(
        np.array(values), 0.1 * ones, n - 1, ones, n, labels, kind="proportion", counts=counts
    )


@given(answers())
def test_every_interval_of_a_design_holds_its_figure(sample):
    y, by, level = sample
    design = SurveyDesign(np.arange(1, len(y) + 1), strata=by, fpc=90, lonely="remove")
    found = proportion(design, y, by=by)
    for method in (*BOUNDED, "t"):
        limits = found.interval(level, method)
        assert (limits.low <= found.value + 1e-12).all() or level < 0.5
        assert (found.value <= limits.high + 1e-12).all() or level < 0.5
        if method != "t":
            assert (limits.low >= 0).all()
            assert (limits.high <= 1).all()
        for label, low, high in zip(found.domains, limits.low, limits.high, strict=True):
            one = found[label].interval(level, method)
            assert (one.low, one.high) == pytest.approx((low, high), abs=1e-13)


@pytest.mark.parametrize("method", BOUNDED)
@given(found=figures(), level=st.floats(0.5, 0.999))
def test_no_share_and_no_error_is_without_limits(method, found, level):
    limits = found.interval(level, method)
    assert 0 <= limits.low <= found.value + 1e-9
    assert found.value - 1e-9 <= limits.high <= 1


@pytest.mark.parametrize("method", [*BOUNDED, "t"])
@example(found=share(0.03125, 0.25, n=2, df=2), levels=(0.5, 0.75))
@given(found=figures().filter(lambda one: one.df > 0), levels=st.tuples(LEVELS, LEVELS))
def test_the_interval_widens_with_the_level(method, found, levels):
    if method in {"beta", "korn_graubard"}:  # made for df < n: with more, their size grows with the level
        assume(found.n > 1)
        found = replace(found, df=min(found.df, found.n - 1))
    narrow, wide = (found.interval(level, method) for level in sorted(levels))
    assert wide.low <= narrow.low + 1e-12
    assert narrow.high <= wide.high + 1e-12


@pytest.mark.parametrize("method", BOUNDED)
@given(figure=figures(), level=LEVELS)
def test_yes_and_no_mirror(method, figure, level):
    found = figure.interval(level, method)
    mirror = replace(figure, value=1 - figure.value).interval(level, method)
    assert (found.low, found.high) == pytest.approx((1 - mirror.high, 1 - mirror.low), abs=1e-6)


@given(p=SHARES, se=ERRORS, n=st.integers(1, 500), df=st.integers(0, 300), level=LEVELS)
def test_korn_graubard_by_name_is_the_function_of_that_name(p, se, n, df, level):
    found = share(p, se, n=n, df=df)
    assert found.interval(level, "korn_graubard") == korn_graubard(p, se, n, df, level=level)
    assert found.interval(level, "beta") == korn_graubard(p, se, n, df, cap=False, level=level)


@given(answers())
def test_auto_never_claims_more_rows_than_there_are(sample):
    y, _, level = sample
    found = proportion(SurveyDesign(np.arange(1, len(y) + 1), fpc=len(y) + 1), y)
    auto, named = found.interval(level), found.interval(level, "wilson")
    if 0 < found.value < 1:
        assert auto.low <= named.low
        assert named.high <= auto.high


def test_auto_knows_how_much_of_the_street_was_asked():
    y = np.arange(100) % 4 == 0
    found = proportion(SurveyDesign(np.full(100, 1.2), strata=np.arange(100) % 5, fpc=24), y)
    assert found.fraction == pytest.approx(100 / 120)
    assert found.interval() == found.interval(method="wilson")
    blind = replace(found, fraction=0.0).interval()
    assert blind.high - blind.low > 2 * (found.interval().high - found.interval().low)


def test_a_domain_of_parts_of_strata_knows_its_share_too():
    design = SurveyDesign(np.ones(8), strata=list("aaaabbbb"), fpc=[8] * 4 + [16] * 4)
    found = proportion(design, [1, 0, 1, 1, 0, 1, 1, 0], by=list("uuuvuvvv"))
    assert found.fraction.tolist() == [4 / (3 * 2 + 4), 4 / (2 + 3 * 4)]
    assert found["v"].fraction == 4 / 14
    assert proportion(SurveyDesign(np.ones(4)), [1, 0, 1, 1]).fraction == 0


def test_auto_is_t_for_a_mean_and_wilson_for_a_proportion():
    design, y = SurveyDesign(np.ones(9)), [1, 0, 1, 1, 0, 1, 1, 1, 0]
    found = proportion(design, y)
    assert mean(design, y).interval() == found.interval(method="t")
    size = min(found.value * (1 - found.value) / found.se**2, 9)
    t = intervals.t_quantile(8, level=0.95)
    centre = size * found.value + t**2 / 2
    half = t * np.sqrt(size * found.value * (1 - found.value) + t**2 / 4)
    limits = found.interval()
    assert (limits.low, limits.high) == pytest.approx(
        ((centre - half) / (size + t**2), (centre + half) / (size + t**2))
    )


@pytest.mark.parametrize(("value", "se"), [(0.0, 0.0), (1.0, 0.0), (1.0, 0.2), (0.4, 0.0)])
def test_auto_is_korn_graubards_where_answers_do_not_differ_or_show_no_error(value, se):
    found = share(value, se, n=10, df=7, counts=Counts(int(10 * value), 10, 50))
    assert found.interval() == korn_graubard(value, se, 10, 7)


def test_auto_is_exact_in_a_small_grid_of_known_size():
    design = SurveyDesign(np.full(8, 100 / 8), strata=["G1"] * 8, fpc=100)
    found = proportion(design, [1, 1, 1, 1, 1, 0, 0, 1])
    limits = found.interval()
    assert (limits.low * 100, limits.high * 100) == pytest.approx((37, 96))
    assert limits == intervals.hypergeometric(6, 8, 100) == found.interval(method="hypergeometric")


def test_auto_is_wilsons_from_30_answers_on_and_where_weights_differ():
    y = np.arange(30) % 3 == 0
    for n, weights, exact in ((29, 5.0, True), (30, 5.0, False), (29, np.arange(1, 30), False)):
        found = proportion(SurveyDesign(np.broadcast_to(weights, n), fpc=200), y[:n])
        named = found.interval(method="hypergeometric") if n * np.ndim(weights) == 0 else None
        assert (found.interval() == named) == exact


def test_each_domain_has_the_interval_that_suits_it():
    n = np.array([20, 0, 20, 40])
    counts = Counts(np.array([10, 0, 20, 20]), n, np.array([100, 0, 100, 100]))
    found = domains([0.5, 0.5, 1.0, 0.5], counts=counts).interval()
    expected = [
        intervals.hypergeometric(10, 20, 100),
        share(0.5, 0.1, n=20, df=19).interval(),
        clopper_pearson(20, 20),
        share(0.5, 0.1, n=20, df=19).interval(),
    ]
    assert np.allclose(found.low, [one.low for one in expected], rtol=1e-13)
    assert np.allclose(found.high, [one.high for one in expected], rtol=1e-13)


def test_the_exact_interval_is_refused_where_the_population_is_not_known():
    counts = Counts(np.array([10, 0]), np.array([20, 0]), np.array([100, 0]))
    with pytest.raises(BadInput, match="'G1'"):
        domains([0.5, 0.5], counts=counts).interval(method="hypergeometric")
    with pytest.raises(BadInput, match="'hypergeometric'"):
        share(0.5, 0.1).interval(method="hypergeometric")


def test_unanimous_answers_leave_room():
    # R's survey gives NaN for Wilson's and for the beta interval at 0 and 1
    found = share(1.0, 0.0, n=8, df=7)
    for method in BOUNDED:
        limits = found.interval(method=method)
        assert limits.high == 1
        assert 0.5 < limits.low < 0.95
    for method in ("auto", "logit", "beta", "korn_graubard"):
        assert found.interval(method=method) == clopper_pearson(8, 8)


def test_without_degrees_of_freedom_nothing_is_excluded():
    design = SurveyDesign([1, 1, 1], strata=["A", "A", "B"], lonely="remove")
    limits = mean(design, [1, 2, 3], by=["A", "A", "B"]).interval()
    assert (limits.low[1], limits.high[1]) == (-np.inf, np.inf)
    for method in BOUNDED:
        limits = share(0.4, 0.1, df=0).interval(method=method)
        assert (limits.low, limits.high) == (0, 1), method


def test_one_answer_is_worth_one():
    found = proportion(SurveyDesign([5.0], fpc=5, lonely="remove"), [1]).interval()
    assert (found.low, found.high) == pytest.approx((0.025, 1))


def test_a_share_beyond_1_is_taken_as_1():
    assert share(1.02, 0.1, n=8).interval() == share(1.0, 0.1, n=8).interval()


@pytest.mark.parametrize("method", BOUNDED)
def test_what_is_next_to_nothing_has_limits(method):
    for value, se in (
        (5e-324, 0.4),
        (1e-90, 0.4),
        (0.3, 5e-324),
        (0.3, 1e-90),
        (0.3, 1e-17),
        (1 - 1e-16, 1e-9),
    ):
        found = share(value, se).interval(method=method)
        assert 0 <= found.low <= value + 1e-9, (value, se)
        assert value - 1e-9 <= found.high <= 1, (value, se)


def test_the_interval_of_a_domain_uses_the_domains_n():
    # samplics-org/svy PR#175: Wilson's and Korn and Graubard's took the rows of the whole file
    y = np.arange(300) % 10 != 0
    by = np.repeat(["A", "B"], [20, 280])
    found = proportion(SurveyDesign(np.ones(300)), y, by=by)
    alone = proportion(SurveyDesign(np.ones(20)), y[:20])
    for method in ("auto", "wilson", "korn_graubard", "beta"):
        inside, outside = found["A"].interval(method=method, df=19), alone.interval(method=method, df=19)
        assert inside.high - inside.low == pytest.approx(outside.high - outside.low, rel=0.05)


def test_limits_are_shares_of_one_and_not_percentages():
    # samplics-org/samplics#57
    found = proportion(SurveyDesign(np.ones(50)), np.arange(50) < 45)
    assert found.value == pytest.approx(0.9)
    assert 0.7 < found.interval().low < 0.9 < found.interval().high < 1
    percent = mean(SurveyDesign(np.ones(50)), 100.0 * (np.arange(50) < 45))
    limits = found.interval(method="t")
    assert percent.interval().low == pytest.approx(100 * limits.low)


def test_degrees_of_freedom_given_take_the_place_of_the_domains():
    found = domains([0.3, 0.6])
    few, many = found.interval(df=3), found.interval(df=[3, 1000])
    assert few.low[0] == many.low[0]
    assert few.low[1] < many.low[1]
    with pytest.raises(BadInput, match="'df'"):
        found.interval(df=np.nan)


def test_an_unknown_domain_or_contrast_is_refused():
    found = domains([0.3, 0.6])
    for label in ("G9", 3):
        with pytest.raises(BadInput, match="no domain"):
            found[label]
    with pytest.raises(BadInput, match="vcov=True"):
        found.contrast({"G0": 1})
    with pytest.raises(BadInput, match="needs a domain"):
        replace(found, vcov=np.eye(2)).contrast({})


def test_an_unknown_method_is_refused():
    found = mean(SurveyDesign([1, 1]), [1, 2])
    with pytest.raises(BadInput, match="'method'"):
        found.interval(method="wald")
    with pytest.raises(BadInput, match="for proportions"):
        found.interval(method="wilson")


@given(SHARES, st.floats(0, 0.3), st.integers(1, 300), st.integers(1, 300), st.booleans())
def test_korn_graubard_broadcasts_and_the_cap_never_narrows(p, se, n, df, cap):
    one = korn_graubard(p, se, n, df, cap=cap)
    many = korn_graubard([p, 1 - p], se, [[n], [n + 1]], df, cap=cap)
    assert many.low.shape == (2, 2)
    assert (one.low, one.high) == pytest.approx((many.low[0, 0], many.high[0, 0]), abs=1e-13)
    free = korn_graubard(p, se, n, df, cap=False)
    assert one.low <= free.low + 1e-6
    assert free.high <= one.high + 1e-6


@pytest.mark.parametrize(
    ("p", "se", "n", "df"),
    [
        (1.2, 0.1, 9, 8),
        (np.nan, 0.1, 9, 8),
        (0.5, -1, 9, 8),
        (0.5, np.inf, 9, 8),
        (0.5, 0.1, 0, 8),
        (0.5, 0.1, 9, np.nan),
    ],
)
def test_what_is_no_share_with_an_error_is_refused(p, se, n, df):
    with pytest.raises(BadInput):
        korn_graubard(p, se, n, df)


def test_more_rows_narrow_every_interval():
    for method in BOUNDED:
        found = [
            share(0.3, np.sqrt(0.21 / n), n=n, df=n - 1).interval(method=method) for n in (5, 20, 80, 999)
        ]
        assert all(one.high - one.low > other.high - other.low for one, other in pairwise(found))


def test_a_proportion_is_withheld_for_what_is_wrong_with_it():
    assert share(0.5, 0.02, n=600, df=500).withhold() == ()
    assert share(0.5, 0.08, n=600, df=500).withhold() == ("width",)
    assert share(0.05, 0.015, n=600, df=500).withhold() == ()
    assert share(0.03, 0.015, n=600, df=500).withhold() == ("relative_width",)
    assert share(0.5, 0.02, n=600, df=5).withhold() == ("df",)
    assert share(0.5, 0.02, n=20, df=19).withhold() == ("size", "width")
    assert share(0.0, 0.0, n=60, df=59).withhold() == ("relative_width",)
    assert share(0.01, 0.004, n=900, df=800).withhold() == ()


def test_a_lower_level_withholds_less():
    found = share(0.5, 0.08, n=600, df=500)
    assert found.withhold(0.5) == ()


@given(SHARES, ERRORS, st.integers(1, 500), st.integers(0, 300))
def test_what_is_shown_alone_is_narrow_and_of_30_answers(p, se, n, df):
    found = share(p, se, n=n, df=df)
    if not found.withhold():
        limits = found.interval(method="korn_graubard")
        assert limits.high - limits.low < 0.3
        assert n >= 30
        assert df >= 8


def test_domains_are_withheld_each_for_its_own_reasons():
    found = domains([0.5, 1.0])
    assert found.withhold() == (found["G0"].withhold(), found["G1"].withhold())
    assert found.withhold() == (("size", "width"), ("size",))


def test_only_single_proportions_are_withheld():
    with pytest.raises(BadInput, match="mean"):
        mean(SurveyDesign([1, 1]), [1, 2]).withhold()
    several = proportion(SurveyDesign(np.ones(3)), [[1, 0], [0, 0], [1, 1]])
    with pytest.raises(BadInput, match="one by one"):
        several.withhold()
    limits = several.interval()
    assert isinstance(limits, Interval)
    assert limits.low.shape == (2,)
