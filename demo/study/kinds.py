"""Every kind of published figure of one invented city, held against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from demo.study import field, surveyed
from demo.study.city import GRIDS, SCENARIOS, STREETS, Floats, Ints, StudyCity, build, later
from sampling.comparing.resolution import confirmed
from survey.scores.rules import list_bias
from survey.scores.rules.differences import Differences, ShownShares, between
from survey.scores.rules.grid_model import Limits
from survey.scores.rules.list_bias import ListArms
from survey.scores.rules.pipeline import (
    CITY,
    COMMUNITY,
    GRID,
    STREET,
    FieldWave,
    PlaceFigure,
    PlaceFigures,
    figures,
    pooled,
)
from survey.scores.rules.release import as_published

SEED = 20261127
APART = {STREET: "streets apart", COMMUNITY: "communities apart", GRID: "grids apart"}
CHANGE = {CITY: "city's change", STREET: "street's change", GRID: "grid's change"}
POOLED, WAVES = "grid, four waves", 4
LIST_BIAS, LISTS_POOLED, RESOLUTION = "list bias", "lists pooled", "resolution"
FLAGS, NAMED = "flags", "named lists"
LENGTHS = {10: 50, 50: 200}
"""Households on a worker's list, by answers a grid: of fifty not enough answer to name anybody."""
CALLED = 6
"""Silent cases called back in a street for every answer a grid."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Figures of one kind in one city: how many intervals hold, with and without the band; sums of shares."""

    name: str
    cases: int
    held: int
    held_plain: int
    width: float
    width_plain: float
    squared: float
    bias: float


@dataclass(frozen=True, slots=True)
class CalledOut:
    """What was called out in one city, and how much of it wrongly."""

    name: str
    found: int
    wrong: int


@dataclass(frozen=True, slots=True)
class CityChecked:
    """What the figures of one city came to, at so many answers a grid."""

    kinds: tuple[Kind, ...]
    findings: tuple[CalledOut, ...]


def checked(scenario: str, n: int, replicate: int) -> CityChecked:
    """Return what every kind of figure of one city came to."""
    world = replace(SCENARIOS[scenario], length=LENGTHS[n])
    city = build(world, seed=[SEED, replicate, 1])
    waves = [city]
    for wave in range(1, WAVES):
        waves.append(later(waves[-1], hidden=world.hidden, seed=[SEED, replicate, 6, wave]))
    samples = [_sampled(each, n, seed=[SEED, replicate, 2, at]) for at, each in enumerate(waves)]
    now = samples[0]
    arms, rate = _arms(city, n, seed=[SEED, replicate, 3])
    biases = _Biases(list_bias.each(arms, response_rate=rate), list_bias.pooled(arms, response_rate=rate))
    kinds = (
        *_levels(city, now.figures),
        *_apart(city, now),
        _together(waves, samples),
        *_changes((city, now), (waves[1], samples[1])),
        *_biases(city, arms, biases),
        _resolution(city, n, seed=[SEED, replicate, 5]),
    )
    return CityChecked(kinds, (_flags(city, now.figures), _named(city, biases.lists)))


@dataclass(frozen=True, slots=True, eq=False)
class _Wave:
    figures: PlaceFigures
    sample: field.Sample

    @property
    def rate(self) -> float:
        return self.sample.rate


def _sampled(city: StudyCity, n: int, *, seed: list[int]) -> _Wave:
    made = field.sample(field.calls(city, seed=seed), n)
    return _Wave(surveyed.scored(city, made), made)


def _rows(found: PlaceFigures, level: str) -> list[PlaceFigure]:
    return sorted((row for row in found.rows if row.level == level), key=lambda row: row.place)


def _truths(city: StudyCity) -> dict[str, Floats]:
    of = {CITY: np.zeros_like(surveyed.STREET), STREET: surveyed.STREET, COMMUNITY: surveyed.COMMUNITY}
    return {level: _means(city, place) for level, place in of.items()} | {GRID: city.theta}


def _means(city: StudyCity, of: Ints) -> Floats:
    place = of[city.of]
    found: Floats = np.bincount(place, city.satisfied) / np.bincount(place)
    return found


def _kind(name: str, value: Floats, aim: Floats, banded: Limits, plain: Limits) -> Kind:
    off = value - aim
    return Kind(
        name=name,
        cases=len(value),
        held=int(((banded.low <= aim) & (aim <= banded.high)).sum()),
        held_plain=int(((plain.low <= aim) & (aim <= plain.high)).sum()),
        width=float((banded.high - banded.low).sum()),
        width_plain=float((plain.high - plain.low).sum()),
        squared=float((off**2).sum()),
        bias=float(off.sum()),
    )


def _levels(city: StudyCity, found: PlaceFigures) -> Iterator[Kind]:
    for level, truth in _truths(city).items():
        yield _rows_of(level, _rows(found, level), truth)


def _rows_of(name: str, rows: Sequence[PlaceFigure | list_bias.Bias], aim: Floats) -> Kind:
    value, low, high, plain_low, plain_high = np.array(
        [(row.value, row.low, row.high, row.plain_low, row.plain_high) for row in rows]
    ).T
    return _kind(name, value, aim, Limits(low, high), Limits(plain_low, plain_high))


