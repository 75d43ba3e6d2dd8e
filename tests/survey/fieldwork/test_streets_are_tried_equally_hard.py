"""Streets beside each other, by how often those were tried whom nobody reached."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.rules.effort_audit import LEAST_SHOWN, audit

COUNTS = st.dictionaries(st.integers(0, 9), st.integers(1, 60), max_size=6).map(Counter)


def test_the_figures_are_pearsons():
    found = audit({"A": Counter({5: 10, 6: 30}), "B": Counter({5: 20, 6: 20})})
    assert found.chi_square == pytest.approx(16 / 3)
    assert (found.freedom, found.p) == (1, pytest.approx(0.020921, abs=1e-6))
    assert [(each.street, each.households, each.mean) for each in found.streets] == [
        ("A", 40, 5.75),
        ("B", 40, 5.5),
    ]


def test_rare_numbers_of_attempts_are_taken_together():
    found = audit({"A": Counter({1: 1, 2: 1, 5: 10, 6: 30}), "B": Counter({1: 2, 5: 20, 6: 20, 9: 1})})
    assert found.freedom == 1


def test_few_households_are_neither_described_nor_compared():
    found = audit({"A": Counter({6: 40, 5: 40}), "B": Counter({6: LEAST_SHOWN - 1})})
    assert [each.mean is None for each in found.streets] == [False, True]
    assert found.p is None


@given(st.dictionaries(st.sampled_from("ABCD"), COUNTS))
def test_any_counts_have_an_answer(counts):
    found = audit(counts)
    assert found.p is None or 0 <= found.p <= 1
    assert len(found.streets) == len(counts)


@given(COUNTS.filter(lambda counts: counts.total() > 0))
def test_streets_alike_never_differ(counts):
    found = audit({"A": counts, "B": counts})
    assert found.p is None or found.p == pytest.approx(1)
