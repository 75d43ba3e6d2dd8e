"""An invented city: 400 grids, everybody in them, what each would answer, and who listed whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

GRIDS, STREETS, LIST = 400, 20, 50
TYPE_P = (0.30, 0.30, 0.20, 0.20)
"""Old estate, commodity housing, fringe, mixed."""

AGES = np.array([[0.18, 0.37, 0.45], [0.30, 0.48, 0.22], [0.42, 0.42, 0.16], [0.36, 0.46, 0.18]])
OWNERS = np.array([0.72, 0.75, 0.32, 0.50])
HOUSEHOLDS = (300, 1500)
ALIKE = 25
"""How much the mixes of grids of one type resemble each other: parameters of Dirichlet and beta."""

MEAN, CONTACT, DISTORTING, ACQUAINTED = 0.85, 0.18, 0.63, 0.5
AGE = np.array([-0.35, 0.0, 0.45])
RENTER, NO_PHONE, CONTACTED, AMPLIFIED = -0.45, -0.35, -0.15, 0.6
NO_PHONE_P, NO_PHONE_RENTER = np.array([0.10, 0.06, 0.22]), 0.10
CUTS = (-2.0, -0.9, 0.0, 1.6)
ASKED = 2.8
RATES = np.array([0.30, 0.08, 0.04, 0.07, 0.22])
"""Chance to rate by QR, by answer, for people who had contact."""


@dataclass(frozen=True, slots=True)
class World:
    """What differs between scenarios; the standard deviations are those of effects on the latent scale."""

    types: tuple[float, ...] = (-0.15, 0.30, -0.45, 0.05)
    worker: float = 0.35
    department: float = 0.25
    grid: float = 0.10
    intercept: float = -0.85
    hidden: float = 0.15
    distorting: float = DISTORTING
    solicit: float = 0.5
    length: int = LIST
    """Households on each worker's list."""


SCENARIOS = {
    "base": World(),
    "mnar0": World(hidden=0.0),
    "mnar40": World(hidden=0.4),
    "lowresp": World(intercept=-1.9),
    "nodistort": World(distorting=0.0),
    "solicit_heavy": World(solicit=1.2),
    "flat": World(types=(-0.06, 0.12, -0.18, 0.02), worker=0.15, department=0.10, grid=0.05),
}


@dataclass(frozen=True, slots=True, eq=False)
class StudyCity:
    """Grids (G,) and households (H,), ordered by grid; `theta` (G,) is the truth.

    `of` is a household's grid, `cell` its class of age, tenure and telephone (12), `chance` that of answering
    when called, `satisfied` its true answer; `listed` and `told` are the worker's list and what its people
    say when the list is called; `rated` are those who rate by QR. What made them so
    are the effects of each grid's `worker` and `department` (G,), and of each household `base`, `contact` and
    `noise` (H,).
    """

    type: Ints
    size: Ints
    theta: Floats
    complaints: Ints
    of: Ints
    cell: Ints
    chance: Floats
    satisfied: Bools
    listed: Bools
    told: Bools
    rated: Bools
    worker: Floats
    department: Floats
    base: Floats
    contact: Bools
    noise: Floats


