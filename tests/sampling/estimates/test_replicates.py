"""Jackknife replicates: what they sum to, what they agree with, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, total
from sampling.errors import BadInput, LonelyStratum
from sampling.estimates.replicates import Replicates, jackknife
from sampling.weights import weighting_class
from sampling.weights.calibration import poststratify, rake
from tests.sampling.samples import samples


@given(samples())
def test_the_jackknife_of_a_total_is_the_linearised_variance(sample):
    design = sample.design()
    made = jackknife(design)
    y = np.array(sample.y)
    assume(len(made.scale))
    for mse in (False, True):
        found = made.estimate(lambda w: float(w @ y), mse=mse)
        assert found.value == pytest.approx(total(design, y).value)
        if len(set(sample.strata)) == 1 or mse:
            assert found.se == pytest.approx(total(design, y).se, rel=1e-6, abs=1e-6)
        assert found.df == design.df


@given(samples())
def test_each_replicate_keeps_the_other_strata(sample):
    made, strata = jackknife(sample.design()), np.array(sample.strata)
    for weights in made.weights.T:
        changed = {label for label in set(sample.strata) if (weights != sample.w)[strata == label].any()}
        assert len(changed) == 1
    assert (made.weights >= 0).all()


@given(st.integers(0, 10_000))
def test_the_jackknife_of_a_mean_is_near_the_linearised_one(seed):
    chance = np.random.default_rng(seed)
    y, w = chance.normal(size=80), chance.uniform(1, 3, 80)
    design = SurveyDesign(w, strata=np.arange(80) // 20, fpc=100)
    found = jackknife(design).estimate(lambda w: float(w @ y / w.sum()))
    assert found.se == pytest.approx(mean(design, y).se, rel=0.1)


def test_reweighting_is_redone_in_every_replicate():
    chance = np.random.default_rng(1)
    sex, age, y = chance.integers(0, 2, 60), chance.integers(0, 3, 60), chance.normal(size=60)
    y += sex
    design = SurveyDesign(np.full(60, 10.0))
    aims = [{0: 310, 1: 290}, {0: 200, 1: 190, 2: 210}]
    made = jackknife(design, reweight=lambda one: rake(one, [sex, age], aims))
    for weights in made.weights.T:
        assert np.allclose(np.bincount(sex, weights), [310, 290])
        assert np.allclose(np.bincount(age, weights), [200, 190, 210])
    raked = rake(design, [sex, age], aims, residual="regression")
    found = made.estimate(lambda w: float(w @ y / w.sum()))
    assert found.value == pytest.approx(mean(raked, y).value)
    assert mean(raked, y).se < found.se < 1.1 * mean(raked, y).se


def test_rows_that_leave_in_reweighting_have_no_weight():
    chance = np.random.default_rng(2)
    yes, y = chance.random(40) < 0.7, chance.normal(size=40)
    design = SurveyDesign(np.full(40, 5.0))
    made = jackknife(design, reweight=lambda one: weighting_class(one, np.arange(40) % 2, yes, minimum=5))
    assert made.weights.shape == (40, 40)
    assert not made.weights[~yes].any()
    assert np.allclose(made.weights.sum(axis=0), 200)
    assert made.estimate(lambda w: float(w @ y / w.sum())).n == yes.sum()
    early = weighting_class(design, np.arange(40) % 2, yes, minimum=5)
    aims = {0: 90.0, 1: 110.0}
    late = jackknife(early, reweight=lambda one: poststratify(one, early.rows % 2, aims))
    assert late.weights.shape == (yes.sum(), yes.sum())
    twice = jackknife(
        early, reweight=lambda one: weighting_class(one, np.zeros(one.n), np.arange(one.n) > 0, minimum=5)
    )
    assert not twice.weights[0].any()


def test_strata_taken_whole_have_no_replicates():
    census = SurveyDesign([1, 1, 1], fpc=3)
    made = jackknife(census)
    assert made.weights.shape == (3, 0)
    found = made.estimate(lambda w: [w.sum(), 1.0])
    assert found.value.tolist() == [3, 1]
    assert found.se.tolist() == [0, 0]


def test_one_unit_in_a_stratum_is_refused_unless_it_is_to_be_left_out():
    strata = list("AAB")
    with pytest.raises(LonelyStratum, match="'B'"):
        jackknife(SurveyDesign([1, 1, 1], strata=strata, lonely="adjust"))
    assert jackknife(SurveyDesign([1, 1, 1], strata=strata, lonely="remove")).weights.shape == (3, 2)


def test_given_replicates_need_no_weights_of_the_sample():
    made = Replicates([[1, 3], [3, 1]], [0.5, 0.5], 1, "bootstrap")
    found = made.estimate(lambda w: float(w[0]))
    assert (found.value, found.se, found.n) == (2, 1, 2)
    assert found.method == "bootstrap/1"
    with pytest.raises(BadInput, match="'mse'"):
        made.estimate(lambda w: float(w[0]), mse=True)
    with pytest.raises(ValueError, match="read-only"):
        made.weights[0] = 1


@pytest.mark.parametrize(
    ("weights", "scale", "base", "words"),
    [
        ([1, 2], [1], None, "'scale'"),
        ([[1, 2]], [1], None, "'scale'"),
        ([[1, np.nan]], [1, 1], None, "finite"),
        ([[1, 2]], [1, -1], None, "finite"),
        ([[1, 2]], [1, 1], [1, 2], "'base'"),
    ],
)
def test_wrong_replicates_are_refused(weights, scale, base, words):
    with pytest.raises(BadInput, match=words):
        Replicates(weights, scale, 1, "bootstrap", base)


def test_a_figure_that_is_not_finite_is_refused():
    made = jackknife(SurveyDesign([1, 1, 1]))
    for wrong in (lambda w: float("nan"), lambda w: [[1.0]], lambda w: "x"):
        with pytest.raises(BadInput, match="'statistic'"):
            made.estimate(wrong)
    with pytest.raises(BadInput, match="'design'"):
        jackknife(SurveyDesign([1, 1, 1]).subset([1, 1, 0]))
