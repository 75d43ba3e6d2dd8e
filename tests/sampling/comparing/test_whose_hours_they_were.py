"""Blame by custody adds up, falls on nobody for silence, and composites keep the asked in the lead."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.comparing.attribution import (
    CustodyCase,
    custody_blame,
    holder_rates,
    overrun,
    unresolved,
)
from sampling.comparing.composite import composed
from sampling.comparing.standardise import case_mix
from sampling.errors import BadInput, NotIdentified

ALLOWED = {"worker": 24.0, "dept:water": 72.0, "dept:urban": 120.0, "unit": 24.0}
HOLDERS = [*ALLOWED, "resident", "pause:weather"]
hours = st.dictionaries(st.sampled_from(HOLDERS), st.floats(0, 500), min_size=1)
closers = st.sampled_from(["", *ALLOWED])
held_cases = st.builds(
    CustodyCase, hours=hours, allowed=st.just(ALLOWED), solved=st.booleans(), closed_by=closers
)


@given(hours, closers)
def test_the_shares_of_an_unsolved_case_add_up_to_one_or_there_are_none(
    held: dict[str, float], closed_by: str
) -> None:
    blame = custody_blame(held, ALLOWED, closed_by=closed_by)
    assert not blame or math.isclose(sum(blame.values()), 1)
    assert not {"resident", "pause:weather"} & set(blame)
    assert bool(blame) == (bool(overrun(held, ALLOWED)) or bool(closed_by))


@given(hours, st.floats(0, 500))
def test_time_with_the_resident_or_paused_moves_no_blame(held: dict[str, float], more: float) -> None:
    longer = {**held, "resident": held.get("resident", 0) + more, "pause:court": more}
    assert custody_blame(longer, ALLOWED, closed_by="worker") == custody_blame(
        held, ALLOWED, closed_by="worker"
    )


@given(st.lists(held_cases, max_size=20), st.integers(0, 6), st.integers(0, 9))
def test_all_blame_adds_up_to_what_is_unresolved(
    cases: list[CustodyCase], called: int, uncalled: int
) -> None:
    strata = [
        CustodyCase(each.hours, each.allowed, each.solved, each.closed_by, "S") if at < called else each
        for at, each in enumerate(cases)
    ]
    silent = {"S": min(called, len(cases)) + uncalled, "T": 3}
    rates = holder_rates(strata, silent=silent)
    total = unresolved(strata, silent=silent)
    assert sum(rate.blame for rate in rates.values()) == pytest.approx(total)
    for rate in rates.values():
        assert rate.value is None or (0 <= rate.low <= rate.value + 1e-12 and rate.value <= rate.high + 1e-12)


def test_an_upstream_delay_leaves_the_worker_alone_and_a_false_closing_does_not() -> None:
    slow = CustodyCase({"worker": 4, "dept:water": 360}, ALLOWED, solved=False)
    closed = CustodyCase({"worker": 4}, ALLOWED, solved=False, closed_by="worker")
    rates = holder_rates([slow, closed])
    assert (rates["worker"].blame, rates["worker"].closed_falsely) == (1, 1)
    assert (rates["dept:water"].blame, rates["dept:water"].closed_falsely) == (1, 0)


def test_who_was_only_touched_by_unsolved_cases_of_others_has_no_rate() -> None:
    rates = holder_rates([CustodyCase({"worker": 4, "dept:water": 360}, ALLOWED, solved=False)])
    assert (rates["worker"].value, rates["worker"].low, rates["dept:water"].value) == (None, None, 0)


def test_the_called_stand_for_the_silent_and_their_limits_hold_the_truth() -> None:
    rng = np.random.default_rng(5)
    silent, called, known = 120, 30, 40
    would = np.arange(silent) < 78
    told = [CustodyCase({"worker": 2}, ALLOWED, solved=at < 30, closed_by="worker") for at in range(known)]
    truth, found = (30 + 78) / (known + silent), []
    for _ in range(300):
        drawn = rng.choice(silent, called, replace=False)
        phoned = [
            CustodyCase({"worker": 2}, ALLOWED, solved=bool(would[at]), closed_by="worker", called="S")
            for at in drawn
        ]
        rate = holder_rates([*told, *phoned], silent={"S": silent})["worker"]
        found.append((rate.value, rate.low <= truth <= rate.high))
    values, held = np.array(found).T
    assert abs(values.mean() - truth) < 3 * values.std() / 300**0.5
    assert held.mean() > 0.95
    # Of all possible draws the spread is the second phase's alone; a holder's own comes on top.
    assert rate.se > values.std()


def test_a_thin_stratum_is_joined_with_the_one_called_least() -> None:
    def phoned(name: str, *, solved: bool) -> CustodyCase:
        return CustodyCase({"worker": 2}, ALLOWED, solved=solved, closed_by="worker", called=name)

    cases = [
        phoned("A", solved=True),
        phoned("B", solved=True),
        phoned("B", solved=False),
        *(phoned("C", solved=True) for _ in range(4)),
    ]
    rate = holder_rates(cases, silent={"A": 5, "B": 4, "C": 4, "D": 0, "E": 3})["worker"]
    # A and E, then B, are one stratum of 12 silent and 3 called; C was called whole.
    assert (rate.confirmed, rate.blame, rate.called) == (pytest.approx(12), pytest.approx(4), 7)


def test_a_single_call_of_several_silent_still_has_limits() -> None:
    one = CustodyCase({"worker": 2}, ALLOWED, solved=True, closed_by="worker", called="A")
    rate = holder_rates([one], silent={"A": 5})["worker"]
    assert (rate.value, rate.high) == (1, 1)
    assert rate.low < 0.25


@pytest.mark.parametrize(
    ("cases", "silent", "fault"),
    [
        ([CustodyCase({"worker": 2}, ALLOWED, True, called="A")], {}, NotIdentified),
        ([CustodyCase({"worker": 2}, ALLOWED, True, called="A")] * 2, {"A": 1}, BadInput),
        ([CustodyCase({"dept:parks": 2}, ALLOWED, False)], {}, BadInput),
        ([CustodyCase({"worker": -1}, ALLOWED, False)], {}, BadInput),
        ([CustodyCase({"worker": math.inf}, ALLOWED, False)], {}, BadInput),
    ],
)
def test_what_cannot_be_shared_out_is_refused(
    cases: list[CustodyCase], silent: dict[str, int], fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        holder_rates(cases, silent=silent)


WEIGHTS = {"satisfaction": 0.55, "confirmed": 0.25, "in_time": 0.2}
PARTS = {"satisfaction": (70.0, 4.0), "confirmed": (50.0, 9.0), "in_time": (90.0, 5.0)}


@given(st.floats(0.5, 1), st.floats(0, 1))
def test_a_score_lies_among_its_parts_and_its_contributions_add_up(lead: float, split: float) -> None:
    rest = 1 - lead
    weights = {"satisfaction": lead, "confirmed": rest * split, "in_time": rest - rest * split}
    found = composed(PARTS, weights=weights)
    assert 50 - 1e-9 <= found.value <= 90 + 1e-9
    assert math.isclose(sum(found.contributions.values()), found.value)


@given(st.floats(0, 0.499))
def test_less_than_half_for_those_who_were_asked_is_refused(lead: float) -> None:
    with pytest.raises(ValueError, match="at least"):
        composed(PARTS, weights={"satisfaction": lead, "confirmed": 0.5 - lead, "in_time": 0.5})


@pytest.mark.parametrize(
    ("parts", "weights"),
    [
        (PARTS, {**WEIGHTS, "in_time": 0.1}),
        (PARTS, {"satisfaction": 1.2, "confirmed": -0.2, "in_time": 0}),
        ({"satisfaction": (70.0, 4.0)}, WEIGHTS),
        ({**PARTS, "in_time": (90.0, -1.0)}, WEIGHTS),
        ({**PARTS, "in_time": (math.nan, 1.0)}, WEIGHTS),
    ],
)
def test_weights_and_parts_that_do_not_fit_are_refused(
    parts: dict[str, tuple[float, float]], weights: dict[str, float]
) -> None:
    with pytest.raises(BadInput):
        composed(parts, weights=weights)


def test_the_same_work_on_harder_cases_is_no_worse() -> None:
    city = [0.9, 0.5]
    easy, hard = case_mix([18, 1], [20, 2], city), case_mix([2, 10], [2, 20], city)
    assert easy.observed / 22 > hard.observed / 22
    assert easy.ratio < hard.ratio
    assert hard.low < hard.ratio < hard.high


@pytest.mark.parametrize(
    ("solved", "n", "rates"),
    [([1], [2], [1.5]), ([3], [2], [0.5]), ([1], [-1], [0.5]), ([0], [2], [0]), ([1, 1], [2], [0.5])],
)
def test_a_mix_that_does_not_fit_is_refused(solved: list[float], n: list[float], rates: list[float]) -> None:
    with pytest.raises(BadInput):
        case_mix(solved, n, rates)
