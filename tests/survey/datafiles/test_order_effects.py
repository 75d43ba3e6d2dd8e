"""What asking the overall item first does to its answers is recovered from the interviews of a wave."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

import pytest

from survey.datafiles.rules.order_effects import OrderEffect, Row, effects


def interviews(*, early: float, late: float, n: int = 600, seed: int = 7) -> list[Row]:
    """Completes of three strata, halves of which are satisfied with these chances."""
    chance = random.Random(seed)
    found: list[Row] = []
    for number in range(n):
        first = chance.random() < 0.5
        satisfied = chance.random() < (early if first else late)
        asked = "G1" if chance.random() < 0.8 else "G1C"
        found.append(
            {
                "weight": 10.0 + number % 3,
                "stratum": f"G{number % 3}",
                "order_overall": int(first),
                "G1": None,
                "G1C": None,
                asked: 4 if satisfied else 2,
            }
        )
    return found


def of(rows: Sequence[Row]) -> dict[str, OrderEffect]:
    return {each.item: each for each in effects(rows)}


@pytest.mark.parametrize(("early", "late"), [(0.5, 0.75), (0.8, 0.55)])
def test_an_effect_is_found_where_there_is_one(early: float, late: float) -> None:
    found = [of(interviews(early=early, late=late, seed=seed))["G1"] for seed in range(50)]
    assert fmean(each.difference for each in found) == pytest.approx(early - late, abs=0.02)
    assert sum(each.low < early - late < each.high for each in found) >= 44
    assert all(each.is_told_apart for each in found)
    assert all(each.difference == pytest.approx(each.share_early - each.share_late) for each in found)


def test_where_there_is_none_chance_is_told_from_it_as_often_as_the_interval_says() -> None:
    told = [of(interviews(early=0.7, late=0.7, n=200, seed=seed))["G1"].is_told_apart for seed in range(60)]
    assert sum(told) <= 8


def test_each_overall_item_stands_alone_and_counts_its_answers() -> None:
    rows = interviews(early=0.6, late=0.6)
    found = of(rows)
    assert set(found) == {"G1", "G1C"}
    assert found["G1"].early + found["G1"].late == sum(row["G1"] is not None for row in rows)


def test_of_fewer_than_ten_answers_a_half_nothing_is_shown() -> None:
    rows = interviews(early=0.6, late=0.6)
    few = [row for row in rows if row["order_overall"]][:9] + [
        row for row in rows if not row["order_overall"]
    ]
    assert of(few) == {}
    assert effects([]) == ()


def test_who_did_not_complete_or_rate_is_in_neither_half() -> None:
    rows = interviews(early=0.6, late=0.6)
    more: list[Row] = [{**rows[0], "weight": None, "G1": 5}, {**rows[0], "G1": 98, "G1C": None}]
    assert [each.early + each.late for each in effects(rows)] == [
        each.early + each.late for each in effects([*rows, *more])
    ]
