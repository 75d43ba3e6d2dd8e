"""Elders without a telephone are heard in a second phase, and the mean is everybody's again."""

from __future__ import annotations

import numpy as np
import pytest

from sampling.errors import BadInput, NotIdentified, TooFew
from sampling.estimates.two_phase import FirstPhase, combined

GRIDS, HOMES, DRAWN, TRIES = 40, 300, 30, 400
REACHED, DEAD = 0.80, 0.50
"""How content those are whom a telephone reaches, and those whom none does."""


def city(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Homes of each grid: whether their number is dead, from 5 to 25 % of a grid, and whether content."""
    dead = rng.random((GRIDS, HOMES)) < np.linspace(0.05, 0.25, GRIDS)[:, None]
    return dead, rng.random((GRIDS, HOMES)) < np.where(dead, DEAD, REACHED)


def wave(
    rng: np.random.Generator, dead: np.ndarray, content: np.ndarray
) -> tuple[list[FirstPhase], np.ndarray, np.ndarray, np.ndarray]:
    """Draw each grid, and of its dead numbers every other one again."""
    strata, reached, met, where = [], [], [], []
    for grid in range(GRIDS):
        drawn = rng.choice(HOMES, DRAWN, replace=False)
        lost = drawn[dead[grid, drawn]]
        again = rng.permutation(lost)[: -(-len(lost) // 2)]
        strata.append(FirstPhase(HOMES, DRAWN, len(lost)))
        reached.append(content[grid, drawn[~dead[grid, drawn]]])
        met.append(content[grid, again])
        where += [grid] * len(again)
    return strata, np.concatenate(reached).astype(float), np.concatenate(met), np.array(where)


@pytest.fixture(scope="module")
def tries() -> tuple[float, np.ndarray, np.ndarray]:
    """The truth of a city, and of many waves the estimate, its error, and the telephone's alone."""
    rng = np.random.default_rng(20261128)
    dead, content = city(rng)
    rows = []
    for _ in range(TRIES):
        strata, reached, met, where = wave(rng, dead, content)
        own = reached.mean()
        se = (own * (1 - own) / len(reached) * (1 - DRAWN / HOMES)) ** 0.5
        found = combined(strata, telephone=own, telephone_se=se, values=met, stratum=where)
        rows.append((found.value, found.se, own, found.low <= content.mean() <= found.high))
    return float(content.mean()), np.array(rows)[:, :3], np.array(rows)[:, 3]


def test_weights_of_two_phases_recover_the_truth(tries: tuple[float, np.ndarray, np.ndarray]) -> None:
    truth, rows, _held = tries
    value, _se, telephone = rows.mean(axis=0)
    error = rows[:, 0].std() / TRIES**0.5
    assert abs(value - truth) < 3 * error
    # The telephone alone is wrong by the share of the dead times how far they lie below.
    assert telephone - truth == pytest.approx(0.15 * (REACHED - DEAD), abs=0.01)


def test_the_error_is_what_repeating_the_wave_shows(tries: tuple[float, np.ndarray, np.ndarray]) -> None:
    _truth, rows, held = tries
    assert rows[:, 1].mean() == pytest.approx(rows[:, 0].std(), rel=0.15)
    assert 0.92 < held.mean() <= 0.99


def test_each_part_of_the_variance_is_told() -> None:
    found = combined(
        [FirstPhase(1000, 100, 20)], telephone=0.8, telephone_se=0.04, values=[0, 1, 0, 0, 1], stratum=[0] * 5
    )
    assert (found.dead, found.met) == (0.2, pytest.approx(0.4))
    assert found.parts == pytest.approx((0.64 * 0.0016, 0.04 * 0.06, 0.16 * 0.9 * 0.16 / 99))
    assert found.se**2 == pytest.approx(sum(found.parts))


def test_a_weight_of_the_second_phase_is_the_first_times_dead_over_met() -> None:
    assert FirstPhase(1000, 100, 20).second_weight(5) == 10 * 20 / 5
    for met in (0, 21):
        with pytest.raises(BadInput):
            FirstPhase(1000, 100, 20).second_weight(met)


@pytest.mark.parametrize(
    ("strata", "values", "stratum", "fault"),
    [
        ([FirstPhase(10, 20, 5)], [0, 1], [0, 0], BadInput),
        ([FirstPhase(100, 20, 0)], [0, 1], [0, 0], NotIdentified),
        ([FirstPhase(100, 20, 5)], [0, 1], [0], BadInput),
        ([FirstPhase(100, 20, 5)], [1], [0], TooFew),
        ([FirstPhase(100, 20, 5)], [1, 4], [0, 0], BadInput),
        ([FirstPhase(100, 20, 5)], [0, 1], [0, 1], BadInput),
        ([FirstPhase(100, 20, 1)], [0, 1], [0, 0], BadInput),
    ],
)
def test_what_does_not_fit_is_refused(
    strata: list[FirstPhase], values: list[int], stratum: list[int], fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        combined(strata, telephone=0.8, telephone_se=0.04, values=values, stratum=stratum)
