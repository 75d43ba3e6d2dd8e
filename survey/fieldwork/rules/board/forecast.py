"""How many interviews a field will have, and when it is done, if it goes on at its pace.

The open households are played through the days that are left, many times: each is tried at most once a day,
those with fewer attempts first; how often an attempt becomes an interview, or ends the case otherwise, is
drawn from what attempts of that number came to so far, and how much is dialled in a day from the days so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

PATHS = 400
SHARE = 80
"""Percent of the futures that lie within the interval."""
EARLIEST = 20
"""With fewer attempts nothing is forecast."""
FIRSTS = np.geomspace(0.005, 0.8, 60)
STEADY = np.geomspace(1.0, 100.0, 24)
"""What a first attempt may yield, and how steadily later ones do: the k-th yields first * s / (s + k - 1).

That is how households of unlike willingness behave (a beta-geometric law): the willing are gone first."""
WORTH = 1000.0
"""Attempts that this law counts for beside what an attempt of that number was seen to yield."""
USUAL_SPREAD, USUAL_DAYS = 0.1, 2.0
"""How much days differ, before anything is seen of them, and how many days that counts for."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TriedSoFar:
    """Of attempts of one number: how many were made, became an interview, ended the case otherwise."""

    dials: int = 0
    completes: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class FieldDay:
    """A day of the field: how many hours its windows are open, and what was dialled if it is over."""

    day: date
    hours: float
    dials: int = 0


@dataclass(frozen=True, slots=True)
class FieldSoFar:
    """Where the calls stand.

    `waiting` are the open households by attempts made, from none on; `tried` by number of the attempt, from
    the first on; `past` are the days on which was dialled, `ahead` those to come, today's rest first.
    """

    completes: int
    waiting: Sequence[int]
    tried: Sequence[TriedSoFar]
    past: Sequence[FieldDay]
    ahead: Sequence[FieldDay]


