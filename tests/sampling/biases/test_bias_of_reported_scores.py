"""Reported scores, answers asked for again, lists of a city, data that nobody drew: laws and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, bias, mean
from sampling.errors import BadInput, NotIdentified, TooFew
from sampling.estimates.estimate import Estimate
from tests.sampling.tables import near


@st.composite
def arms(draw: st.DrawFn):
    n1, n2 = draw(st.integers(2, 80)), draw(st.integers(2, 80))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


@given(arms(), st.sampled_from(["newcombe", "miettinen_nurminen"]), st.floats(0.5, 0.99))
def test_the_limits_hold_the_difference_and_swap_with_the_arms(two, method, level):
    k1, n1, k2, n2 = two
    found = bias.reported(*two, method=method, level=level)
    assert -1 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    back = bias.reported(k2, n2, k1, n1, method=method, level=level)
    assert near([back.value, back.low, back.high], [-found.value, -found.high, -found.low], rel=1e-7)


@given(arms(), st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_wider_margin_is_harder_to_exceed(two, one, other):
    low, high = sorted((one, other))
    assert bias.reported(*two, margin=low).p_value <= bias.reported(*two, margin=high).p_value + 1e-9


@given(arms(), st.floats(1, 4))
def test_clusters_make_an_interval_wider(two, deff):
    plain, clustered = bias.reported(*two), bias.reported(*two, deff1=deff, deff2=deff)
    assert clustered.high - clustered.low >= plain.high - plain.low - 1e-9
    assert clustered.value == pytest.approx(plain.value)


def test_a_reported_score_of_many_grids_at_once():
    found = bias.reported([9, 8], 10, [5, 5], 10)
    assert near(found.value, [0.4, 0.3])
    assert found.p_value.shape == (2,)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_what_differs_and_what_is_left_over_add_up(pairs):
    first, later = np.array(pairs).T
    found = bias.distorted_share(first, later)
    (a, b), (c, d) = found.table
    assert a + b + c + d == len(pairs)
    assert found.share == pytest.approx(np.mean(first != later))
    assert found.net == pytest.approx(first.mean() - later.mean())
    assert abs(found.net) <= found.share
    assert found.share_interval.low <= found.share <= found.share_interval.high
    assert found.net_interval.low - 1e-12 <= found.net <= found.net_interval.high + 1e-12
    assert found.kappa is None or found.kappa <= 1
    assert bias.distorted_share(later, first).net == pytest.approx(-found.net)


def test_equal_answers_agree_wholly_and_where_all_say_yes_nothing_can_be_told():
    assert bias.distorted_share([1, 0, 1], [1, 0, 1]).kappa == 1
    assert bias.distorted_share([1, 1], [1, 1]).kappa is None


@st.composite
def cities(draw: st.DrawFn):
    grids, n = draw(st.integers(2, 30)), draw(st.integers(2, 20))
    counts = st.lists(st.integers(0, n), min_size=grids, max_size=grids)
    return draw(counts), n, draw(counts), n


@given(cities(), st.randoms(use_true_random=False))
def test_a_city_is_the_same_in_any_order(city, random):
    order = list(range(len(city[0])))
    random.shuffle(order)
    found = bias.city_distortion(*city)
    turned = bias.city_distortion(
        [city[0][at] for at in order], city[1], [city[2][at] for at in order], city[3]
    )
    assert near(turned.p_value, found.p_value[order])
    assert turned.found.tolist() == found.found[order].tolist()
    assert near([turned.mean, turned.se, turned.at_least], [found.mean, found.se, found.at_least])
    assert 0 <= found.at_least <= 1
    assert (found.q_value >= found.p_value - 1e-12).all()
    assert found.low <= found.mean <= found.high


def test_a_city_of_equal_differences_is_beyond_doubt():
    assert bias.city_distortion([8, 8], 10, [5, 5], 10).z == math.inf
    assert bias.city_distortion([5, 5], 10, [8, 8], 10).z == -math.inf
    assert bias.city_distortion([5, 5], 10, [5, 5], 10).z == 0


@st.composite
def populations(draw: st.DrawFn):
    size = draw(st.integers(3, 50))
    y = np.array(draw(st.lists(st.integers(-5, 5), min_size=size, max_size=size)), float)
    recorded = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    weights = np.array(draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)), float)
    assume(y.std() > 0)
    assume(0 < recorded.sum() < size)
    return y, recorded, weights


@given(populations(), st.booleans())
def test_the_defect_is_an_identity(population, weighted):
    y, recorded, weights = population
    found = bias.ddc(y, recorded, weights=weights if weighted else None)
    used = recorded * (weights if weighted else 1.0)
    assert found.error == pytest.approx(np.average(y, weights=used) - y.mean(), abs=1e-12)
    assert found.error == pytest.approx(found.ddc * math.sqrt(found.dropout_odds) * found.sigma, abs=1e-12)
    assert abs(found.ddc) <= 1 + 1e-12
    if not weighted:
        assert found.dropout_odds == pytest.approx((1 - found.f) / found.f)


@given(populations(), st.floats(-3, 3), st.floats(0.1, 5))
def test_the_defect_knows_no_unit(population, shift, scale):
    y, recorded, _ = population
    one, other = bias.ddc(y, recorded), bias.ddc(shift + scale * y, recorded)
    assert other.ddc == pytest.approx(one.ddc, abs=1e-9)
    assert other.error == pytest.approx(scale * one.error, abs=1e-9)


def test_a_list_of_a_third_with_a_defect_of_a_tenth_is_worth_54_interviews():
    assert pytest.approx(53.8, abs=0.1) == 0.35 / 0.65 / 0.1**2
    y = np.array([0.0, 1, 0, 1])
    assert bias.ddc(y, [1, 1, 0, 0]).n_eff == math.inf


@pytest.mark.parametrize(("n", "expected"), [(400, 0.0997), (1600, 0.0498), (6400, 0.0249)])
def test_what_a_sample_can_detect(n, expected):
    assert bias.detectable(n, coverage=0.35, sd=0.458, deff=1.3) == pytest.approx(expected, abs=5e-5)


@given(st.integers(2, 10_000), st.floats(0.01, 0.99), st.floats(0.01, 10))
def test_four_times_as_many_detect_half_as_much(n, coverage, sd):
    one, four = (bias.detectable(size, coverage=coverage, sd=sd) for size in (n, 4 * n))
    assert four == pytest.approx(one / 2)
    both = bias.detectable([n, 4 * n], coverage=coverage, sd=sd)
    assert near(both, [one, four])


@st.composite
def predicted(draw: st.DrawFn):
    n = draw(st.integers(3, 30))
    values = st.lists(st.floats(-5, 5), min_size=n, max_size=n)
    return SurveyDesign(np.full(n, 10.0)), np.array(draw(values)), np.array(draw(values))


@given(predicted(), st.floats(-5, 5))
def test_a_prediction_never_makes_a_figure_less_certain(case, frame_mean):
    design, y, m = case
    plain, found = mean(design, y), bias.combine(design, y, prediction=m, frame_mean=frame_mean)
    assert found.se <= plain.se + 1e-12
    assert 0 <= found.gain <= 1
    if found.gain == 0:
        assert found.value == plain.value
    nothing = bias.combine(design, y, prediction=np.zeros(design.n), frame_mean=0.0)
    assert (nothing.value, nothing.se, nothing.gain) == (plain.value, plain.se, 0)


def test_a_perfect_prediction_leaves_no_error():
    design = SurveyDesign([10.0] * 4)
    found = bias.combine(design, [1, 2, 3, 5], prediction=[0, 1, 2, 4], frame_mean=7.0)
    assert (found.value, found.se, found.gain, found.method, found.cap) == (8.0, 0.0, 1.0, "difference", None)


@st.composite
def strata(draw: st.DrawFn):
    def one():
        size = draw(st.integers(2, 60))
        n = draw(st.integers(2, size))
        return draw(st.integers(0, n)), n, size

    return one(), one()


@given(strata())
def test_list_strata_equal_a_design_of_two_strata(two):
    found = bias.list_strata(*two)
    y = np.concatenate([np.repeat([1.0, 0], [k, n - k]) for k, n, _ in two])
    size = np.concatenate([np.full(n, float(N)) for _, n, N in two])
    n_of = np.concatenate([np.full(n, float(n)) for _, n, _ in two])
    on = np.concatenate([np.full(n, at == 0) for at, (_, n, _) in enumerate(two)])
    whole = mean(SurveyDesign(size / n_of, strata=on, fpc=size), y)
    assert near([found.score, found.score_se], [whole.value, whole.se], rel=1e-9)
    assert found.bias == pytest.approx(two[0][0] / two[0][1] - found.score)


RANDOM = Estimate(0.6, 0.02, 99, 1.0, 100, kind="proportion")
MANY = Estimate(np.array([0.6, 0.5]), np.array([0.1, 0.1]), 99, np.array([1.0, 1]), 100)
FOUR = SurveyDesign([10.0] * 4)


def combined(**more):
    return bias.combine(FOUR, [1] * 4, **({"prediction": [1] * 4, "frame_mean": 1.0} | more))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: bias.reported(1, 2, 1, 2, method="wald"), BadInput, "method"),
        (lambda: bias.reported(3, 2, 1, 2), BadInput, "k1"),
        (lambda: bias.reported(1, 2, 1, 2, deff1=0), BadInput, "deff1"),
        (lambda: bias.distorted_share([], []), TooFew, "nobody"),
        (lambda: bias.distorted_share([0.5], [1]), BadInput, "reported"),
        (lambda: bias.distorted_share([1, 0], [1]), BadInput, "again"),
        (lambda: bias.city_distortion([1], 2, [1], 2), TooFew, "two grids"),
        (lambda: bias.city_distortion([1, 1], 2, [1, 1], 2, q=1), BadInput, "q"),
        (lambda: bias.ddc([1, 1], [1, 0]), NotIdentified, "equal"),
        (lambda: bias.ddc([1, 2], [1, 1]), NotIdentified, "alike"),
        (lambda: bias.ddc([1, 2], [0, 0]), NotIdentified, "nobody"),
        (lambda: bias.ddc([1, 2], [1, 0], weights=[0, 1]), NotIdentified, "weight"),
        (lambda: bias.ddc([1, np.nan], [1, 0]), BadInput, "y"),
        (lambda: bias.ddc([1, 2], [1, 0], weights=[-1, 1]), BadInput, "weights"),
        (lambda: bias.detectable(0, coverage=0.5, sd=1), BadInput, "n"),
        (lambda: bias.detectable(10, coverage=1, sd=1), BadInput, "coverage"),
        (lambda: bias.detectable(10, coverage=0.5, sd=1, power=1), BadInput, "power"),
        (lambda: bias.self_selection([], RANDOM), TooFew, "nobody"),
        (lambda: bias.self_selection([np.inf], RANDOM), BadInput, "y_self"),
        (lambda: bias.self_selection([1], MANY), BadInput, "random"),
        (lambda: combined(method="composite"), BadInput, "yet"),
        (lambda: combined(method="x"), BadInput, "difference"),
        (lambda: combined(frame_mean=math.nan), BadInput, "frame_mean"),
        (lambda: bias.list_strata((1, 1, 5), (1, 2, 5)), TooFew, "listed"),
        (lambda: bias.list_strata((1, 2, 1), (1, 2, 5)), BadInput, "N_listed"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_a_constant_answer_gains_nothing():
    found = bias.combine(FOUR, [1] * 4, prediction=[0, 1, 0, 1], frame_mean=0.5)
    assert (found.value, found.se, found.gain) == (1.0, 0.0, 0.0)