def _together(waves: list[StudyCity], samples: list[_Wave]) -> Kind:
    """Scores of grids from four waves, against the mean of what was true in each."""
    given = [
        FieldWave(
            surveyed.frame(city),
            surveyed.completed(city, wave.sample, city.of, city.satisfied),
            surveyed.terms(city, wave.sample),
            now=np.arange(GRIDS),
            weights=wave.figures.weights,
        )
        for city, wave in zip(waves, samples, strict=True)
    ]
    rows = _rows(pooled(given, dens=surveyed.DENS), GRID)
    return _rows_of(POOLED, rows, np.mean([city.theta for city in waves], axis=0))


def _published(wave: _Wave, level: str) -> ShownShares:
    """A level's shares as the release has them, by place."""
    rows = [as_published(row) for row in _rows(wave.figures, level)]
    return ShownShares.of(rows, response_rate=wave.rate)


def _apart(city: StudyCity, wave: _Wave) -> Iterator[Kind]:
    """Each place and the next of its level, grids within their type."""
    for level, name in APART.items():
        truth, of_level = _truths(city)[level], _published(wave, level)
        order = np.lexsort((np.arange(GRIDS), city.type)) if level == GRID else np.arange(truth.size)
        one, other = order[:-1], order[1:]
        if level == GRID:
            alike = city.type[one] == city.type[other]
            one, other = one[alike], other[alike]
        found = between(of_level.at(one), of_level.at(other))
        yield _difference(name, found, truth[one] - truth[other])


def _changes(now: tuple[StudyCity, _Wave], then: tuple[StudyCity, _Wave]) -> Iterator[Kind]:
    for level, name in CHANGE.items():
        found = between(_published(then[1], level), _published(now[1], level))
        yield _difference(name, found, _truths(then[0])[level] - _truths(now[0])[level])


def _difference(name: str, found: Differences, aim: Floats) -> Kind:
    return _kind(name, found.value, aim, found.banded, found.plain)


def _arms(city: StudyCity, n: int, *, seed: list[int]) -> tuple[list[ListArms], float]:
    """Each worker's list: listed and others, drawn apart and weighted as the score is; and RR1."""
    strata = 2 * city.of + city.listed
    made = field.sample(field.calls(city, seed=seed, strata=strata), n)
    said = np.where(city.listed, city.told, city.satisfied)
    completes = surveyed.completed(city, made, strata, said)
    frame = surveyed.frame(city, strata)
    found = figures(frame, completes, surveyed.terms(city, made), dens=surveyed.DENS)
    weights = found.weights.design.weights
    order = np.argsort(completes.stratum, kind="stable")
    ends = np.searchsorted(completes.stratum[order], np.arange(2 * GRIDS + 1))
    yes = said[made.completed]

    def side(stratum: int) -> list_bias.Arm:
        rows = order[ends[stratum] : ends[stratum + 1]]
        return list_bias.arm(weights[rows], yes[rows], households=int(frame.households[stratum]))

    return [ListArms(side(2 * grid + 1), side(2 * grid)) for grid in range(GRIDS)], made.rate


def _excess(city: StudyCity) -> Floats:
    """By how much each list's people truly say yes more often than the grid's others are satisfied."""
    listed = np.bincount(city.of, city.told & city.listed, GRIDS) / np.bincount(city.of, city.listed, GRIDS)
    others = np.bincount(city.of, city.satisfied & ~city.listed, GRIDS)
    found: Floats = listed - others / np.bincount(city.of, ~city.listed, GRIDS)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Biases:
    lists: list[list_bias.Bias]
    together: list_bias.Bias


def _biases(city: StudyCity, arms: list[ListArms], found: _Biases) -> Iterator[Kind]:
    aim = np.array([each.unlisted_share for each in arms]) * _excess(city)
    yield _rows_of(LIST_BIAS, found.lists, aim)
    together = np.array([(city.size * aim).sum() / city.size.sum()])
    yield _rows_of(LISTS_POOLED, [found.together], together)


def _resolution(city: StudyCity, n: int, *, seed: list[int]) -> Kind:
    """Each street's cases: some residents reply, more where it was solved; of the silent some are called."""
    random = np.random.default_rng(seed)
    due = np.bincount(surveyed.STREET, city.complaints, STREETS).astype(np.int64)
    share = _truths(city)[STREET]
    rows, aims = [], []
    for number, level in zip(due.tolist(), share.tolist(), strict=True):
        solved = random.random(number) < level
        replied = random.random(number) < np.where(solved, 0.45, 0.30)
        silent = random.permutation(solved[~replied])
        called = silent[: CALLED * n]
        found = confirmed(
            number,
            replied=int(replied.sum()),
            confirmed=int((replied & solved).sum()),
            called=called.size,
            confirmed_on_call=int(called.sum()),
        )
        rows.append((found.value, found.low, found.high))
        aims.append(solved.mean())
    value, low, high = np.array(rows).T
    return _kind(RESOLUTION, value, np.array(aims), Limits(low, high), Limits(low, high))


def _flags(city: StudyCity, found: PlaceFigures) -> CalledOut:
    """Grids called below their type; wrongly where they lie at its true mean or above."""
    means = np.bincount(city.type, city.theta * city.size) / np.bincount(city.type, city.size)
    called = [row.place for row in _rows(found, GRID) if row.below_type]
    return CalledOut(FLAGS, len(called), int((city.theta >= means[city.type])[called].sum()))


def _named(city: StudyCity, found: list[list_bias.Bias]) -> CalledOut:
    """Lists called misleading; wrongly where they hold no more than acquaintances."""
    q = np.array(list_bias.q_values([bias.p_value for bias in found if bias.p_value is not None]))
    sure, honest = q < list_bias.SURE, _excess(city) <= list_bias.MARGIN
    return CalledOut(NAMED, int(sure.sum()), int((sure & honest).sum()))
