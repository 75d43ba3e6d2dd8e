"""Differences of published shares have an error of their own; nothing is read from two intervals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.areas.grid_scores import band
from sampling.intervals import newcombe, wilson
from survey.scores.rules.differences import ShownShares, between, of_rows
from survey.scores.rules.release import ScoreRow
from survey.scores.views import plain_language

RATES = {"w1": 1.0, "w2": 0.3}


def row(unit: str, value: float, low: float, high: float, *, wave: str = "w1") -> ScoreRow:
    return ScoreRow(
        wave, "street", unit, f"{unit}街道", "", "overall", "rated", 100, 50, value, low, high,
        value, 1.0, None, "", "A",
    )  # fmt: skip


@given(st.integers(0, 80), st.integers(0, 70))
def test_where_all_answered_it_is_newcombes_interval(k, j):
    limits = [wilson(k, 80), wilson(j, 70)]
    shares = [k / 80, j / 70]
    one, other = (
        ShownShares.of([(p, float(x.low), float(x.high))], response_rate=1.0)
        for p, x in zip(shares, limits, strict=True)
    )
    found, expected = between(one, other), newcombe(k, 80, j, 70)
    assert found.plain.low[0] == pytest.approx(float(expected.low), abs=1e-12)
    assert found.plain.high[0] == pytest.approx(float(expected.high), abs=1e-12)
    assert found.banded.low[0] == found.plain.low[0]


def test_silence_may_be_opposed_in_the_two():
    one, other = (ShownShares.of([(p, p - 0.1, p + 0.1)], response_rate=0.3) for p in (0.6, 0.5))
    found = between(one, other)
    wider = float(band(0.6, 0.3) + band(0.5, 0.3))
    assert found.plain.low[0] - found.banded.low[0] == pytest.approx(wider)
    assert found.banded.high[0] - found.plain.high[0] == pytest.approx(wider)


def test_overlapping_intervals_may_well_be_told_apart():
    found = of_rows(row("a", 0.7, 0.66, 0.74), row("b", 0.63, 0.59, 0.67), rates=RATES)
    assert found is not None
    assert (found.value, found.told_apart) == (0.07, True)
    near = of_rows(row("a", 0.7, 0.6, 0.8), row("b", 0.65, 0.55, 0.75), rates=RATES)
    assert near is not None
    assert not near.told_apart
    assert "在误差以内" in plain_language.difference(near)
    assert "超出误差" in plain_language.difference(found)


def test_only_like_is_held_against_like():
    a = row("a", 0.7, 0.6, 0.8)
    assert of_rows(a, replace(row("b", 0.6, 0.5, 0.7), level="community"), rates=RATES) is None
    assert of_rows(a, replace(row("b", 0.6, 0.5, 0.7), type="old"), rates=RATES) is None
    assert of_rows(a, a, rates=RATES) is None
    assert of_rows(a, replace(row("b", 0.6, 0.5, 0.7), estimate=None), rates=RATES) is None
    assert of_rows(replace(a, wave="w2"), a, rates=RATES) is not None
    assert of_rows(replace(a, wave="w1+w2"), a, rates=RATES) is None
    assert of_rows(replace(a, wave="w9"), a, rates=RATES) is None
