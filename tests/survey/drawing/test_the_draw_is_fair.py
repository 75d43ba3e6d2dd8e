"""Over twenty thousand keys the draw is what a simple random sample of every stratum must be."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import combinations
from random import Random

import numpy as np
import pytest
from scipy import stats

from survey.drawing import sample
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow

KEYS = [sha256(f"fair {number}".encode()).hexdigest() for number in range(20_000)]
SIZES = {"A": (4, 1), "B": (8, 3), "C": (12, 5)}
CHANCE = Random(4)
FRAME = [
    FrameRow("H" + "".join(CHANCE.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=13)), stratum, "0" * 64)
    for stratum, (units, _n) in SIZES.items()
    for _ in range(units)
]
DESIGN = [DesignRow(stratum, units, n, 2) for stratum, (units, n) in SIZES.items()]
UNITS = {stratum: [row.unit for row in FRAME if row.stratum == stratum] for stratum in SIZES}


@pytest.fixture(scope="module")
def samples() -> list[dict[str, set[str]]]:
    """The sample of every stratum, for every key."""
    found = []
    for key in KEYS:
        drawn: dict[str, set[str]] = {stratum: set() for stratum in SIZES}
        for unit in sample.draw(FRAME, design=DESIGN, key=key):
            drawn[unit.stratum].add(unit.unit)
        found.append(drawn)
    return found


@pytest.mark.parametrize("stratum", SIZES)
def test_every_unit_is_drawn_as_often_as_every_other(samples, stratum):
    units, n = SIZES[stratum]
    times = Counter(unit for each in samples for unit in each[stratum])
    found = np.array([times[unit] for unit in UNITS[stratum]])
    expected = len(KEYS) * n / units
    # Of a sample of fixed size the counts vary by (1 - π) N/(N - 1) of a Poisson's.
    chi = float(((found - expected) ** 2 / expected).sum() / (1 - n / units) * (units - 1) / units)
    assert stats.chi2.sf(chi, units - 1) > 0.001
    assert stats.chi2.cdf(chi, units - 1) > 0.001


@pytest.mark.parametrize("stratum", ["B", "C"])
def test_every_pair_is_drawn_together_as_often_as_every_other(samples, stratum):
    units, n = SIZES[stratum]
    together = Counter(pair for each in samples for pair in combinations(sorted(each[stratum]), 2))
    chance = n * (n - 1) / (units * (units - 1))
    error = np.sqrt(len(KEYS) * chance * (1 - chance))
    pairs = list(combinations(sorted(UNITS[stratum]), 2))
    z = np.array([(together[pair] - len(KEYS) * chance) / error for pair in pairs])
    assert np.abs(z).max() < stats.norm.isf(0.0005 / len(pairs))
    assert 0.5 < z.std() < 1.5


def test_strata_are_drawn_independently(samples):
    one, other = UNITS["B"][0], UNITS["C"][0]
    both = sum(one in each["B"] and other in each["C"] for each in samples)
    chance = 3 / 8 * 5 / 12
    assert abs(both - len(KEYS) * chance) < 4 * np.sqrt(len(KEYS) * chance * (1 - chance))


def test_ranks_have_no_favourites(samples):
    del samples
    first = Counter(sample.draw(FRAME, design=DESIGN, key=key)[1].unit for key in KEYS[:4000])
    found = [first[unit] for unit in UNITS["B"]]
    assert stats.chisquare(found).pvalue > 0.001


def test_the_order_of_the_frame_changes_nothing():
    for key in KEYS[:50]:
        turned = CHANCE.sample(FRAME, len(FRAME))
        assert sample.draw(turned, design=DESIGN, key=key) == sample.draw(FRAME, design=DESIGN, key=key)


def test_a_larger_sample_holds_the_smaller_one():
    for key in KEYS[:50]:
        larger = [DesignRow(row.stratum, row.units, row.sample + 1, row.replicate) for row in DESIGN]
        small = {unit.unit for unit in sample.draw(FRAME, design=DESIGN, key=key)}
        assert small < {unit.unit for unit in sample.draw(FRAME, design=larger, key=key)}
        assert small < {unit.unit for unit in sample.draw(FRAME, design=DESIGN, key=key, replicates=1)}


def test_a_unit_more_displaces_one_at_most():
    more = [*FRAME, FrameRow("H0000000000000", "B", "0" * 64)]
    wider = [
        DesignRow(row.stratum, row.units + (row.stratum == "B"), row.sample, row.replicate) for row in DESIGN
    ]
    for key in KEYS[:200]:
        before = {unit.unit for unit in sample.draw(FRAME, design=DESIGN, key=key)}
        after = {unit.unit for unit in sample.draw(more, design=wider, key=key)}
        assert len(before - after) <= 1
        assert after - before <= {"H0000000000000"}
