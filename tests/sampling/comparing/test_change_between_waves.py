"""What changed between two waves: a panel knows more than two draws without anybody in common."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, poststratify, waves
from sampling.errors import BadInput
from tests.sampling.samples import alike, samples
from tests.support.examples import examples


def design_of(sample, **changes):
    return sample.design(psu=sample.psu or [f"row {at}" for at in range(len(sample.w))], **changes)


@examples(15)
@given(samples())
def test_a_panel_is_the_mean_of_what_changed_in_each(sample):
    design, later = design_of(sample), np.roll(sample.y, 1)
    found = waves.change(design, sample.y, design, later)
    plain = mean(design, later - np.array(sample.y))
    assert alike([found.value, found.se], [plain.value, plain.se], rel=1e-6, scale=1e4)


@examples(15)
@given(samples())
def test_nobody_asked_twice_adds_both_variances(sample):
    design = design_of(sample)
    other = sample.design(psu=[f"other {one}" for one in sample.psu or range(len(sample.w))])
    found, plain = waves.change(design, sample.y, other, sample.y), mean(design, sample.y)
    assert found.value == 0
    assert alike(found.se, plain.se * np.sqrt(2), scale=100)


@examples(15)
@given(samples(), st.integers(0, 12))
def test_before_and_after_may_change_places(sample, left):
    one = design_of(sample)
    keep = np.arange(len(sample.w)) >= min(left, len(sample.w) - 1)
    units = [name if kept else f"new {name}" for name, kept in zip(one.psu.tolist(), keep, strict=True)]
    if sample.psu is not None:
        units = one.psu.tolist()
    other, later = sample.design(psu=units), np.roll(sample.y, 1)
    there, back = waves.change(one, sample.y, other, later), waves.change(other, later, one, sample.y)
    assert alike([there.value, there.se], [-back.value, back.se], scale=100)


def test_the_error_of_overlapping_waves_is_what_many_draws_show():
    rng = np.random.default_rng(5)
    households, n, kept = 60, 20, 12
    before = rng.normal(size=households)
    after = before * 0.8 + rng.normal(size=households) * 0.4
    found, squares = [], []
    for _ in range(600):
        order = rng.permutation(households)
        first = order[:n]
        second = np.concatenate([order[:kept], order[n : 2 * n - kept]])
        designs = [
            SurveyDesign(np.full(n, households / n), psu=one, fpc=households) for one in (first, second)
        ]
        made = waves.change(designs[0], before[first], designs[1], after[second])
        found.append(made.value)
        squares.append(made.se**2)
    assert np.mean(found) == pytest.approx(after.mean() - before.mean(), abs=0.02)
    assert np.mean(squares) == pytest.approx(np.var(found), rel=0.15)


def test_calibrated_waves_are_compared_less_what_is_explained():
    rng = np.random.default_rng(6)
    cells = np.arange(40) % 2
    design = SurveyDesign(np.full(40, 5.0), psu=np.arange(40))
    made = poststratify(design, cells, {0: 100, 1: 100})
    y, later = cells + rng.normal(size=40) / 9, cells * 2 + rng.normal(size=40) / 9
    found, plain = waves.change(made, y, made, later), mean(made, later - y)
    assert (found.value, found.se) == (pytest.approx(plain.value), pytest.approx(plain.se, rel=1e-9))
    part = made.subset(np.arange(40) < 30)
    found, plain = waves.change(part, y, part, later), mean(part, later - y)
    assert (found.value, found.se) == (pytest.approx(plain.value), pytest.approx(plain.se, rel=1e-9))


def test_waves_whose_units_have_no_names_are_refused():
    named, bare = SurveyDesign([1, 1], psu=["a", "b"]), SurveyDesign([1, 1])
    with pytest.raises(BadInput, match="'after'"):
        waves.change(named, [1, 2], bare, [1, 2])
    staged = SurveyDesign([1, 1, 1], psu=np.array([[1, 1], [1, 2], [2, 3]]), fpc=np.array([[9, 9]] * 3))
    with pytest.raises(BadInput, match="'before'"):
        waves.change(staged, [1, 2, 3], named, [1, 2])
