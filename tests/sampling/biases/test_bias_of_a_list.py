"""The bias of supplied respondents: an identity, an error, and an honest refusal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, bias, mean
from sampling.errors import BadInput, NotIdentified
from tests.sampling.tables import cases, near, table


@st.composite
def surveys(draw: st.DrawFn):
    n = draw(st.integers(4, 30))

    def column(values):
        return np.array(draw(st.lists(values, min_size=n, max_size=n)))

    listed = column(st.booleans())
    listed[:2] = True, False
    design = SurveyDesign(column(st.integers(1, 9)), strata=np.arange(n) % 2, fpc=draw(st.integers(n, 99)))
    return design, column(st.integers(1, 5)), listed


@given(surveys())
def test_bias_is_the_unlisted_share_of_the_difference(survey):
    found = bias.listed(*survey)
    share = found.coverage.value
    assert found.bias.value == pytest.approx(found.mean_listed.value - found.mean_all.value, abs=1e-12)
    assert found.bias.value == pytest.approx((1 - share) * found.difference.value, abs=1e-12)
    assert found.mean_all.value == pytest.approx(mean(survey[0], survey[1]).value)
    assert found.mean_all.se == pytest.approx(mean(survey[0], survey[1]).se, abs=1e-12)


@given(surveys(), st.floats(0.01, 0.99))
def test_a_known_share_is_exact(survey, share):
    found, plain = bias.listed(*survey, coverage=share), bias.listed(*survey)
    assert (found.coverage.value, found.coverage.se) == (share, 0)
    assert found.bias.value == pytest.approx((1 - share) * plain.difference.value, abs=1e-12)
    assert found.bias.se == pytest.approx((1 - share) * plain.difference.se, abs=1e-12)
    assert found.bias.value == pytest.approx(found.mean_listed.value - found.mean_all.value, abs=1e-12)


@given(surveys())
def test_constant_answers_have_no_bias(survey):
    design, _, listed = survey
    found = bias.listed(design, np.full(design.n, 4.0), listed)
    assert (found.bias.value, found.bias.se, found.difference.value) == (0, 0, 0)


@given(surveys())
def test_the_error_has_the_textbook_parts(survey):
    design, y, listed = survey
    found = bias.listed(design, y, listed)
    assume(found.bias.value != 0)
    w, share = design.weights, found.coverage.value
    sigma = np.sqrt(np.average((y - found.mean_all.value) ** 2, weights=w))
    together = np.average((listed - share) * (y - found.mean_all.value), weights=w)
    assert found.ddc == pytest.approx(together / sigma / np.sqrt(share * (1 - share)), rel=1e-6, abs=1e-9)
    assert found.bias.value == pytest.approx(found.ddc * np.sqrt((1 - share) / share) * sigma, abs=1e-9)
    assert found.n_eff == pytest.approx(sigma**2 / found.bias.value**2, rel=1e-6)


@given(surveys())
def test_a_domain_is_its_own_survey(survey):
    design, y, listed = survey
    by = np.arange(design.n) // (design.n // 2) % 2
    assume(all(0 < listed[by == d].sum() < (by == d).sum() for d in (0, 1)))
    found = bias.listed(design, y, listed, by=by)
    for d in (0, 1):
        alone = bias.listed(design.subset(by == d), y, listed)
        for name in ("bias", "difference", "coverage", "mean_all", "mean_listed", "mean_unlisted"):
            one, other = getattr(found, name)[d], getattr(alone, name)
            assert (one.value, one.se, one.df) == pytest.approx((other.value, other.se, other.df), abs=1e-9)
    assert found.q_value.shape == (2,)
    assert ((found.q_value >= 0) & (found.q_value <= 1)).all()


def test_the_numbers_of_r():
    data = table("grid.csv")
    design = SurveyDesign(data["w"], strata=data["grid"], fpc=data["N_h"], lonely="adjust")
    expected = cases("grid.json")["grid/list_bias"]["expected"]
    found = bias.listed(design, data["score"], data["listed"])
    satisfied = bias.listed(design, data["satisfied"], data["listed"])
    for name, one in {
        "coverage": found.coverage,
        "mean_all": found.mean_all,
        "mean_listed": found.mean_listed,
        "mean_unlisted": found.mean_unlisted,
        "bias_listed_minus_all": found.bias,
        "identity_rhs": found.bias,
        "diff_listed_minus_unlisted": found.difference,
        "bias_satisfied": satisfied.bias,
        "diff_satisfied": satisfied.difference,
    }.items():
        assert near([one.value, one.se], [expected[name]["est"], expected[name]["se"]]), name
    assert found.bias.df == expected["bias_satisfied"]["df"]


def test_a_distorted_domain_stands_out_among_honest_ones():
    rows = np.arange(400)
    by, listed = rows // 40, rows % 2 == 0
    y = (rows // 2) % 2 + np.where((by == 7) & listed, 2, 0)
    found = bias.listed(SurveyDesign(np.ones(400), strata=by, fpc=500), y, listed, by=by)
    assert np.flatnonzero(found.q_value < 0.05).tolist() == [7]


def test_a_share_may_differ_by_domain():
    design, y, listed, by = SurveyDesign(np.ones(8)), [1, 2, 3, 4, 5, 6, 7, 9], [1, 0] * 4, list("aaaabbbb")
    found = bias.listed(design, y, listed, by=by, coverage={"a": 0.2, "b": 0.4})
    assert found.bias.value == pytest.approx((1 - np.array([0.2, 0.4])) * found.difference.value)
    with pytest.raises(BadInput, match="exactly the domains"):
        bias.listed(design, y, listed, by=by, coverage={"a": 0.2})


@pytest.mark.parametrize("coverage", [0, 1, -0.1, 1.5, float("nan"), [0.2, 0.3, 0.4], "x"])
def test_a_known_share_lies_between_0_and_1(coverage):
    with pytest.raises(BadInput, match="'coverage'"):
        bias.listed(SurveyDesign(np.ones(4)), [1, 2, 3, 4], [1, 0, 1, 0], coverage=coverage)


def test_without_listed_or_unlisted_rows_nothing_can_be_said():
    design = SurveyDesign(np.ones(6))
    for listed in ([1] * 6, [0] * 6):
        with pytest.raises(NotIdentified):
            bias.listed(design, range(6), listed)
    with pytest.raises(NotIdentified, match="'b', 'c'") as refusal:
        bias.listed(design, range(6), [1, 0, 1, 1, 0, 0], by=list("aabbcc"))
    assert refusal.value.items == ("b", "c")


def test_being_listed_is_yes_or_no():
    with pytest.raises(BadInput, match="'listed'"):
        bias.listed(SurveyDesign(np.ones(3)), [1, 2, 3], [1, 0, 2])
