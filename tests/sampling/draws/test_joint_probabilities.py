"""Chances of two units together: R's numbers, every draw counted, and sums that must hold."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import select
from sampling.errors import BadInput, NotConverged
from tests.sampling.tables import cases
from tests.support.examples import examples

METHODS = ("max_entropy", "systematic", "tille")
R = {"max_entropy": ("maxentropy", 1e-5), "systematic": ("systematic", 1e-10), "tille": ("tille", 1e-10)}


@pytest.mark.parametrize("method", METHODS)
def test_joint_chances_are_those_of_r(method):
    case = cases("sampling.json")["ip/joint12"]["expected"]
    name, rel = R[method]
    expected, pi = np.array(case[name]), np.array(case["pik"])
    if method == "tille":
        # R leaves zeros beside the unit that is certain.
        certain = np.flatnonzero(pi == 1)
        expected[certain, :], expected[:, certain] = pi, pi[:, None]
    found = select.joint_probabilities(pi, method=method)
    assert np.allclose(found, expected, rtol=rel, atol=1e-12)


@st.composite
def chances(draw):
    size = draw(st.lists(st.integers(1, 30), min_size=2, max_size=8))
    return select.inclusion_probabilities(size, draw(st.integers(1, len(size))))


@examples(15)
@given(chances(), st.sampled_from(METHODS))
def test_they_add_up_to_what_a_fixed_size_asks(pi, method):
    found = select.joint_probabilities(pi, method=method)
    n = round(float(pi.sum()))
    assert np.allclose(found.sum(axis=1), n * pi, atol=1e-9)
    assert np.allclose(np.diagonal(found), pi, atol=1e-12)
    assert np.allclose(found, found.T)
    assert (found >= -1e-12).all()
    assert (found <= np.minimum(pi[:, None], pi) + 1e-12).all()


@examples(15)
@given(chances())
def test_the_least_predictable_draw_is_the_one_of_products(pi):
    open_units = pi[(pi > 0) & (pi < 1)]
    if not open_units.size:
        return
    n = round(float(open_units.sum()))
    found = select.joint_probabilities(open_units)
    # The chances of whole samples are products of one number a unit: two units' odds of being exchanged
    # don't depend on a third.
    if n == 1:
        assert np.allclose(found, np.diag(open_units))
        return
    odds = _odds(open_units, n)
    samples = list(combinations(range(open_units.size), n))
    mass = np.array([np.prod(odds[list(one)]) for one in samples])
    both = np.zeros_like(found)
    for one, weight in zip(samples, mass / mass.sum(), strict=True):
        both[np.ix_(one, one)] += weight
    assert np.allclose(found, both, atol=1e-9)


def _odds(pi, n):
    """One number a unit, by the fixed point of Chen, Dempster and Liu."""
    odds = pi / (1 - pi)
    for _ in range(3000):
        samples = list(combinations(range(pi.size), n))
        mass = np.array([np.prod(odds[list(one)]) for one in samples])
        held = np.zeros(pi.size)
        for one, weight in zip(samples, mass / mass.sum(), strict=True):
            held[list(one)] += weight
        if np.abs(held - pi).max() < 1e-12:
            break
        odds = odds * pi / held
    return odds


def test_systematic_draws_in_order_leave_neighbours_without_a_chance():
    found = select.joint_probabilities([0.5, 0.5, 0.5, 0.5], method="systematic")
    assert found.tolist() == [[0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5]]


def test_units_without_a_chance_are_with_nobody():
    found = select.joint_probabilities([0.0, 0.5, 0.5, 1.0], method="tille")
    assert found[0].tolist() == [0, 0, 0, 0]
    assert found[3].tolist() == [0, 0.5, 0.5, 1]


def test_chances_that_are_none_are_refused(monkeypatch):
    with pytest.raises(BadInput, match="whole number"):
        select.joint_probabilities([0.5, 0.6])
    with pytest.raises(BadInput, match="between 0 and 1"):
        select.joint_probabilities([1.5, 0.5])
    with pytest.raises(BadInput, match="'method'"):
        select.joint_probabilities([0.5, 0.5], method="best")


def test_chances_that_are_not_met_are_refused(monkeypatch):
    monkeypatch.setattr("sampling.draws.joint.STEPS", 1)
    with pytest.raises(NotConverged):
        select.joint_probabilities([0.2, 0.9, 0.9])


@pytest.mark.parametrize("method", METHODS)
def test_units_that_are_certain_or_never_drawn_leave_nothing_to_chance(method):
    found = select.joint_probabilities([1, 0, 1], method=method)
    assert found.tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
