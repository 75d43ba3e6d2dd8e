"""Streets of invented grids whose truth is known, and who of them would answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats, Ints, Bools = NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]

HOUSEHOLDS = 300
GRIDS = 20
"""Of one street."""

OLD = (0.16, 0.36)
"""Share of old households among those who say no and yes."""

ANSWER = (0.25, 0.50)
"""How likely a household answers: not old, old."""

LISTED, FAVOUR = 0.35, 3.0
"""The share that a worker's list holds, and the odds ratio by which a biased list holds yes."""


@dataclass(frozen=True)
class Cell:
    """One kind of survey: answers a grid, true share, likeness within grids, who answers, grids with one."""

    n: int
    p: float
    icc: float
    nonresponse: str
    lonely: float

    @property
    def hidden(self) -> float:
        """The odds ratio of answering between satisfied and others of the same class."""
        return float(self.nonresponse.removeprefix("MNAR ")) if self.nonresponse.startswith("MNAR") else 1.0


@dataclass(frozen=True)
class Survey:
    """Households (G, N) that are satisfied, old, listed, and asked until enough answered: `sampled`."""

    yes: Bools
    old: Bools
    listed: Bools
    biased: Bools
    sampled: Bools
    issued: Bools


def survey(cell: Cell, *, streets: int, rng: np.random.Generator) -> Survey:
    """Return a survey of `streets` streets; the lists of every other street are biased."""
    shape = (streets * GRIDS, HOUSEHOLDS)
    yes = rng.random(shape, dtype=np.float32) < _shares(cell, len_=shape[0], rng=rng)[:, None]
    old = rng.random(shape, dtype=np.float32) < np.where(yes, OLD[1], OLD[0])
    answers = rng.random(shape, dtype=np.float32) < _willing(cell, yes, old)
    wanted = np.where(np.arange(shape[0]) % GRIDS < round(cell.lonely * GRIDS), 1, cell.n)
    place = np.cumsum(answers, axis=1, dtype=np.int16)
    # The households lie in random order already: the first to answer are a random sample of those who would.
    issued = place - answers < wanted[:, None]
    biased = np.arange(streets) % 2 == 1
    return Survey(yes, old, _lists(yes, biased, rng=rng), biased, answers & issued, issued)


def _shares(cell: Cell, *, len_: int, rng: np.random.Generator) -> Floats:
    if not cell.icc:
        return np.full(len_, cell.p)
    scale = 1 / cell.icc - 1
    return rng.beta(cell.p * scale, (1 - cell.p) * scale, len_)


def _willing(cell: Cell, yes: Bools, old: Bools) -> Any:
    if cell.nonresponse == "none":
        return np.ones(1, dtype=np.float32)
    odds = np.array(ANSWER) / (1 - np.array(ANSWER))
    table = odds[:, None] * np.array([1.0, cell.hidden])
    return (table / (1 + table)).astype(np.float32)[old.astype(np.int8), yes.astype(np.int8)]


def _lists(yes: Bools, biased: Bools, *, rng: np.random.Generator) -> Bools:
    odds = LISTED / (1 - LISTED)
    favoured = odds * FAVOUR / (1 + odds * FAVOUR)
    chance = np.where(yes & np.repeat(biased, GRIDS)[:, None], favoured, LISTED)
    return rng.random(yes.shape, dtype=np.float32) < chance
