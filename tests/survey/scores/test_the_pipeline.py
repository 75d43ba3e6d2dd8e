"""One way makes every figure: weights by outside margins, calibrated shares, a model for grids, a band."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.areas.grid_scores import band
from survey.scores.rules.columns import LEFT_OUT, NOT, SATISFIED, UNKNOWN, UNRATED, Completes, Frame, Margin
from survey.scores.rules.joining import joined, united
from survey.scores.rules.pipeline import (
    ALL,
    CITY,
    COMMUNITY,
    GRID,
    MODELLED,
    OWN,
    RATED,
    STREET,
    Terms,
    figures,
)
from survey.scores.rules.weighting import RARE, weighted
from tests.sampling.tables import document, table

ROWS, POPULATION, EXPECTED = (
    table("margins_rows.csv"),
    document("data/margins_population.json"),
    document("margins_expected.json"),
)
GRIDS = sorted(POPULATION["grid"])
DENS = {"overall": (RATED, ALL)}


def plain_frame(households, *, street=None, kind=None, grid=None, chains=None) -> Frame:
    grid = np.arange(len(households)) if grid is None else np.array(grid)
    size = int(grid.max()) + 1
    street = np.zeros(size, dtype=np.int64) if street is None else np.array(street)
    kind = np.zeros(size, dtype=np.int64) if kind is None else np.array(kind)
    keys = sorted(set(zip(street.tolist(), kind.tolist(), strict=True)))
    made = [np.flatnonzero((street == s) & (kind == t)) for s, t in keys]
    return Frame(
        households=np.array(households),
        grid=grid,
        community=street,
        street=street,
        type=kind,
        chains=made if chains is None else chains,
    )


def answered(strata, values, **categories) -> Completes:
    return Completes(
        np.array(strata), {"overall": np.array(values)}, {k: np.array(v) for k, v in categories.items()}
    )


def rows(made, level, den=RATED):
    return [row for row in made.rows if (row.level, row.den) == (level, den)]


@pytest.fixture(scope="module")
def reference():
    """The 36 grids of the reference, their frame, completes and margins."""
    of = {grid: place for place, grid in enumerate(GRIDS)}
    strata = np.array([of[grid] for grid in ROWS["grid"].tolist()])
    street = np.zeros(len(GRIDS), dtype=np.int64)
    street[strata] = [int(name[1:]) for name in ROWS["street"].tolist()]
    frame = plain_frame([POPULATION["grid"][grid] for grid in GRIDS], street=street)
    names = {name: sorted(POPULATION[name]) for name in ("age", "tenure", "phone")}
    codes = {name: [names[name].index(label) for label in ROWS[name].tolist()] for name in names}
    values = np.where(ROWS["rated"] == 0, UNRATED, np.where(ROWS["satisfied"] == 1, SATISFIED, NOT))
    margins = [
        Margin(name, np.array([POPULATION[name][label] for label in labels]))
        for name, labels in names.items()
    ]
    return frame, answered(strata, values, **codes), margins


def test_weights_are_those_of_r(reference):
    frame, completes, margins = reference
    made = weighted(frame, completes, margins)
    assert made.margins == ("age", "tenure", "phone")
    assert np.allclose(made.design.weights, EXPECTED["weights"], rtol=1e-8)


@pytest.mark.parametrize("den", [RATED, ALL])
def test_streets_and_the_city_are_those_of_r_with_their_errors(reference, den):
    frame, completes, margins = reference
    made = figures(frame, completes, Terms(0.3, margins), dens=DENS)
    city, streets = EXPECTED[f"city_{den}"], EXPECTED[f"street_{den}"]
    assert [row.value for row in rows(made, CITY, den)] == pytest.approx([city["est"]], rel=1e-8)
    assert [row.se for row in rows(made, CITY, den)] == pytest.approx([city["se"]], rel=1e-8)
    assert [row.value for row in rows(made, STREET, den)] == pytest.approx(streets["est"], rel=1e-8)
    assert [row.se for row in rows(made, STREET, den)] == pytest.approx(streets["se"], rel=1e-8)


def test_without_margins_who_answers_is_not_corrected_for(reference):
    frame, completes, _ = reference
    made = figures(frame, completes, Terms(0.3), dens=DENS)
    assert made.weights.margins == ()
    expected = EXPECTED["city_unweighted_for_who_answers"]
    assert rows(made, CITY)[0].value == pytest.approx(expected["est"], rel=1e-9)


def test_who_did_not_tell_an_age_keeps_the_factor_1_and_everybody_still_adds_up(reference):
    frame, completes, margins = reference
    silent = np.arange(len(completes.stratum)) % 9 == 0
    ages = np.where(silent, UNKNOWN, completes.categories["age"])
    told = replace(completes, categories={**completes.categories, "age": ages})
    raked = weighted(frame, told, margins).design.weights
    before = weighted(frame, completes).design.weights
    assert np.allclose(raked[silent], before[silent], rtol=1e-8)
    assert not np.allclose(raked[~silent], before[~silent], rtol=1e-2)
    held = np.bincount(completes.stratum, raked)
    assert np.allclose(held, frame.households, rtol=1e-8)


def test_a_rare_category_is_merged_with_its_neighbour_and_a_margin_with_one_left_is_dropped():
    strata = np.arange(80) % 2
    few = np.array([0] * (RARE - 1) + [1] * (80 - RARE + 1))
    age = np.array([0] * 30 + [1] * 5 + [2] * 45)
    completes = answered(strata, np.ones(80, dtype=int), age=age, phone=few)
    frame = plain_frame([400, 600])
    margins = [Margin("age", np.array([500, 100, 400])), Margin("phone", np.array([100, 900]))]
    made = weighted(frame, completes, margins)
    assert (made.margins, made.dropped) == (("age",), ("phone",))
    by_age = np.bincount(age, made.design.weights)
    assert by_age[0] == pytest.approx(500)
    assert by_age[1:].sum() == pytest.approx(500)


def test_a_margin_that_no_weights_meet_is_dropped_and_named():
    strata = np.repeat([0, 1], 40)
    age = np.array([0] * 40 + [1] * 40)
    completes = answered(strata, np.ones(80, dtype=int), tenure=np.arange(80) % 2, age=age)
    margins = [Margin("tenure", np.array([300, 700])), Margin("age", np.array([500, 500]))]
    made = weighted(plain_frame([400, 600]), completes, margins)
    assert (made.margins, made.dropped) == (("tenure",), ("age",))


@given(st.data())
def test_no_stratum_stands_with_one_answer_where_its_chain_has_more(data):
    size = data.draw(st.integers(1, 12))
    grid = data.draw(st.lists(st.integers(0, size - 1), min_size=0, max_size=6)) + list(range(size))
    street = data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    frame = plain_frame([100] * len(grid), street=street, grid=grid)
    held = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(grid), max_size=len(grid))))
    group = joined(frame, held)
    streets = np.array(street)[frame.grid]
    for one in set(group.tolist()):
        inside = group == one
        assert len(set(streets[inside].tolist())) == 1
        whole = held[streets == streets[inside][0]].sum()
        assert held[inside].sum() >= min(2, whole)
    assert (united(group, np.arange(len(grid))) == united(np.arange(len(grid)), group)).all()


def test_a_stratum_that_has_enough_stays_alone():
    frame = plain_frame([100] * 4)
    assert joined(frame, np.array([3, 2, 1, 5])).tolist() == [0, 1, 2, 2]
    assert joined(frame, np.array([3, 2, 5, 1])).tolist() == [0, 1, 2, 2]
    assert joined(frame, np.array([0, 1, 0, 0])).tolist() == [0, 0, 0, 0]


def test_the_two_strata_of_a_grid_join_before_its_neighbour_does():
    frame = plain_frame([50, 450, 300], grid=[0, 0, 1])
    assert joined(frame, np.array([1, 9, 5])).tolist() == [0, 0, 2]


def test_a_grid_without_an_answer_is_missing_from_what_is_covered():
    """Grids of 500 and 2,000 households: of the larger nobody answered."""
    completes = answered([0] * 12, [1] * 8 + [0] * 4)
    made = figures(plain_frame([500, 2000]), completes, Terms(0.3), dens=DENS)
    street = rows(made, STREET)[0]
    assert street.covered == pytest.approx(0.2)
    assert [row.place for row in rows(made, GRID)] == [0]


def test_one_answer_for_two_thousand_households_says_next_to_nothing():
    made = figures(plain_frame([2000]), answered([0], [1]), Terms(0.3), dens=DENS)
    city = rows(made, CITY)[0]
    assert city.high - city.low > 0.9
    assert city.low < 0.05


def test_where_all_agree_there_is_width_all_the_same():
    made = figures(plain_frame([300] * 3), answered(np.repeat([0, 1, 2], 8), [1] * 24), Terms(0.3), dens=DENS)
    for row in made.rows:
        assert row.high == 1
        assert row.low < 0.9


def test_ten_of_ten_is_inside_the_funnel_at_95_in_a_hundred():
    values = [1] * 10 + ([1] * 19 + [0]) * 13
    strata = [0] * 10 + list(np.repeat(np.arange(1, 14), 20))
    made = figures(plain_frame([900] * 14), answered(strata, values), Terms(0.3), dens=DENS)
    assert {row.position for row in rows(made, GRID)} == {"inside"}


def test_below_twelve_grids_a_grid_has_its_own_figure_and_says_so():
    values = [1, 1, 0, 1] * 3
    few = figures(plain_frame([300] * 3), answered(np.repeat([0, 1, 2], 4), values), Terms(0.3), dens=DENS)
    assert {row.method for row in rows(few, GRID)} == {OWN}
    many = figures(
        plain_frame([300] * 14),
        answered(np.repeat(np.arange(14), 4), [1, 1, 0, 1] * 14),
        Terms(0.3),
        dens=DENS,
    )
    found = rows(many, GRID)
    assert {row.method for row in found} == {MODELLED}
    assert all(row.direct == pytest.approx(0.75) and 0 <= row.gamma <= 1 for row in found)


def test_the_headline_allows_for_silence_at_every_level(reference):
    frame, completes, margins = reference
    made = figures(frame, completes, Terms(0.3, margins), dens=DENS)
    assert {row.level for row in made.rows} == {CITY, STREET, COMMUNITY, GRID}
    for row in made.rows:
        half = float(band(row.value, 0.3))
        assert row.low == pytest.approx(max(0, row.plain_low - half))
        assert row.high == pytest.approx(min(1, row.plain_high + half))


def test_a_refusal_counts_in_neither_denominator_and_do_not_know_in_all_of_them():
    values = [SATISFIED] * 6 + [NOT] * 2 + [UNRATED] * 2 + [LEFT_OUT] * 5
    made = figures(plain_frame([300]), answered([0] * 15, values), Terms(0.3), dens=DENS)
    assert (rows(made, CITY)[0].n, rows(made, CITY)[0].value) == (8, pytest.approx(6 / 8))
    assert (rows(made, CITY, ALL)[0].n, rows(made, CITY, ALL)[0].value) == (10, pytest.approx(6 / 10))


def test_an_item_that_nobody_answered_has_no_figure():
    made = figures(plain_frame([300]), answered([0, 0], [UNRATED, LEFT_OUT]), Terms(0.3), dens=DENS)
    assert {(row.level, row.den) for row in made.rows} == {
        (level, ALL) for level in (CITY, STREET, COMMUNITY, GRID)
    }


@given(st.permutations(range(30)))
def test_the_order_of_the_completes_does_not_matter(order):
    strata = np.repeat([0, 1, 2], 10)
    values = np.arange(30) % 3 % 2
    frame = plain_frame([300, 400, 500], street=[0, 0, 1])
    one = figures(frame, answered(strata, values), Terms(0.3), dens=DENS)
    other = figures(frame, answered(strata[list(order)], values[list(order)]), Terms(0.3), dens=DENS)
    for first, second in zip(one.rows, other.rows, strict=True):
        assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high))
