"""Yunchuan, a city that doesn't exist: areas, people and what they truly think, all from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
COMMUNITIES = "一二三四五"
GRID_TYPES = {"old": 0.62, "commodity": 0.74, "fringe": 0.50}
"""Types of grid and the share of satisfied households around which their grids lie."""

TYPE_NAMES = {"old": "老旧小区", "commodity": "商品房小区", "fringe": "城乡结合部"}
WORKER_SD = 0.12
AWARE = 0.82
ASKED = 0.22
LISTED_SHARE = 0.45
LISTS = 6
DISTORTED = 4
DEPARTMENTS = (("water", "供水公司"), ("urban", "城管中队"), ("property", "房管所"), ("civil", "民政办"))


@dataclass(frozen=True, slots=True)
class CitySize:
    """How large a city is: streets by name and letter, households a grid, cases, and what a wave asks.

    `told` cases live through the product's pages; `imported` ones come from another system's export.
    `sample` and `replicate` households are drawn in a grid, `plan` completes wanted; where a
    list was handed in, `sample_where_listed` of the listed and as many of the others.
    """

    name: str
    streets: tuple[str, ...]
    grids_a_community: int
    fewest: int
    most: int
    told: int
    imported: int
    waves: int
    sample: int
    replicate: int
    plan: int
    sample_where_listed: int

    def of(self, *streets: str) -> CitySize:
        """Return this city with some of its streets alone."""
        return replace(self, streets=streets)


SMALL = CitySize("small", ("春", "夏", "秋", "冬"), 2, 240, 360, 600, 0, 1, 16, 6, 10, 30)
CITY = CitySize(
    "city", tuple("春夏秋冬梅兰竹菊松柏桂枫荷莲桃杏梨榆槐柳"), 4, 480, 520, 1500, 18_500, 4, 2, 1, 1, 10
)
SIZES = {size.name: size for size in (SMALL, CITY)}
MARKS = "123456789ABCDEFGHJKLMN"
"""What a street's place is written by, in codes."""


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """A household, and its truth: what it would answer if it were asked."""

    code: str
    grid: str
    address: str
    number: str
    aware: bool
    overall: int
    asked: bool
    reachable: float
    willing: float

    @property
    def satisfied(self) -> bool:
        """Whether it would rate the grid's service 4 or 5."""
        return self.overall >= 4


@dataclass(frozen=True, slots=True)
class DemoWorker:
    """A grid worker; `listed` are the households of a list handed in, if any; `distorted` how it was made."""

    code: str
    name: str
    grid: str
    number: str
    listed: tuple[str, ...]
    distorted: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid and its place in the tree of areas."""

    code: str
    name: str
    community: str
    street: str
    kind: str
    households: tuple[DemoHousehold, ...]

    @property
    def truth(self) -> float:
        """The true share of satisfied households among those that know of the worker."""
        aware = [household for household in self.households if household.aware]
        return sum(household.satisfied for household in aware) / len(aware)


@dataclass(frozen=True)
class City:
    """The whole city; equal seeds give equal cities."""

    seed: int
    size: CitySize
    grids: tuple[Grid, ...]
    workers: tuple[DemoWorker, ...]

    @cached_property
    def households(self) -> dict[str, DemoHousehold]:
        """All households by code."""
        return {household.code: household for grid in self.grids for household in grid.households}

    @cached_property
    def truth(self) -> float:
        """The city's true share of satisfied households among those that know of their worker."""
        aware = [household for household in self.households.values() if household.aware]
        return sum(household.satisfied for household in aware) / len(aware)


def build(seed: int, *, size: CitySize = SMALL) -> City:
    """Return the city of `seed`, five communities a street."""
    chance = random.Random(seed)  # noqa: S311  (an invented world, not a draw of respondents)
    grids = tuple(_grid(place, chance, size) for place in _places(size))
    with_list = set(chance.sample(range(len(grids)), min(LISTS, len(grids))))
    distorted = set(chance.sample(sorted(with_list), min(DISTORTED, len(with_list))))
    workers = tuple(
        _worker(number, grid, chance, has_list=number in with_list, distorted=number in distorted)
        for number, grid in enumerate(grids)
    )
    return City(seed, size, grids, workers)


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    street: str
    community: str
    grid: int


def _places(size: CitySize) -> Iterator[_Place]:
    number = 0
    for street in size.streets:
        for community in COMMUNITIES:
            for grid in range(1, size.grids_a_community + 1):
                yield _Place(number, street, community, grid)
                number += 1


def _grid(place: _Place, chance: random.Random, size: CitySize) -> Grid:
    kind = tuple(GRID_TYPES)[place.number % len(GRID_TYPES)]
    level = min(0.95, max(0.1, GRID_TYPES[kind] + chance.gauss(0, WORKER_SD)))
    code = f"YC-{MARKS[CITY.streets.index(place.street)]}{COMMUNITIES.index(place.community) + 1}{place.grid}"
    count = chance.randint(size.fewest, size.most)
    return Grid(
        code=code,
        name=f"{place.street}{place.community}社区第{place.grid}网格",
        community=f"{place.street}{place.community}社区",
        street=f"{place.street}街道",
        kind=kind,
        households=tuple(_household(place, code, index, level, chance) for index in range(count)),
    )


def _household(place: _Place, grid: str, index: int, level: float, chance: random.Random) -> DemoHousehold:
    building, rest = divmod(index, 40)
    satisfied = chance.random() < level
    aware = chance.random() < AWARE
    overall = chance.choice((4, 4, 5)) if satisfied else chance.choice((1, 2, 3, 3))
    return DemoHousehold(
        code=f"HY{place.number:02d}{index:04d}",
        grid=grid,
        address=f"{place.street}{place.community}路{building + 1}号{rest // 4 + 1:02d}{rest % 4 + 1:02d}室",
        number=f"+9991{place.number:02d}{index:05d}",
        aware=aware,
        overall=overall,
        asked=chance.random() < ASKED,
        reachable=chance.choice((0.35, 0.6, 0.8)),
        # Content people talk a little more readily: a bias that the scores must bear.
        willing=0.72 if satisfied else 0.66,
    )


def _worker(number: int, grid: Grid, chance: random.Random, *, has_list: bool, distorted: bool) -> DemoWorker:
    pool = [household for household in grid.households if household.aware]
    if distorted:
        # A distorted list: the worker's own choice, nine in ten of them content.
        chance.shuffle(pool)
        pool.sort(key=lambda household: not household.satisfied and chance.random() < 0.9)
    else:
        chance.shuffle(pool)
    listed = (
        tuple(household.code for household in pool[: round(LISTED_SHARE * len(grid.households))])
        if has_list
        else ()
    )
    return DemoWorker(
        code=f"W{number + 1:03d}",
        name=f"{STEMS[number % len(STEMS)]}{BRANCHES[number % len(BRANCHES)]}",
        grid=grid.code,
        number=f"+9993{number:07d}",
        listed=listed,
        distorted=distorted,
    )
