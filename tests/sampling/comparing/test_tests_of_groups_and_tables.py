"""Tests of two groups and of cross tables: R's numbers, and what must hold for every sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, tests
from sampling.errors import BadInput, TooFew
from tests.sampling.samples import alike, samples
from tests.sampling.tables import cases, design_of, near, table
from tests.support.examples import examples

ESTIMATE = cases("estimate.json")
RANKS = {
    "wilcoxon": "wilcoxon",
    "KruskalWallis": "wilcoxon",
    "vanderWaerden": "vanderWaerden",
    "median": "median",
}


def case(name):
    found = ESTIMATE[name]
    return *design_of(found["design"]), found["expected"]


def told(found):
    return [found.statistic, found.df, found.p_value, found.estimate.value]


def test_two_groups_by_t_are_those_of_r():
    data, design, expected = case("str_f/ttest")
    found = tests.ttest(design, data["api00"], group=data["comp.imp"])
    assert near(told(found), [expected[name] for name in ("t", "df", "p", "est")])


def test_one_mean_by_t_is_that_of_r():
    data, design, expected = case("cl1_n/ttest_one")
    found = tests.ttest(design, data["api00"] - data["api99"])
    assert near(told(found), [expected[name] for name in ("t", "df", "p", "est")])


def test_groups_over_lonely_strata_are_those_of_r():
    data, expected = table("grid.csv"), cases("grid.json")["grid/ttest_listed"]["expected"]
    design = SurveyDesign(data["w"], strata=data["grid"], fpc=data["N_h"], lonely="adjust")
    found = tests.ttest(design, data["score"], group=data["listed"])
    assert near(told(found), [expected[name] for name in ("t", "df", "p", "est")])


@pytest.mark.parametrize("name", RANKS)
def test_ranks_are_those_of_r(name):
    data, design, expected = case(f"str_f/rank_{name}")
    found = tests.ranks(design, data["api00"], group=data["comp.imp"], score=RANKS[name])
    assert near([found.statistic, found.p_value], [expected["stat"], expected["p"]])


@pytest.mark.parametrize("statistic", ["F", "Chisq", "Wald", "adjWald"])
def test_tables_are_those_of_r(statistic):
    data, design, expected = case(f"str_f/chisq_{statistic}")
    found = tests.chisquare(design, data["sch.wide"], data["stype"], statistic=statistic)
    assert near([found.statistic, found.p_value], [expected["stat"], expected["p"]])
    assert near(found.df, list(expected["par"].values()))


@st.composite
def grouped(draw):
    sample = draw(samples())
    group = draw(st.lists(st.sampled_from("ab"), min_size=len(sample.w), max_size=len(sample.w)))
    return sample, group


def tried(test, *given, **options):
    """The test's result, where there is one."""
    try:
        return test(*given, **options)
    except (BadInput, TooFew):
        assume(False)


@examples(15)
@given(grouped())
def test_the_difference_is_that_of_the_means_with_its_error(both):
    sample, group = both
    found = tried(tests.ttest, sample.design(), sample.y, group=group)
    apart = mean(sample.design(), sample.y, by=group, vcov=True).contrast({"b": 1, "a": -1})
    assert alike([found.estimate.value, found.estimate.se], [apart.value, apart.se], rel=1e-6, scale=1e4)
    assert 0 <= found.p_value <= 1


@examples(15)
@given(grouped(), st.sampled_from(["wilcoxon", "vanderWaerden", "median"]))
def test_ranks_know_the_order_of_answers_and_not_their_size(both, score):
    sample, group = both
    found = tried(tests.ranks, sample.design(), sample.y, group=group, score=score)
    stretched = tests.ranks(sample.design(), np.array(sample.y) ** 3 + 7, group=group, score=score)
    assert alike(told(found), told(stretched))
    turned = {"a": "b", "b": "a"}
    other = tests.ranks(sample.design(), sample.y, group=[turned[one] for one in group], score=score)
    assert alike([found.statistic, found.p_value], [-other.statistic, other.p_value])


@examples(15)
@given(grouped(), st.sampled_from(["F", "Chisq", "Wald", "adjWald"]))
def test_rows_and_columns_of_a_table_may_change_places(both, statistic):
    sample, group = both
    found = tried(tests.chisquare, sample.design(), group, sample.by, statistic=statistic)
    other = tests.chisquare(sample.design(), sample.by, group, statistic=statistic)
    assert alike([found.statistic, found.p_value], [other.statistic, other.p_value], rel=1e-6)
    assert -1e-9 <= found.p_value <= 1 + 1e-9


def test_in_a_simple_sample_the_table_is_nearly_pearsons():
    rng = np.random.default_rng(3)
    rows, columns = rng.integers(0, 2, 4000), rng.integers(0, 3, 4000)
    found = tests.chisquare(SurveyDesign(np.ones(4000)), rows, columns, statistic="Chisq")
    counts = np.bincount(rows * 3 + columns).reshape(2, 3)
    alone = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / 4000
    assert found.statistic == pytest.approx(float(((counts - alone) ** 2 / alone).sum()), rel=1e-9)
    assert found.df == 2


def test_a_cell_that_nobody_is_in_counts_as_nought():
    rows, columns = list("aaabbbab"), list("xxxyyyzz")
    found = tests.chisquare(SurveyDesign([1] * 8), rows, columns)
    assert found.estimate.value.tolist() == [0.375, 0, 0.125, 0, 0.375, 0.125]


def test_what_no_test_can_tell_is_refused():
    design = SurveyDesign([1] * 4)
    with pytest.raises(BadInput, match="two labels"):
        tests.ttest(design, [1, 2, 3, 4], group=["a", "b", "c", "a"])
    with pytest.raises(BadInput, match="'score'"):
        tests.ranks(design, [1, 2, 3, 4], group=list("abab"), score="best")
    with pytest.raises(BadInput, match="'statistic'"):
        tests.chisquare(design, list("abab"), list("xxyy"), statistic="best")
    with pytest.raises(BadInput, match="'rows'"):
        tests.chisquare(design, list("aaaa"), list("xxyy"))
    with pytest.raises(TooFew, match="degrees of freedom"):
        tests.ttest(SurveyDesign([1, 1]), [1, 2])
    with pytest.raises(TooFew, match="nothing in the sample varies"):
        tests.ttest(design, [1, 1, 1, 1])
    with pytest.raises(TooFew, match="how much the shares vary"):
        tests.chisquare(SurveyDesign([1] * 4, fpc=4), list("abab"), list("xxyy"))
    clustered = SurveyDesign([1] * 6, psu=[1, 1, 2, 2, 3, 3])
    with pytest.raises(TooFew, match="Wald"):
        tests.chisquare(clustered, list("abcabc"), list("xyzyzx"), statistic="Wald")


def test_a_subset_has_only_its_own_labels():
    design = SurveyDesign([1] * 8).subset([1, 1, 1, 1, 1, 1, 1, 0])
    found = tests.chisquare(design, list("aaabbbaz"), list("xyxyxyxq"))
    assert found.estimate.value.shape == (4,)
