"""Small areas: the numbers of others, and what drawing figures together keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampling.areas.area_fit import objective, turn, within
from sampling.areas.small_area import areas_of, at_variance, fay_herriot
from sampling.errors import BadInput, Collinear, TooFew
from tests.sampling.tables import document, near, table

CALLED = {"REML": "reml", "ML": "ml", "FH": "moments"}
FIELDS = {
    "value": "eblup",
    "mse": "mse",
    "beta": "beta",
    "beta_se": "beta_se",
    "sigma2": "sigma2_u",
    "loglik": "loglike",
    "aic": "AIC",
}
EIGHT = {
    "value": [0.70, 0.55, 0.82, 0.64, 0.78, 0.60, 0.90, 0.48],
    "variance": [0.020, 0.025, 0.015, 0.022, 0.018, 0.024, 0.012, 0.026],
    "x": [[1.0, float(at > 3)] for at in range(8)],
}
METHODS = ["reml", "ml", "moments", "adjusted"]


def milk(*, alone):
    data = table("milk.csv")
    x = [[1.0] + [float(area == at) for at in (2, 3, 4) if not alone] for area in data["MajorArea"]]
    return data["yi"], data["SD"] ** 2, x


@pytest.mark.parametrize("name", document("fay_herriot.json")["cases"])
def test_the_fit_equals_r(name):
    expected = document("fay_herriot.json")["cases"][name]
    found = fay_herriot(*milk(alone="intercept" in name), method=CALLED[name.split("_")[0]])
    for ours, theirs in FIELDS.items():
        if theirs in expected:
            assert near(np.atleast_1d(getattr(found, ours)), np.atleast_1d(expected[theirs])), theirs


@pytest.mark.parametrize("case", document("scores.json")["fay_herriot"], ids=lambda case: case["id"])
def test_the_fit_within_bounds_equals_the_plain_formulas(case):
    expected, method = case["expected"], case["method"].lower()
    areas = areas_of(case["y"], case["psi"], case["X"])
    low, high = expected["bounds"]
    found = within(areas, method=method, low=low, high=high)
    fit = at_variance(areas, found.value, method=method)
    assert found.value == pytest.approx(expected["A"], rel=1e-6)
    assert (found.at == "inside") == expected["interior"]
    for ours, theirs in (("value", "eblup"), ("mse", "mse"), ("shrinkage", "gamma"), ("beta", "beta")):
        assert np.allclose(getattr(fit, ours), expected[theirs], rtol=0, atol=1e-7), theirs


def test_few_areas_inflate_the_adjusted_variance():
    assert fay_herriot(**EIGHT, method="reml").sigma2 == pytest.approx(0.006297, abs=5e-7)
    assert fay_herriot(**EIGHT, method="adjusted").sigma2 == pytest.approx(0.033115, abs=5e-7)


@st.composite
def worlds(draw):
    m = draw(st.integers(6, 40))
    key = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(key)
    x = np.column_stack([np.ones(m), rng.normal(size=m)])
    psi = rng.uniform(0.005, 0.05, m)
    spread = draw(st.sampled_from([0.0, 0.05, 0.2]))
    return 0.6 + spread * rng.normal(size=m) + np.sqrt(psi) * rng.normal(size=m), psi, x


@settings(deadline=None)
@given(worlds(), st.sampled_from(METHODS))
def test_a_figure_lies_between_the_direct_and_the_predicted(world, method):
    y, _psi, x = world
    found = fay_herriot(*world, method=method)
    predicted = x @ found.beta
    assert ((found.shrinkage >= 0) & (found.shrinkage < 1) & np.isfinite(found.mse)).all()
    assert np.allclose(
        found.value, found.shrinkage * y + (1 - found.shrinkage) * predicted, rtol=0, atol=1e-12
    )


@settings(deadline=None)
@given(worlds(), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_of_areas_doesnt_matter(world, method, random):
    order = list(range(len(world[0])))
    random.shuffle(order)
    plain, mixed = (
        fay_herriot(*world, method=method),
        fay_herriot(*(one[order] for one in world), method=method),
    )
    assert np.allclose(plain.value[order], mixed.value, rtol=0, atol=1e-7)
    assert np.allclose(plain.mse[order], mixed.mse, rtol=0, atol=1e-7)


@settings(deadline=None)
@given(worlds(), st.sampled_from(METHODS), st.sampled_from([0.01, 3.0, 100.0]))
def test_another_unit_changes_nothing_but_the_unit(world, method, factor):
    y, psi, x = world
    plain, scaled = (
        fay_herriot(y, psi, x, method=method),
        fay_herriot(y * factor, psi * factor**2, x, method=method),
    )
    assert np.allclose(plain.value * factor, scaled.value, rtol=1e-6, atol=1e-7 * factor)
    assert np.allclose(plain.shrinkage, scaled.shrinkage, rtol=0, atol=1e-6)


@settings(deadline=None)
@given(worlds(), st.sampled_from(["reml", "ml", "adjusted"]), st.floats(1e-6, 1.0))
def test_no_other_variance_is_likelier(world, method, other):
    areas = areas_of(*world)
    found = fay_herriot(*world, method=method)
    assume(found.sigma2 > 0)
    assert objective(areas, found.sigma2, method=method) >= objective(areas, other, method=method) - 1e-9


@given(worlds())
def test_auto_adjusts_only_where_many_areas_seem_alike(world):
    found, plain = fay_herriot(*world), fay_herriot(*world, method="reml")
    adjusts = plain.sigma2 == 0 and len(world[0]) >= 30
    assert found.method == ("adjusted" if adjusts else "reml")
    assert (found.sigma2 > 0) == (adjusts or plain.sigma2 > 0)


@pytest.mark.parametrize("method", ["reml", "ml", "moments"])
def test_areas_that_are_all_alike_are_one(method):
    found = fay_herriot([0.6] * 8, [0.01] * 8, np.ones((8, 1)), method=method)
    assert found.sigma2 == 0
    assert np.allclose(found.value, 0.6)


def test_a_tiny_variance_isnt_mistaken_for_none():
    y = 0.5 + 1e-5 * np.array([1, -1] * 20) * np.sqrt(1 + 1e-9)
    found = fay_herriot(y, [1e-10 * 40 / 39] * 39 + [1e-10], np.ones((40, 1)), method="reml")
    assert 0 <= found.sigma2 < 1e-11


def test_the_search_ends_where_no_number_lies_between():
    assert turn(lambda a: 1 - a, 0.0, 3.0) == pytest.approx(1.0, rel=1e-15)
    assert turn(lambda a: -1.0, 0.0, 1.0) < 1e-50


def test_the_variance_by_moments_may_exceed_any_first_guess():
    found = fay_herriot([0.0, 10.0, 0.0], [1e-4, 1e-4, 1e-4], [[1.0], [1.0], [1.0]], method="moments")
    assert found.sigma2 == pytest.approx(100 / 3, rel=1e-3)


def test_figures_made_to_agree_with_the_whole():
    found = fay_herriot(**EIGHT, method="reml", domains=list("abcdefgh"))
    weights = np.arange(8)
    assert np.average(found.benchmark(weights, 0.7), weights=weights) == pytest.approx(0.7)
    assert found.domains == tuple("abcdefgh")


@pytest.mark.parametrize(("weights", "target"), [([-1] * 8, 0.5), ([0] * 8, 0.5), ([1] * 8, float("nan"))])
def test_a_whole_that_cant_be_met_is_refused(weights, target):
    with pytest.raises(BadInput):
        fay_herriot(**EIGHT, method="reml").benchmark(weights, target)


@pytest.mark.parametrize(
    ("change", "refusal", "named"),
    [
        ({"method": "best"}, BadInput, "method"),
        ({"value": [[0.5]]}, BadInput, "value"),
        ({"value": [float("nan")] * 8}, BadInput, "value"),
        ({"variance": [0.0] * 8}, BadInput, "variance"),
        ({"x": [1.0] * 8}, BadInput, "x"),
        ({"x": np.full((8, 1), np.inf)}, BadInput, "x"),
        ({"x": np.ones((8, 2))}, Collinear, "x"),
        ({"x": np.eye(8)}, TooFew, "8"),
        ({"x": np.eye(8)[:, :6], "method": "adjusted"}, TooFew, "8"),
        ({"domains": ["a"]}, BadInput, "domains"),
    ],
)
def test_what_cant_be_fitted_is_refused(change, refusal, named):
    with pytest.raises(refusal, match=named):
        fay_herriot(**{**EIGHT, **change})


def test_a_figure_without_variance_must_be_smoothed_first():
    with pytest.raises(BadInput, match="smooth it first"):
        fay_herriot([0.5, 1.0, 0.7], [0.01, 0.0, 0.01], [[1.0]] * 3)