@dataclass(frozen=True, slots=True)
class Between:
    """The middle of the futures, and what four of five of them lie between."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class FieldForecast:
    """What comes of the field: interviews in all, households left open at its end, and when it is done.

    `done` are the days by which it is done in a tenth, half and nine tenths of the futures, None where it
    isn't within the days ahead; `sure` is the share of the futures in which it is.
    """

    completes: Between
    left: Between
    done: tuple[date | None, date | None, date | None]
    sure: float


def forecast(so_far: FieldSoFar, *, seed: int, paths: int = PATHS) -> FieldForecast | None:
    """Return the forecast; None where too little was dialled."""
    if sum(each.dials for each in so_far.tried) < EARLIEST or not so_far.past:
        return None
    chance = np.random.default_rng(seed)
    levels = max(len(so_far.waiting), len(so_far.tried))
    yields, ends = _yields(so_far.tried, levels, chance=chance, paths=paths)
    pace = _pace(so_far.past, len(so_far.ahead), chance=chance, paths=paths)
    waiting = np.zeros((levels, paths), dtype=np.int64)
    waiting[: len(so_far.waiting)] = np.array(so_far.waiting, dtype=np.int64)[:, None]
    gained = np.zeros(paths, dtype=np.int64)
    done = np.full(paths, len(so_far.ahead))
    for index, each in enumerate(so_far.ahead):
        can = np.rint(pace[index] * each.hours).astype(np.int64)
        gained += _day(waiting, can, yields=yields, ends=ends, chance=chance)
        done = np.where((done == len(so_far.ahead)) & (waiting.sum(axis=0) == 0), index, done)
    return FieldForecast(
        _between(so_far.completes + gained),
        _between(waiting.sum(axis=0)),
        _days(done, so_far.ahead),
        float((done < len(so_far.ahead)).mean()),
    )


def _day(waiting: Whole, can: Whole, *, yields: Floats, ends: Floats, chance: np.random.Generator) -> Whole:
    """Play one day: `waiting` (levels, paths) is changed; return the interviews of each path."""
    gained, stays = np.zeros_like(can), np.zeros_like(waiting)
    for level in range(len(waiting)):
        dials = np.minimum(waiting[level], can)
        can = can - dials
        completes = chance.binomial(dials, yields[level])
        closed = chance.binomial(dials - completes, ends[level])
        waiting[level] -= dials
        gained += completes
        if level + 1 < len(waiting):
            stays[level + 1] = dials - completes - closed
    waiting += stays
    return gained


def _yields(
    tried: Sequence[TriedSoFar], levels: int, *, chance: np.random.Generator, paths: int
) -> tuple[Floats, Floats]:
    """Draw of each level how often an attempt completes, and how often the others end it: (levels, paths)."""
    known = [*tried, *[TriedSoFar()] * (levels - len(tried))]
    dials = np.array([each.dials for each in known])
    completes = np.array([each.completes for each in known])
    closed = np.array([each.closed for each in known])
    return (
        _shares(completes, dials, chance=chance, paths=paths),
        _shares(closed, dials - completes, chance=chance, paths=paths),
    )


def _shares(hits: Whole, of: Whole, *, chance: np.random.Generator, paths: int) -> Floats:
    """Draw the share of each level from what is known of it and of the others: (levels, paths)."""
    levels = np.arange(len(hits))
    falls = STEADY[:, None] / (STEADY[:, None] + levels)
    law = FIRSTS[:, None, None] * falls
    likely = (hits * np.log(law) + (of - hits) * np.log1p(-law)).sum(axis=-1).ravel()
    weights = np.exp(likely - likely.max())
    drawn = chance.choice(len(weights), size=paths, p=weights / weights.sum())
    expected = law.reshape(-1, len(levels))[drawn].T
    return chance.beta(
        expected * WORTH + hits[:, None], (1 - expected) * WORTH + np.maximum(of - hits, 0)[:, None]
    )


def _pace(past: Sequence[FieldDay], days: int, *, chance: np.random.Generator, paths: int) -> Floats:
    """Draw the dials an hour of each day ahead: (days, paths)."""
    rates = np.array([each.dials / each.hours for each in past if each.hours > 0])
    middle, free = rates.mean(), len(rates) - 1
    seen = rates.var(ddof=1) * free if free else 0.0
    spread = np.sqrt(
        (seen + USUAL_DAYS * (USUAL_SPREAD * middle) ** 2) / chance.chisquare(free + USUAL_DAYS, paths)
    )
    usual = chance.normal(middle, spread / np.sqrt(len(rates)))
    return np.maximum(chance.normal(usual, spread, (days, paths)), 0.0)


def _between(values: Whole) -> Between:
    low, middle, high = np.quantile(values, (0.5 - SHARE / 200, 0.5, 0.5 + SHARE / 200), method="nearest")
    return Between(int(low), int(middle), int(high))


def _days(done: Whole, ahead: Sequence[FieldDay]) -> tuple[date | None, date | None, date | None]:
    low, middle, high = np.quantile(done, (0.5 - SHARE / 200, 0.5, 0.5 + SHARE / 200), method="higher")
    return _on(ahead, low), _on(ahead, middle), _on(ahead, high)


def _on(ahead: Sequence[FieldDay], index: int) -> date | None:
    return ahead[int(index)].day if index < len(ahead) else None


def tried(counts: Mapping[int, Mapping[str, int]], *, ends: frozenset[str], most: int) -> list[TriedSoFar]:
    """Return what attempts came to by their number, `most` and later ones together.

    `counts` are attempts by number and code; `ends` are the codes that end a case without an interview.
    """
    found = [TriedSoFar() for _level in range(most)]
    for n, codes in counts.items():
        level = min(n, most) - 1
        before = found[level]
        found[level] = TriedSoFar(
            before.dials + sum(codes.values()),
            before.completes + codes.get("complete", 0),
            before.closed + sum(n for code, n in codes.items() if code in ends),
        )
    return found
