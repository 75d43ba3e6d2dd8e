"""Calibration whose factors keep within bounds: met, kept, or refused by name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import SurveyDesign, calibrate, mean
from sampling.errors import BadInput, Infeasible, NotConverged
from sampling.weights import solvers
from sampling.weights.solvers import logit, truncated
from tests.support.examples import examples

BOUNDED = ("linear", "logit")


@st.composite
def populations(draw):
    """A design, columns, totals that weights within the bounds do meet, and the bounds."""
    n = draw(st.integers(4, 20))
    low, high = draw(st.sampled_from([0.0, 0.3, 0.7])), draw(st.sampled_from([1.3, 2.0, 3.0]))
    weights = np.array(draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)), dtype=float)
    x = np.column_stack([np.ones(n), draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n))])
    x[:2, 1] = [-10, 10]
    share = np.array(draw(st.lists(st.floats(0.1, 0.9), min_size=n, max_size=n)))
    return SurveyDesign(weights), x, (weights * (low + share * (high - low))) @ x, (low, high)


@examples(15)
@given(populations(), st.sampled_from(BOUNDED))
def test_totals_are_met_within_the_bounds(population, method):
    design, x, totals, bounds = population
    made = calibrate(design, x, totals, method=method, bounds=bounds)
    by = made.weights / design.weights
    assert np.allclose(made.weights @ x, totals, rtol=1e-9, atol=1e-9 * (1 + np.abs(totals)).max())
    assert by.min() >= bounds[0] - 1e-12
    assert by.max() <= bounds[1] + 1e-12
    again = calibrate(made, x, totals, method=method, bounds=bounds)
    assert np.allclose(again.weights, made.weights, rtol=1e-8)


@examples(15)
@given(populations(), st.sampled_from(BOUNDED))
def test_a_column_that_was_calibrated_has_no_error(population, method):
    design, x, totals, bounds = population
    made = calibrate(design, x, totals, method=method, bounds=bounds)
    assert mean(made, x[:, 1]).se <= 1e-6 * (1 + mean(design, x[:, 1]).se)


def test_wide_bounds_change_nothing():
    design, x = SurveyDesign([10] * 4), [[1, 1], [1, 2], [1, 3], [1, 4]]
    plain = calibrate(design, x, [40, 110])
    assert np.allclose(calibrate(design, x, [40, 110], bounds=(0, math.inf)).weights, plain.weights)
    assert plain.calibrations[0].method == "calibrate-linear/1"


@pytest.mark.parametrize("method", BOUNDED)
def test_bounds_that_nothing_meets_are_refused(method):
    design = SurveyDesign([10] * 4)
    with pytest.raises(Infeasible, match="no factors within"):
        calibrate(design, np.ones(4), [100], method=method, bounds=(0.5, 2.0))


def test_too_few_steps_say_so():
    design, x = SurveyDesign([10] * 4), [[1, 1], [1, 2], [1, 3], [1, 9]]
    with pytest.raises(NotConverged):
        calibrate(design, x, [44, 190], method="logit", bounds=(0.5, 2.0), steps=1)


@pytest.mark.parametrize(
    ("method", "bounds"),
    [
        ("logit", None),
        ("logit", (-math.inf, math.inf)),
        ("raking", (0.3, 3.0)),
        ("linear", (1.2, 3.0)),
        ("linear", (-0.5, 3.0)),
    ],
)
def test_bounds_that_are_none_are_refused(method, bounds):
    with pytest.raises(BadInput, match="'bounds'"):
        calibrate(SurveyDesign([1, 1]), [1, 1], [2], method=method, bounds=bounds)


@examples(15)
@given(st.floats(-5, 5), st.sampled_from([truncated, logit]))
def test_the_height_rises_by_the_factor(u, kind):
    by, step = kind(0.3, 3.0), 1e-5
    rise = by.height(np.array([u + step])) - by.height(np.array([u - step]))
    assert rise[0] / (2 * step) == pytest.approx(by.factor(np.array([u]))[0], abs=1e-4)
    assert by.factor(np.array([0.0]))[0] == pytest.approx(1)


def test_where_no_shorter_move_goes_down_nothing_is_moved():
    x, d, at = np.ones((3, 1)), np.ones(3), np.zeros(1)
    found, height = solvers._lower(
        x, d, np.zeros(1), at=at, move=np.ones(1), height=-1.0, by=truncated(0.5, 2)
    )
    assert (found.tolist(), height) == ([0.0], -1.0)
