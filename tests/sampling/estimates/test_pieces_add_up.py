"""A sample read in pieces gives what it gives whole."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean
from sampling.errors import BadInput, EmptyDomain, FpcTooSmall, LonelyStratum
from sampling.estimates.pieces import Sums, sums
from sampling.weights.calibration import poststratify
from tests.sampling.samples import samples


@given(samples(), st.data(), st.sampled_from(["remove", "adjust"]), st.sampled_from([0.0, 7.0]))
def test_pieces_add_up_to_the_whole(sample, data, lonely, shift):
    units = sample.psu or [str(row) for row in range(len(sample.w))]
    piece = {unit: data.draw(st.integers(0, 2)) for unit in sorted(set(units))}
    pieces = []
    for number in sorted(set(piece.values())):
        rows = [row for row, unit in enumerate(units) if piece[unit] == number]
        design = SurveyDesign(
            [sample.w[row] for row in rows],
            strata=[sample.strata[row] for row in rows],
            psu=[units[row] for row in rows],
        )
        y, by = ([column[row] for row in rows] for column in (sample.y, sample.by))
        pieces.append(sums(design, y, by=by, shift=shift))
    whole = mean(sample.design(lonely=lonely), sample.y, by=sample.by)
    for joined in (reduce(add, pieces), reduce(add, pieces[::-1])):
        found = joined.mean(frame=sample.frame, lonely=lonely)
        assert found.domains == whole.domains
        assert np.allclose(found.value, whole.value, atol=1e-9)
        assert np.allclose(found.se**2, whole.se**2, rtol=1e-8, atol=1e-8)
        assert (found.df.tolist(), found.n.tolist()) == (whole.df.tolist(), whole.n.tolist())
        told = whole.se > 1e-3
        assert np.allclose(found.deff[told], whole.deff[told], rtol=1e-5, equal_nan=True)


@given(samples(clustered=False))
def test_one_piece_is_the_whole(sample):
    design = sample.design(lonely="remove")
    found = sums(design, sample.y).mean(frame=sample.frame, lonely="remove")
    assert found.value[0] == pytest.approx(mean(design, sample.y).value, abs=1e-9)
    endless = sums(design, sample.y).mean(lonely="remove")
    assert endless.se[0] ** 2 >= found.se[0] ** 2 - 1e-9
    assert dict(sums(design, sample.y).sampled) == Counter(sample.strata)


def test_sums_refuse_what_the_whole_would():
    whole = sums(SurveyDesign([1, 1, 1], strata=list("AAB")), [1, 2, 3])
    with pytest.raises(LonelyStratum, match="'B'") as refusal:
        whole.mean()
    assert refusal.value.items == ("B",)
    assert whole.mean(frame={"A": 9, "B": 1}).n.tolist() == [3]
    with pytest.raises(FpcTooSmall, match="'A'"):
        whole.mean(frame={"A": 1, "B": 1})
    with pytest.raises(BadInput, match=r"every stratum\. See 'B'"):
        whole.mean(frame={"A": 9})
    with pytest.raises(BadInput, match="'lonely'"):
        whole.mean(lonely="average")
    with pytest.raises(BadInput, match="'shift'"):
        whole + sums(SurveyDesign([1, 1]), [1, 2], shift=3)
    with pytest.raises(EmptyDomain):
        Sums({}, {}, 0.0).mean()
    calibrated = poststratify(SurveyDesign([1, 1]), list("ab"), {"a": 2, "b": 3})
    staged = SurveyDesign([1, 1], psu=np.array([[1, 1], [2, 1]]), fpc=np.array([[3, 2], [3, 2]]))
    for design in (calibrated, staged):
        with pytest.raises(BadInput, match="one stage and no calibrated weights"):
            sums(design, [1, 2])
