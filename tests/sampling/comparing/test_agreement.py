"""Agreement beyond chance: kappa of any number of categories, of several items at once, with its interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import agreement
from sampling.errors import BadInput, TooFew
from sampling.intervals import wilson

CATEGORIES = st.sampled_from("abc")
PAIRS = st.lists(st.tuples(CATEGORIES, CATEGORIES), min_size=1, max_size=40)


def table(*rows: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(rows) for j, n in enumerate(row) for _ in range(n)]


def test_it_is_the_kappa_of_the_paper():
    """Cohen (1960), table 1: proportions of two judges over three categories, of 200; kappa .492."""
    found = agreement.cohen(table((88, 14, 18), (10, 40, 10), (2, 6, 12)))
    assert (found.n, found.share, round(found.chance, 3)) == (200, 0.7, 0.41)
    assert found.kappa == pytest.approx(0.492, abs=0.0005)


@given(PAIRS)
def test_the_limits_hold_what_they_are_about(pairs):
    found = agreement.cohen(pairs)
    assert found.interval == wilson(found.share * found.n, found.n)
    if found.kappa is not None:
        assert found.kappa_interval.low - 1e-9 <= found.kappa <= found.kappa_interval.high + 1e-9 <= 1 + 2e-9


@given(PAIRS, st.permutations("abc"))
def test_other_names_of_the_categories_and_another_order_change_nothing(pairs, names):
    named = dict(zip("abc", names, strict=True))
    renamed = [(named[one], named[other]) for one, other in reversed(pairs)]
    assert agreement.cohen(renamed).kappa == pytest.approx(agreement.cohen(pairs).kappa)


def test_full_agreement_is_1_and_its_interval_isn_t_a_point():
    found = agreement.cohen([("a", "a"), ("b", "b")] * 10)
    assert (found.kappa, found.kappa_interval.high) == (1, 1)
    assert found.kappa_interval.low < 0.8


def test_where_all_is_chance_there_is_no_kappa():
    found = agreement.cohen([("a", "a")] * 5)
    assert (found.share, found.kappa, found.kappa_interval) == (1, None, None)


@given(PAIRS, PAIRS)
def test_together_is_a_mean_over_the_items(one, other):
    found = agreement.together([one, other])
    each = [agreement.cohen(pairs) for pairs in (one, other)]
    assert found.share == pytest.approx(sum(a.share * a.n for a in each) / found.n)
    assert found.chance == pytest.approx(sum(a.chance * a.n for a in each) / found.n)


def test_pairs_of_one_call_tell_no_more_than_a_call():
    items = [table((8, 1), (1, 8))] * 3
    wide = agreement.together(items, calls=18).kappa_interval
    narrow = agreement.together(items).kappa_interval
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(TooFew):
        agreement.cohen([])
    for calls in (0, 3):
        with pytest.raises(BadInput):
            agreement.together([[("a", "a")] * 2], calls=calls)
