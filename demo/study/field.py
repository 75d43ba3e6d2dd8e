"""Fieldwork in an invented city: households issued in random order until enough have answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.study.city import GRIDS, Bools, Floats, Ints, StudyCity


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """One random order of all households (H,), and who of them answers."""

    order: Ints
    answers: Bools
    before: Ints
    """How many of the grid's households answered up to and with this one, in the order."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The households issued and those that completed, as positions in the city."""

    issued: Ints
    completed: Ints

    @property
    def rate(self) -> float:
        """RR1 of the city."""
        return self.completed.size / self.issued.size


def calls(city: StudyCity, *, seed: list[int], strata: Ints | None = None) -> Calls:
    """Return the order in which households would be called; the first n completes are nested in n.

    `strata` (H,) are what is called in an order of its own, the grids if not given.
    """
    random = np.random.default_rng(seed)
    of = city.of if strata is None else strata
    order = np.lexsort((random.random(of.size), of))
    answers = random.random(of.size)[order] < city.chance[order]
    total = np.cumsum(answers)
    begin = np.searchsorted(of[order], np.arange(of.max() + 1))
    held = np.concatenate([[0], total])[begin]
    return Calls(order, answers, total - held[of[order]])


def sample(made: Calls, n: int) -> Sample:
    """Return what was issued until each grid had `n` completes, or all of it."""
    issued = (made.before < n) | ((made.before == n) & made.answers)
    return Sample(made.order[issued], made.order[issued & made.answers])


def listed(city: StudyCity, n: int, *, seed: list[int]) -> Ints:
    """Return `n` of each worker's list, at random: all of them answer."""
    random = np.random.default_rng(seed)
    places = np.flatnonzero(city.listed)
    order = places[np.lexsort((random.random(places.size), city.of[places]))]
    begin = np.searchsorted(city.of[order], np.arange(GRIDS))
    return order[np.arange(order.size) - begin[city.of[order]] < n]


def counted(city: StudyCity, households: Ints, yes: Floats | Bools) -> tuple[Floats, Floats]:
    """Return how many of the households said yes, by grid (G,), and how many there are."""
    of = city.of[households]
    given = np.bincount(of, yes[households], GRIDS).astype(np.float64)
    return given, np.bincount(of, minlength=GRIDS).astype(np.float64)
