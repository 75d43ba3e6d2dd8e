"""What a design accepts, what it refuses, and how it names the fault."""

from __future__ import annotations

import numpy as np
import pytest

from sampling import SurveyDesign, intervals, mean, proportion, ratio, total
from sampling.errors import BadInput, EmptyDomain, FpcTooSmall, LonelyStratum, TooFew, UnnestedPsu
from sampling.estimates.estimators import variance

W = np.ones(6)
STRATA = list("AABBBC")
Y = [1.0, 2, 3, 4, 5, 6]


def test_a_design_tells_its_rows_strata_units_and_degrees_of_freedom():
    design = SurveyDesign(W, strata=STRATA, psu=list("112345"), fpc=[9, 9, 8, 8, 8, 7])
    assert design.n == 6
    assert design.df == 5 - 3
    assert design.strata.tolist() == STRATA
    assert design.psu.tolist() == list("112345")
    assert design.fpc.tolist() == [9, 9, 8, 8, 8, 7]
    plain = SurveyDesign(W)
    assert (plain.df, plain.psu.tolist(), plain.strata.tolist()) == (5, [0, 1, 2, 3, 4, 5], [""] * 6)
    assert np.isinf(plain.fpc).all()


def test_a_design_cannot_be_changed():
    design = SurveyDesign(W)
    with pytest.raises(AttributeError):
        design.weights = W
    with pytest.raises(ValueError, match="read-only"):
        design.weights[0] = 2
    found = mean(design, Y, by=STRATA)
    with pytest.raises(ValueError, match="read-only"):
        found.value[0] = 2


def test_masks_combine_by_and_and_strata_keep_their_sizes():
    design = SurveyDesign(W, strata=list("AAABBB"))
    twice = design.subset([1, 1, 0, 1, 1, 0]).subset([True, True, True, True, False, False])
    assert twice.df == design.subset([1, 1, 0, 1, 0, 0]).df == 1
    once = design.subset([1, 1, 0, 1, 0, 0])
    assert mean(twice, Y).se == mean(once, Y).se


def test_other_weights_keep_the_structure():
    design = SurveyDesign(W, strata=list("AAABBB"), fpc=50).with_weights(2 * W)
    assert design.weights.tolist() == [2] * 6
    assert design.fpc.tolist() == [50] * 6
    with pytest.raises(BadInput, match="'weights'"):
        design.with_weights(W[:5])


@pytest.mark.parametrize(
    ("weights", "rows"),
    [
        ([1, -1, 1], (1,)),
        ([1, np.nan, np.inf], (1, 2)),
        ([0, 0], ()),
        ([], ()),
        ([[1, 2]], ()),
        (["x"], ()),
        (3, ()),
    ],
)
def test_weights_are_finite_not_negative_and_not_all_0(weights, rows):
    with pytest.raises(BadInput, match="'weights'") as refusal:
        SurveyDesign(weights)
    assert refusal.value.items == rows


@pytest.mark.parametrize(
    ("name", "labels", "words"),
    [
        ("strata", ["A"] * 5, "one label per row"),
        ("strata", ["A", "A", None, "B", "B", "B"], "no missing label"),
        ("strata", np.array([1, 1, np.nan, 2, 2, 2]), "no missing label"),
        ("strata", ["A", "A", 1, 1, 1, 1], "a mixture"),
        ("strata", np.ones((6, 2)), "at most one column for each stage"),
        ("psu", np.ones((6, 2, 1)), "one column for each stage"),
        ("fpc", np.ones((6, 2)) * 9, "at most one column for each stage"),
        ("fpc", np.ones((5, 2)) * 9, "one number"),
        ("fpc", [9, 9, 9, 9, 9, np.nan], "positive"),
        ("fpc", [9, 9, 9, 9, 9, 0], "positive"),
        ("fpc", [9, 8, 9, 9, 9, 9], "same in all rows of a stratum"),
        ("lonely", "ignore", "'lonely'"),
    ],
)
def test_a_wrong_column_is_refused(name, labels, words):
    with pytest.raises(BadInput, match=words):
        SurveyDesign(W, **{"strata": STRATA, name: labels})