def build(world: World, *, seed: list[int]) -> StudyCity:
    """Return a city of `world`; equal seeds give equal cities."""
    random = np.random.default_rng(seed)
    kind = random.choice(4, GRIDS, p=TYPE_P)
    size = random.integers(*HOUSEHOLDS, GRIDS, endpoint=True)
    of = np.repeat(np.arange(GRIDS), size)
    worker = random.normal(0, world.worker, GRIDS)
    served = random.normal(0, world.department, STREETS)[np.arange(GRIDS) % STREETS]
    own = random.normal(0, world.grid, GRIDS)
    age, renter, silent, contact = _people(random, kind, of)
    base = MEAN + np.array(world.types)[kind][of] + AGE[age] + RENTER * renter + NO_PHONE * silent
    felt = (1 + AMPLIFIED * contact) * (worker + served)[of]
    noise = random.logistic(size=of.size)
    latent = base + felt + own[of] + CONTACTED * contact + noise
    satisfied = latent > 0
    lam, kappa = _habits(random, world)
    liking = lam[of] * satisfied + 0.5 * (age == 2) - 0.5 * renter - silent + ACQUAINTED * contact
    listed = _listed(random, of, liking, length=world.length)
    answer = (latent[:, None] > np.array(CUTS)).sum(axis=1)
    rating = np.maximum(RATES[answer] * contact, world.solicit * lam[of] / ASKED * (listed & satisfied))
    effect = np.array(world.types)[kind]
    unrest = -0.9 * (worker + served) - 0.4 * effect + random.normal(0, 0.35, GRIDS)
    logit = world.intercept + np.array([-0.55, 0, 0.55])[age] - 0.45 * renter - 0.80 * silent
    return StudyCity(
        type=kind,
        size=size,
        theta=np.bincount(of, satisfied, GRIDS) / size,
        complaints=random.poisson(0.06 * size * np.exp(unrest)),
        of=of,
        cell=age * 4 + renter * 2 + silent,
        chance=1 / (1 + np.exp(-(logit + world.hidden * (satisfied - 0.7)))),
        satisfied=satisfied,
        listed=listed,
        told=satisfied | (random.random(of.size) < kappa[of]),
        rated=random.random(of.size) < rating,
        worker=worker,
        department=served,
        base=base,
        contact=contact > 0,
        noise=noise,
    )


def _people(random: np.random.Generator, kind: Ints, of: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Age group, renting, no telephone, contact with the worker: each 0, 1 (or 2), by household."""
    shares = np.array([random.dirichlet(ALIKE * AGES[each]) for each in kind]).cumsum(axis=1)
    age = (random.random(of.size)[:, None] > shares[of, :2]).sum(axis=1)
    owners = random.beta(ALIKE * OWNERS[kind], ALIKE * (1 - OWNERS[kind])).clip(0.05, 0.95)
    renter = random.random(of.size) > owners[of]
    silent = random.random(of.size) < NO_PHONE_P[age] + NO_PHONE_RENTER * renter
    contact = random.random(of.size) < CONTACT
    return age, renter.astype(np.int64), silent.astype(np.int64), contact.astype(np.int64)


def _habits(random: np.random.Generator, world: World) -> tuple[Floats, Floats]:
    """How strongly each worker lists the satisfied, and how often a listed dissatisfied one says yes."""
    distorts = random.random(GRIDS) < world.distorting
    return distorts * random.uniform(0.8, ASKED, GRIDS), distorts * random.uniform(0, 0.35, GRIDS)


def _listed(random: np.random.Generator, of: Ints, liking: Floats, *, length: int) -> Bools:
    """So many of each grid whom the worker likes best, with some chance in it."""
    order = np.lexsort((-(liking + random.gumbel(size=of.size)), of))
    begin = np.searchsorted(of, np.arange(GRIDS))
    place = np.arange(of.size) - begin[of[order]]
    chosen = np.zeros(of.size, dtype=bool)
    chosen[order[place < length]] = True
    return chosen


def later(city: StudyCity, *, hidden: float, seed: list[int]) -> StudyCity:
    """Return the city some months on: people change their minds, in some streets more than in others."""
    random = np.random.default_rng(seed)
    better = random.uniform(0, 0.25, STREETS)[np.arange(GRIDS) % STREETS]
    worse = random.uniform(0, 0.15, GRIDS)
    luck = random.random(city.of.size)
    satisfied = np.where(city.satisfied, luck > worse[city.of], luck < better[city.of])
    logit = np.log(city.chance / (1 - city.chance)) + hidden * (satisfied.astype(float) - city.satisfied)
    return replace(
        city,
        satisfied=satisfied,
        chance=1 / (1 + np.exp(-logit)),
        theta=np.bincount(city.of, satisfied, GRIDS) / city.size,
    )
