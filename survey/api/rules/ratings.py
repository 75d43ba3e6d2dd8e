"""Volunteered ratings, told as what they are: counted raters, never an estimate, never to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huying.base.i18n import lazy
from survey.scores.rules.pipeline import CITY, STREET
from survey.scores.rules.release import rounded, rounded_count
from survey.scores.rules.suppression import FREE, LEAST, SECOND, ScoreCell, statuses

ENOUGH = 30
"""With fewer ratings nothing is told."""
GOOD, RATED = frozenset({"4", "5"}), frozenset({"1", "2", "3", "4", "5"})
ITEMS = ("conduct", "result")
TYPE = "type"
LEVELS = (CITY, STREET, TYPE)
NOTICE = lazy("用于改进，不用于比较")
NOT_COMPARABLE = False
SHOWN, FEW, NONE = FREE, "A", "O"
STATES = (SHOWN, FEW, SECOND, NONE)
"""Shown; fewer than ENOUGH; hidden for another's sake; nobody rated."""


@dataclass(frozen=True, slots=True)
class RatedCount:
    """How many rated, and how many of them 4 or 5; up to the end of a deposit's period."""

    n: int = 0
    good: int = 0

    def plus(self, options: Mapping[str, int]) -> RatedCount:
        """Return the count with the answers of one row of a deposit, by option."""
        return RatedCount(
            self.n + sum(options.get(option, 0) for option in RATED),
            self.good + sum(options.get(option, 0) for option in GOOD),
        )


NOBODY = RatedCount()


@dataclass(frozen=True, slots=True)
class RatingPlace:
    """A place that ratings are told of: the city, a street, or all grids of a type."""

    level: str
    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class RatingShare:
    """Raters of a place and the share of them that is content; both None where they aren't told.

    It has neither an estimate nor limits: raters are counted, not sampled.
    """

    level: str
    unit: str
    name: str
    item: str
    raw_share: float | None
    n: int | None
    status: str
    comparable: bool = NOT_COMPARABLE


Counts = Mapping[RatingPlace, RatedCount]


def shares(item: str, now: Counts, before: Counts) -> list[RatingShare]:
    """Return what is told of an item; `before` are the counts that the wave before told of.

    Hidden are places with fewer than ENOUGH ratings, those whose raters all said alike, those that fewer than
    ten were added to, since the difference of both tables would tell them, and what the rest of the city
    would give away. Ratings of grids without a street or type count for the city and stand in no other row.
    """
    city = next(place for place in now if place.level == CITY)
    apart = {place for place in now if not place.unit or _kept_back(now[place], before.get(place, NOBODY))}
    told = {city: FREE}
    for level in (STREET, TYPE):
        below = [place for place in now if place.level == level]
        found = statuses(
            [
                ScoreCell(_key(place), None if place is city else _key(city), now[place].n)
                for place in (city, *below)
            ],
            also={_key(place) for place in apart},
        )
        told |= {place: found[_key(place)] for place in below}
        told[city] = FREE if told[city] == found[_key(city)] == FREE else SECOND
    return [_share(place, item, now[place], told[place]) for place in now if place.unit]


def _kept_back(count: RatedCount, before: RatedCount) -> bool:
    return count.n < ENOUGH or count.good in {0, count.n} or 0 < abs(count.n - before.n) < LEAST


def _key(place: RatingPlace) -> str:
    return f"{place.level} {place.unit}"


def _share(place: RatingPlace, item: str, count: RatedCount, status: str) -> RatingShare:
    named = (place.level, place.unit, place.name, item)
    if not count.n:
        return RatingShare(*named, None, None, NONE)
    if status != FREE:
        return RatingShare(*named, None, None, FEW if count.n < ENOUGH else SECOND)
    return RatingShare(*named, rounded(count.good / count.n, digits=2), rounded_count(count.n), SHOWN)
