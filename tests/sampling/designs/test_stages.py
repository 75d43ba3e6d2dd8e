"""Samples drawn in several stages: units within units, each stage with its own strata and frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, total
from sampling.errors import BadInput, FpcTooSmall, LonelyStratum, UnnestedPsu


@st.composite
def staged(draw: st.DrawFn):
    """Labels (n, 3), weights, answers, domains and frames (n, 3) of a sample in three stages."""
    rows = []
    for stratum in range(draw(st.integers(1, 2))):
        frame = draw(st.integers(4, 9))
        for block in range(draw(st.integers(2, 3))):
            houses = draw(st.integers(1, 3))
            second = houses + draw(st.integers(0, 3))
            for house in range(houses):
                people = draw(st.integers(1, 3))
                third = people + draw(st.integers(0, 2))
                rows += [
                    (stratum, f"{stratum}{block}", house, person, frame, second, third)
                    for person in range(people)
                ]
    n = len(rows)
    y = draw(st.lists(st.integers(-40, 40).map(float), min_size=n, max_size=n))
    by = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    w = draw(st.lists(st.integers(1, 9).map(float), min_size=n, max_size=n))
    table = np.array(rows, dtype=object)
    return table[:, 0], table[:, 1:4], table[:, 4:].astype(float), np.array(w), np.array(y), np.array(by)


def recursion(u, *, strata, units, frames, lonely) -> float:
    """V of one stage, and f times that of the stages inside each of its units (R's recursion)."""
    out = 0.0
    centre = u.sum() / len(set(zip(strata, units[:, 0], strict=True)))
    for stratum in sorted(set(strata)):
        inside = strata == stratum
        labels = sorted(set(units[inside, 0]))
        n, frame = len(labels), frames[inside, 0][0]
        sums = np.array([u[inside & (units[:, 0] == label)].sum() for label in labels])
        if n > 1:
            out += (1 - n / frame) * n / (n - 1) * ((sums - sums.mean()) ** 2).sum()
        elif lonely == "adjust":
            out += (1 - n / frame) * (sums[0] - centre) ** 2
        if units.shape[1] > 1:
            for label in labels:
                at = inside & (units[:, 0] == label)
                one = np.zeros(at.sum(), dtype=int)
                out += (
                    n
                    / frame
                    * recursion(u[at], strata=one, units=units[at, 1:], frames=frames[at, 1:], lonely=lonely)
                )
    return out


@given(staged(), st.sampled_from(["remove", "adjust"]))
def test_errors_equal_the_recursion_written_out(sample, lonely):
    strata, units, frames, w, y, by = sample
    design = SurveyDesign(w, strata=strata, psu=units, fpc=frames, lonely=lonely)
    found = mean(design, y, by=by, vcov=True)
    assert np.allclose(np.diag(found.vcov), found.se**2, atol=1e-12)
    for label in found.domains:
        inside = by == label
        m = (w * y)[inside].sum() / w[inside].sum()
        u = np.where(inside, w * (y - m) / w[inside].sum(), 0)
        expected = recursion(u, strata=strata, units=units, frames=frames, lonely=lonely)
        assert found[label].se ** 2 == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(staged())
def test_covariances_of_columns_reach_every_stage(sample):
    strata, units, frames, w, y, by = sample
    design = SurveyDesign(w, strata=strata, psu=units, fpc=frames, lonely="remove")
    both = total(design, np.column_stack([y, by]))
    assert np.allclose(np.diag(both.vcov), np.square(both.se))
    parts = total(design, y, by=by, vcov=True).contrast(dict.fromkeys(set(by.tolist()), 1))
    assert parts.se**2 == pytest.approx(both.se[0] ** 2, rel=1e-8, abs=1e-8)


@given(staged())
def test_strata_of_a_later_stage_are_nested_in_its_units(sample):
    strata, units, frames, w, y, _ = sample
    columns = np.column_stack([strata, strata, strata])
    with_strata = SurveyDesign(w, strata=columns, psu=units, fpc=frames, lonely="remove")
    without = SurveyDesign(w, strata=strata, psu=units, fpc=frames, lonely="remove")
    assert mean(with_strata, y).se == pytest.approx(mean(without, y).se)
    assert with_strata.df == without.df


@given(staged())
def test_later_stages_add_nothing_without_frames(sample):
    strata, units, frames, w, y, _ = sample
    first = SurveyDesign(w, strata=strata, psu=units[:, 0], lonely="remove")
    every = SurveyDesign(w, strata=strata, psu=units, lonely="remove")
    assert every.structure.further is None
    assert mean(every, y).se == mean(first, y).se
    fewer = SurveyDesign(w, strata=strata, psu=units, fpc=frames[:, :1], lonely="remove")
    endless = np.column_stack([frames[:, 0], np.full((len(w), 2), np.inf)])
    assert fewer.structure.further is None or fewer.structure.further.further is None
    assert (
        mean(fewer, y).se
        == mean(SurveyDesign(w, strata=strata, psu=units, fpc=endless, lonely="remove"), y).se
    )


@given(staged())
def test_a_census_of_every_stage_has_no_error(sample):
    strata, units, frames, w, y, _ = sample
    whole = np.ones_like(frames)
    design = SurveyDesign(w, strata=strata, psu=units, fpc=whole)
    assert mean(design, y).se == 0


@given(staged())
def test_collapsed_strata_carry_their_fraction_to_the_next_stage(sample):
    strata, units, frames, w, y, _ = sample
    design = SurveyDesign(w, strata=strata, psu=units, fpc=frames, lonely="remove")
    if len(set(strata)) == 2:
        sizes = {h: frames[strata == h, 0][0] for h in (0, 1)}
        frames = np.column_stack([np.full(len(w), sum(sizes.values())), frames[:, 1:]])
        expected = SurveyDesign(w, psu=units, fpc=frames, lonely="remove")
        assert mean(design.collapse({1: 0}), y).se == pytest.approx(mean(expected, y).se, abs=1e-12)


def test_each_stage_has_its_own_refusals():
    units = np.array([["a", "x"], ["a", "y"], ["b", "x"], ["b", "x"]])
    design = SurveyDesign([1, 1, 1, 1], psu=units, fpc=np.array([[9, 9], [9, 9], [9, 5], [9, 5]]))
    with pytest.raises(LonelyStratum, match="'b'"):
        mean(design, [1, 2, 3, 4])
    with pytest.raises(FpcTooSmall, match="Got 1 in"):
        SurveyDesign([1, 1, 1, 1], psu=units, fpc=np.array([[9, 1], [9, 1], [9, 5], [9, 5]]))
    strata = np.array([["s", "u"], ["s", "u"], ["s", "u"], ["s", "v"]])
    with pytest.raises(UnnestedPsu, match=r"\('b', 'x'\)"):
        SurveyDesign([1, 1, 1, 1], strata=strata, psu=units, fpc=9)
    with pytest.raises(BadInput, match="at most one column"):
        SurveyDesign([1, 1, 1, 1], strata=strata, psu=units[:, 0])