def test_a_frame_smaller_than_the_sample_is_refused():
    with pytest.raises(FpcTooSmall, match=r"Got 1 in 'A' where 2 were sampled \(and 1 more\)") as refusal:
        SurveyDesign(W, strata=STRATA, fpc=[1, 1, 2, 2, 2, 4])
    assert refusal.value.items == ("A", "B")


def test_a_primary_unit_in_two_strata_is_refused_until_its_label_is_crossed():
    units = list("121234")
    with pytest.raises(UnnestedPsu, match="'1'") as refusal:
        SurveyDesign(W, strata=STRATA, psu=units)
    assert refusal.value.items == ("1", "2")
    assert SurveyDesign(W, strata=STRATA, psu=(STRATA, units)).df == 3


def test_labels_may_be_text_numbers_truth_values_or_a_crossing():
    expected = mean(SurveyDesign(W, strata=[0, 0, 0, 1, 1, 1]), Y).se
    for strata in (
        list("aaabbb"),
        np.array(list("aaabbb")),
        [False] * 3 + [True] * 3,
        [0.5] * 3 + [1.5] * 3,
        np.array([-(10**12)] * 3 + [10**12] * 3),
        np.array([-128] * 3 + [127] * 3, dtype=np.int8),
        (["x"] * 3 + ["y"] * 3, [1, 1, 1, 2, 2, 2]),
        tuple("aaabbb"),
    ):
        assert mean(SurveyDesign(W, strata=strata), Y).se == expected


def test_domains_come_sorted_by_label():
    design = SurveyDesign(W)
    assert mean(design, Y, by=[3, 1, 2, 3, 1, 2]).domains == (1, 2, 3)
    assert mean(design, Y, by=np.array([10**9, 1, 1, 1, 1, 1])).domains == (1, 10**9)
    assert mean(design, Y, by=(list("baabab"), [1, 2, 1, 1, 2, 2])).domains == (
        ("a", 1), ("a", 2), ("b", 1), ("b", 2),
    )  # fmt: skip


def test_one_unit_in_a_stratum_is_refused_unless_a_rule_is_named():
    design = SurveyDesign(W, strata=STRATA, fpc=9)
    with pytest.raises(LonelyStratum, match="'C'") as refusal:
        mean(design, Y)
    assert refusal.value.items == ("C",)
    assert mean(design.subset([1, 1, 1, 1, 1, 0]), Y).df == 3
    assert mean(design.collapse({"C": "B"}), Y).df == 4


@pytest.mark.parametrize("lonely", ["fail", "remove", "certainty", "adjust", "average"])
def test_a_stratum_taken_whole_has_no_error_under_every_rule(lonely):
    design = SurveyDesign(W, strata=STRATA, fpc=[9, 9, 9, 9, 9, 1], lonely=lonely)
    assert mean(design, Y, by=STRATA)["C"].se == 0


def test_a_domain_without_a_stratum_to_average_over_has_no_error_and_the_others_have_theirs():
    design = SurveyDesign(W, strata=STRATA, fpc=9, lonely="average")
    assert mean(design, Y).se > 0
    found = mean(design, Y, by=STRATA)
    assert np.isnan(found["C"].se)
    assert found["A"].se > 0
    assert found["C"].interval().low == -np.inf
    share = proportion(design, [1, 0, 1, 1, 0, 1], by=STRATA)["C"]
    assert share.interval() == intervals.clopper_pearson(1, 1)


def test_no_stratum_is_left_to_average_over():
    design = SurveyDesign(W, strata=STRATA, fpc=9, lonely="average")
    with pytest.raises(LonelyStratum, match="'C'"):
        mean(design.subset([0, 0, 0, 0, 0, 1]), Y)


