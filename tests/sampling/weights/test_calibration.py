"""Calibrated weights meet their totals, and standard errors know of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, proportion, ratio, total
from sampling.designs.projection import NearDiagonal
from sampling.errors import BadInput, Infeasible, LonelyStratum
from sampling.estimates.estimators import variance
from sampling.weights.calibration import calibrate, poststratify, rake
from tests.sampling import dense
from tests.sampling.samples import Sample, alike, samples

W = [10.0, 10, 20, 20, 30, 30]
SEX, AGE = list("mmffmf"), [1, 2, 1, 2, 2, 1]
MEN, OLD = {"m": 45, "f": 75}, {1: 50, 2: 70}
Y = [1.0, 2, 4, 8, 16, 32]


def sums(labels, values) -> dict[Any, float]:
    out: dict[Any, float] = {}
    for label, value in zip(labels, values, strict=True):
        out[label] = out.get(label, 0.0) + float(value)
    return out


@st.composite
def calibrated(draw: st.DrawFn, *, kinds: str = "psrcl") -> tuple[Sample, SurveyDesign, str]:
    """A sample, its design calibrated to totals that some other weights have, and how."""
    sample = draw(samples())
    kind, n = draw(st.sampled_from(kinds)), len(sample.w)
    other = np.array(sample.w) * np.array(
        draw(st.lists(st.sampled_from([0.8, 1, 1.25]), min_size=n, max_size=n))
    )
    margin = draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n))
    design = sample.design(lonely=draw(st.sampled_from(["remove", "adjust"])))
    return sample, adjusted(design, kind, margin=margin, by=sample.by, other=other), kind


def adjusted(design, kind, *, margin, by, other):
    if kind == "p":
        return poststratify(design, margin, sums(margin, other))
    x = np.column_stack([np.ones(design.n), np.arange(design.n) % 5])
    assume(np.linalg.matrix_rank(x) == 2)
    if kind in "cl":
        try:
            return calibrate(design, x, other @ x, method="raking" if kind == "c" else "linear")
        except Infeasible:
            assume(False)
    residual = "sweeps" if kind == "s" else "regression"
    return rake(design, [margin, by], [sums(margin, other), sums(by, other)], residual=residual, sweeps=2000)


def by_definition(design: SurveyDesign, sample: Sample, u, *, lonely: str) -> float:
    """V of the scores less, for all rows, what each calibration explains of them."""
    for step in design.projections:
        x = step.x.sparse(np.ones(design.n)).toarray()
        sums = x.T @ (u / step.divisor)
        solver = step.solver.whole() if isinstance(step.solver, NearDiagonal) else step.solver
        b = solver * sums if solver.ndim == 1 else solver @ sums
        u = u - step.weights * (x @ b)
    return dense.variance(u, lonely=lonely, **sample.structure)


def test_a_nearly_diagonal_matrix_is_written_out():
    left, right = np.array([[1.0], [0.0], [2.0]]), np.array([[1.0, 1.0, 0.0]])
    found = NearDiagonal(np.array([1.0, 2.0, 3.0]), left, right).whole()
    assert found.tolist() == [[2, 1, 0], [0, 2, 0], [2, 2, 3]]


@given(calibrated())
def test_the_totals_are_met(made):
    _, design, kind = made
    step = design.calibrations[0]
    found = step.projection.x.sparse(design.weights).sum(axis=0)
    aims = np.concatenate([np.atleast_1d(one) for one in step.inputs[1:]][-2 if kind in "sr" else -1 :])
    assert np.allclose(found, aims, rtol=1e-9, atol=1e-9)
    assert step.low <= step.high
    assert len(step.digest) == 64


@given(calibrated())
def test_errors_of_domains_equal_the_definition_written_out(made):
    sample, design, _ = made
    found = mean(design, sample.y, by=sample.by, vcov=True)
    assert alike(np.diag(found.vcov), found.se**2, rel=1e-6, scale=1e6)
    for label in found.domains:
        inside = np.array([one == label for one in sample.by]) & (design.weights > 0)
        w = np.where(inside, design.weights, 0)
        m = w @ sample.y / w.sum()
        u = w * (np.array(sample.y) - m) / w.sum()
        expected = by_definition(design, sample, u, lonely=design.lonely)
        assert alike(found[label].value, m, scale=100)
        assert np.isclose(found[label].se ** 2, expected, rtol=1e-9, atol=1e-9)
        alone = mean(design.subset(inside), sample.y)
        assert np.isclose(alone.se**2, expected, rtol=1e-9, atol=1e-9)


@given(calibrated(), st.data())
def test_domains_of_a_subset_know_of_calibration(made, data):
    sample, design, _ = made
    n = len(sample.w)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    assume((mask & (design.weights > 0)).any())
    by = np.array(sample.by)
    found = mean(design.subset(mask), sample.y, by=by, vcov=True)
    assert np.allclose(np.diag(found.vcov), found.se**2)
    for label in found.domains:
        alone = mean(design.subset(mask & (by == label)), sample.y)
        assert np.isclose(found[label].se ** 2, alone.se**2, rtol=1e-9, atol=1e-9)


@given(calibrated())
def test_covariances_make_the_variance_of_the_sum(made):
    sample, design, _ = made
    parts = total(design, sample.y, by=sample.by, vcov=True)
    whole = total(design, sample.y)
    both = parts.contrast(dict.fromkeys(parts.domains, 1))
    assert np.isclose(both.se**2, whole.se**2, rtol=1e-7, atol=1e-3)
    columns = total(design, np.column_stack([sample.y, np.ones(design.n)]))
    assert alike(columns.se[0], whole.se, rel=1e-7, scale=1e6)
    assert alike(np.diag(columns.vcov), columns.se**2, rel=1e-7, scale=1e6)


@given(calibrated(kinds="prcl"))
def test_what_was_calibrated_to_has_no_error(made):
    sample, design, kind = made
    before = sample.design()
    if kind == "p":
        known = total(design, np.ones(design.n))
        assert known.se <= 1e-6 * sum(sample.w)
        return
    x = np.arange(design.n) % 5 if kind in "cl" else np.array(sample.by) == sample.by[0]
    assert total(design, x).se <= 1e-6 * max(total(before, x).se, sum(sample.w))


@given(st.integers(0, 10_000))
def test_sweeps_leave_little_error_of_what_was_raked(seed):
    chance = np.random.default_rng(seed)
    w, sex, age = chance.uniform(5, 20, 300), chance.integers(0, 2, 300), chance.integers(0, 4, 300)
    other = w * chance.uniform(0.8, 1.25, 300)
    design = SurveyDesign(w)
    made = rake(design, [sex, age], [sums(sex.tolist(), other), sums(age.tolist(), other)])
    for inside in (sex == 1, age == 2):
        assert total(made, inside).se <= 1e-3 * total(design, inside).se


@given(calibrated(kinds="psr"))
def test_calibrating_again_changes_nothing(made):
    sample, design, kind = made
    step = design.calibrations[0].projection.x
    margins = list(step.codes)
    aims = [dict(enumerate(np.bincount(codes, design.weights).tolist())) for codes in margins]
    again = poststratify(design, margins[0], aims[0]) if kind == "p" else rake(design, margins, aims)
    assert np.allclose(again.weights, design.weights, rtol=1e-8)
    assert len(again.calibrations) == 2
    y = np.array(sample.y)
    assert np.isclose(mean(again, y).se, mean(design, y).se, rtol=1e-6, atol=1e-6) or kind != "p"


@given(samples(), st.lists(st.sampled_from("xyz"), min_size=25, max_size=25))
def test_poststratifying_is_calibrating_on_dummies(sample, labels):
    labels = labels[: len(sample.w)]
    aims = sums(labels, np.array(sample.w) * 1.3)
    levels = sorted(aims)
    dummies = np.column_stack([[label == level for label in labels] for level in levels])
    first = poststratify(sample.design(), labels, aims)
    second = calibrate(sample.design(), dummies, [aims[level] for level in levels])
    assert np.allclose(first.weights, second.weights)
    found, expected = (mean(d, sample.y, by=sample.by) for d in (first, second))
    assert np.allclose(found.se**2, expected.se**2, rtol=1e-8, atol=1e-9)


@given(calibrated(kinds="r"), st.data())
def test_the_order_of_margins_does_not_matter(made, data):
    sample, design, _ = made
    margins = list(design.calibrations[0].projection.x.codes)
    aims = [dict(enumerate(np.bincount(codes, design.weights).tolist())) for codes in margins]
    other = rake(sample.design(), margins[::-1], aims[::-1], sweeps=2000)
    assert np.allclose(other.weights, design.weights, rtol=1e-6)


@given(calibrated())
def test_scale_and_shift_follow(made):
    sample, design, _ = made
    before, after = mean(design, sample.y), mean(design, 3 - 2 * np.array(sample.y))
    assert np.isclose(after.value, 3 - 2 * before.value, atol=1e-9)
    assert np.isclose(after.se, 2 * before.se, rtol=1e-6, atol=1e-6)


def test_two_calibrations_are_taken_off_in_order():
    data = np.random.default_rng(3)
    n, strata = 60, np.repeat(np.arange(6), 10)
    y, x, cells = data.normal(size=n), data.uniform(1, 2, n), data.integers(0, 3, n)
    design = SurveyDesign(np.full(n, 8.0), strata=strata, fpc=100)
    first = poststratify(design, cells, {0: 150, 1: 160, 2: 170})
    both = calibrate(first, np.column_stack([np.ones(n), x]), [480, 700], source="register 2026")
    found = mean(both, y, by=strata % 2)
    sample = Sample(
        [8.0] * n, y.tolist(), (strata % 2).tolist(), strata.tolist(), None, dict.fromkeys(range(6), 100.0)
    )
    for label in (0, 1):
        w = np.where(strata % 2 == label, both.weights, 0)
        u = w * (y - w @ y / w.sum()) / w.sum()
        assert found[label].se ** 2 == pytest.approx(
            by_definition(both, sample, u, lonely="remove"), rel=1e-10
        )
    assert [step.id for step in both.calibrations] == ["1-poststratify", "2-calibrate-linear"]
    assert both.calibrations[1].source == "register 2026"
    assert both.with_weights(both.weights).calibrations == ()


def test_calibration_reaches_every_stage():
    data = np.random.default_rng(5)
    n = 48
    blocks, homes = np.repeat(np.arange(8), 6), np.arange(n) // 2
    design = SurveyDesign(
        np.full(n, 10.0),
        psu=np.column_stack([blocks, homes]),
        fpc=np.column_stack([np.full(n, 20), np.full(n, 9)]),
    )
    y, cells = data.normal(size=n), data.integers(0, 3, n)
    made = poststratify(design, cells, {0: 160, 1: 170, 2: 150})
    domains = mean(made, y, by=cells > 0, vcov=True)
    for label in (False, True):
        alone = mean(made.subset((cells > 0) == label), y)
        assert alone.se == pytest.approx(domains[label].se, rel=1e-10)
    parts = total(made, y, by=cells > 0, vcov=True).contrast({False: 1, True: 1})
    assert parts.se == pytest.approx(total(made, y).se, rel=1e-9)


def test_strata_of_one_unit_are_judged_in_the_whole_sample():
    strata = list("AABBBC")
    design = SurveyDesign(W, strata=strata, fpc=9)
    cells = list("xyxyxy")
    made = poststratify(design, cells, {"x": 60, "y": 70})
    with pytest.raises(LonelyStratum, match="'C'"):
        mean(made.subset([1, 1, 1, 1, 1, 0]), Y)
    average = poststratify(SurveyDesign(W, strata=strata, fpc=9, lonely="average"), cells, {"x": 60, "y": 70})
    assert mean(average, Y, by=list("uuuvvv")).se.min() > 0
    with pytest.raises(BadInput, match="'lonely_domains'"):
        mean(average, Y, lonely_domains=True)


def test_other_figures_know_of_calibration_too():
    made = poststratify(SurveyDesign(W), SEX, MEN)
    assert ratio(made, [1.0 if sex == "m" else 0 for sex in SEX], over=1).se < 1e-12
    assert proportion(made, [sex == "m" for sex in SEX]).value == pytest.approx(45 / 120)
    assert variance(made, Y).se > 0
