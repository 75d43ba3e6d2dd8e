"""Quantiles: laws for every sample, limits from the share below, and R's numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, quantile
from sampling.errors import BadInput
from tests.sampling.samples import alike, samples
from tests.sampling.tables import cases, design_of, near
from tests.support.examples import examples

RULES = ("math", "school", "hf7", "hf8")
STEPS = ("math", "school")
SHARES = [0.1, 0.25, 0.5, 0.75, 0.9]


@pytest.mark.parametrize("rule", RULES)
def test_quantiles_are_those_of_r(rule):
    case = cases("estimate.json")[f"str_f/quantile_{rule}"]
    data, design = design_of(case["design"])
    found = quantile(design, data["api00"], q=case["expected"]["p"], rule=rule)
    assert near(found.value, case["expected"]["est"])
    assert found.df == design.df


@examples(15)
@given(samples(), st.sampled_from(STEPS), st.sampled_from(SHARES))
def test_domains_are_the_quantiles_of_their_rows(sample, rule, q):
    design = sample.design()
    found = quantile(design, sample.y, q=q, by=sample.by, rule=rule)
    for label in found.domains:
        rows = [at for at, one in enumerate(sample.by) if one == label]
        pairs = sorted((sample.y[at], sample.w[at]) for at in rows)
        below = np.cumsum([w for _, w in pairs]) / sum(w for _, w in pairs)
        first = next(y for (y, _), share in zip(pairs, below, strict=True) if share > q - 1e-12)
        beyond = next((y for (y, _), share in zip(pairs, below, strict=True) if share > q + 1e-12), first)
        assert found[label].value == (first if rule == "math" else (first + beyond) / 2)


@examples(15)
@given(samples(), st.sampled_from(RULES), st.sampled_from(SHARES))
def test_other_units_of_weight_or_answer_move_it_as_they_should(sample, rule, q):
    before = quantile(sample.design(), sample.y, q=q, rule=rule)
    heavier = quantile(sample.design(weights=np.array(sample.w) * 7), sample.y, q=q, rule=rule)
    moved = quantile(sample.design(), np.array(sample.y) * 2 + 5, q=q, rule=rule)
    assert alike([heavier.value, heavier.se], [before.value, before.se], scale=1e4)
    assert alike([moved.value, moved.se], [before.value * 2 + 5, before.se * 2], scale=1e4)


@examples(15)
@given(samples(), st.sampled_from(STEPS), st.randoms())
def test_the_order_of_rows_does_not_matter(sample, rule, chance):
    order = list(range(len(sample.w)))
    chance.shuffle(order)
    w, y = np.array(sample.w), np.array(sample.y)
    one = quantile(SurveyDesign(w), y, q=SHARES, rule=rule)
    other = quantile(SurveyDesign(w[order]), y[order], q=SHARES, rule=rule)
    assert one.value.tolist() == other.value.tolist()


@examples(15)
@given(samples(), st.sampled_from(RULES), st.sampled_from(SHARES))
def test_limits_hold_the_figure_and_widen_with_the_level(sample, rule, q):
    narrow, wide = (
        quantile(sample.design(), sample.y, q=q, by=sample.by, rule=rule, level=level)
        for level in (0.5, 0.95)
    )
    near_by, far = narrow.interval(0.5), wide.interval(0.95)
    assert (near_by.low <= narrow.value).all()
    assert (narrow.value <= near_by.high).all()
    assert (far.low <= near_by.low).all()
    assert (far.high >= near_by.high).all()
    assert alike(found_label(wide), far.low, scale=1e4)


def found_label(found):
    return [found[label].interval().low for label in found.domains]


def test_limits_are_the_quantiles_at_the_limits_of_the_share_below():
    y = np.arange(40.0) ** 1.5
    design = SurveyDesign(np.full(40, 10.0), fpc=400)
    found = quantile(design, y, q=0.5)
    share = mean(design, y <= found.value).interval(method="t")
    ends = quantile(design, y, q=[share.low, share.high]).value
    assert [found.interval().low, found.interval().high] == ends.tolist()
    t = 2.0226909200367604
    assert found.se == pytest.approx((ends[1] - ends[0]) / (2 * t), rel=1e-12)


def test_a_census_has_no_error_and_a_lone_answer_excludes_nothing():
    whole = quantile(SurveyDesign([1] * 5, fpc=5), [1, 2, 3, 4, 5])
    assert (whole.value, whole.se, whole.interval().low, whole.interval().high) == (3, 0, 3, 3)
    alone = quantile(SurveyDesign([1, 1, 1]), [1, 2, 3], by=["a", "a", "b"], rule="hf7")
    assert np.isnan(alone["b"].se)
    assert (alone["b"].interval().low, alone["b"].interval().high) == (-np.inf, np.inf)


def test_a_subset_is_a_domain_and_rows_without_weight_do_not_count():
    design = SurveyDesign([1, 1, 0, 1, 1])
    assert quantile(design, [1, 2, 0, 9, 9]).value == 2
    assert quantile(design.subset([1, 1, 1, 0, 0]), [1, 2, 0, 9, 9], q=1).value == 2


@pytest.mark.parametrize(
    "options", [{"q": 1.5}, {"q": []}, {"rule": "best"}, {"q": [0.1, 0.2], "by": ["a", "b"]}]
)
def test_what_has_no_quantile_is_refused(options):
    with pytest.raises(BadInput):
        quantile(SurveyDesign([1, 1]), [1, 2], **options)


@pytest.mark.parametrize("asked", [{"level": 0.9}, {"method": "t"}, {"df": 3}])
def test_its_interval_is_the_one_that_came_with_it(asked):
    with pytest.raises(BadInput, match="limits of its own"):
        quantile(SurveyDesign([1] * 9), range(9)).interval(**asked)


def test_a_quantile_has_no_other_interval_either_where_it_is_copied():
    found = quantile(SurveyDesign([1] * 9), range(9), level=0.8)
    assert replace(found, n=3).interval(0.8) == found.interval(0.8)