def test_a_domain_without_weight_is_refused():
    design = SurveyDesign([1, 1, 1, 1, 0, 0], lonely="remove")
    with pytest.raises(EmptyDomain, match="'y'") as refusal:
        mean(design, Y, by=list("xxxxyy"))
    assert refusal.value.items == ("y",)
    with pytest.raises(EmptyDomain, match="'x'"):
        mean(SurveyDesign(W), [np.nan, 1, 2, 3, 4, 5], by=list("xyyyyy"), missing="domain")
    with pytest.raises(EmptyDomain):
        mean(SurveyDesign(W).subset([0] * 6), Y)
    assert mean(SurveyDesign(W).subset([0, 1, 1, 1, 1, 1]), Y, by=list("xyyyyy")).domains == ("y",)


def test_a_missing_value_is_refused_where_it_would_count():
    y = [1, np.nan, 3, 4, 5, 6]
    with pytest.raises(BadInput, match="no NaN") as refusal:
        mean(SurveyDesign(W), y)
    assert refusal.value.items == (1,)
    assert mean(SurveyDesign(W).subset([1, 0, 1, 1, 1, 1]), y).n == 5
    with pytest.raises(BadInput, match="'over' parameter must hold no NaN"):
        ratio(SurveyDesign(W), Y, over=y)
    assert ratio(SurveyDesign(W), Y, over=y, missing="domain").n == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"y": Y[:5]}, "'y' parameter must have the shape"),
        ({"y": [1, 2, 3, 4, 5, np.inf]}, "finite"),
        ({"y": np.ones((6, 2)), "by": STRATA}, r"shape \(6,\) here"),
        ({"missing": "drop"}, "'missing'"),
        ({"deff": "srs"}, "'deff'"),
        ({"by": STRATA[:5]}, "'by' parameter must have one label per row"),
        ({"by": np.ones((6, 2))}, "'by' parameter must have one dimension"),
        ({"by": STRATA, "vcov": True, "lonely_domains": True}, "'vcov'"),
    ],
)
def test_a_wrong_option_is_refused(options, words):
    with pytest.raises(BadInput, match=words):
        mean(SurveyDesign(W, strata=list("AAABBB")), **{"y": Y, **options})


def test_what_is_divided_by_has_the_rows_of_what_is_divided():
    with pytest.raises(BadInput, match="'over' parameter must be one number or have y's rows"):
        ratio(SurveyDesign(W), Y, over=[1, 2])


def test_the_variance_of_one_row_is_refused():
    with pytest.raises(TooFew, match="'C'") as refusal:
        variance(SurveyDesign(W), Y, by=STRATA)
    assert refusal.value.items == ("C",)


def test_a_proportion_is_of_0_and_1():
    with pytest.raises(BadInput, match="0 or 1") as refusal:
        proportion(SurveyDesign(W).subset([0, 1, 1, 1, 1, 1]), [0.5, 1, 0, 0.5, 2, 1])
    assert refusal.value.items == (3, 4)


def test_nothing_is_divided_by_0():
    with pytest.raises(BadInput, match="sums to 0 in the domain 'B'"):
        ratio(SurveyDesign(W), Y, over=[1, 1, 0, 0, 0, 1], by=STRATA)


def test_an_unknown_domain_is_refused():
    found = mean(SurveyDesign(W), Y, by=STRATA)
    assert found["B"].value == 4
    for label in ("D", 3, None):
        with pytest.raises(BadInput, match="no domain"):
            found[label]
    with pytest.raises(BadInput, match="vcov=True"):
        found.contrast({"A": 1})
    with pytest.raises(BadInput, match="needs a domain"):
        total(SurveyDesign(W), Y, by=STRATA, vcov=True).contrast({})


@pytest.mark.parametrize("into", [{"Z": "A"}, {"A": "Z"}, {"A": "B", "B": "C"}, {"A": "A"}])
def test_strata_collapse_into_strata_that_stay(into):
    with pytest.raises(BadInput, match="strata that stay"):
        SurveyDesign(W, strata=STRATA).collapse(into)
