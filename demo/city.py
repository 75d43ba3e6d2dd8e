"""Yunchuan, a city that doesn't exist: areas, people and what they truly think, all from one seed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from demo.households import DemoHousehold, Entry, Setting, household

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
COMMUNITIES = "一二三四五"
GRID_TYPES = {"old": 0.62, "commodity": 0.74, "fringe": 0.50}
"""Types of grid and the share of satisfied households around which their grids lie."""

TYPE_NAMES = {"old": "老旧小区", "commodity": "商品房小区", "fringe": "城乡结合部"}
WORKER_SD, DEPARTMENT_SD = 0.5, 0.35
"""On the scale of log-odds: what workers add to satisfaction, and departments, street by street."""
LISTED_SHARE = 0.45
DEPARTMENTS = (("water", "供水公司"), ("urban", "城管中队"), ("property", "房管所"), ("civil", "民政办"))


@dataclass(frozen=True, slots=True)
class WaveSize:
    """What a wave asks of a grid: households drawn, more in each reserve, completes wanted."""

    sample: int
    replicate: int
    plan: int


@dataclass(frozen=True, slots=True)
class CitySize:
    """How large a city is: streets by name and letter, households a grid, cases, and what its waves ask.

    `told` cases live through the product's pages; `imported` ones come from another system's export.
    `waves` are called, one after the other; one more is ready, as large as the last. Where a list was handed
    in, `sample_where_listed` of the listed are drawn and as many of the others; of all `lists`, `distorted`
    are the workers' own choice.
    """

    name: str
    streets: tuple[str, ...]
    grids_a_community: int
    fewest: int
    most: int
    told: int
    imported: int
    waves: tuple[WaveSize, ...]
    sample_where_listed: int
    lists: int = 6
    distorted: int = 4

    def of(self, *streets: str) -> CitySize:
        """Return this city with some of its streets alone."""
        return replace(self, streets=streets)


SMALL = CitySize("small", ("春", "夏", "秋", "冬"), 2, 240, 360, 600, 0, (WaveSize(16, 6, 10),), 30)
THIN, FEW, LAST = WaveSize(2, 1, 1), WaveSize(3, 1, 2), WaveSize(16, 6, 10)
"""The last release pools sixteen completes of a grid. Those before it pool so few that they show hardly a
grid: a figure that differs from one shown before by fewer than ten answers would be hidden.
"""
CITY = CitySize(
    name="city",
    streets=tuple("春夏秋冬梅兰竹菊松柏桂枫荷莲桃杏梨榆槐柳"),
    grids_a_community=4,
    fewest=480,
    most=520,
    told=1500,
    imported=18_500,
    waves=(THIN,) * 4 + (FEW,) * 3 + (LAST,),
    sample_where_listed=10,
)
SIZES = {size.name: size for size in (SMALL, CITY)}
MARKS = "123456789ABCDEFGHJKLMN"
"""What a street's place is written by, in codes."""


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
        return _satisfied(self.households)


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
        return _satisfied(self.households.values())


def _satisfied(households: Iterable[DemoHousehold]) -> float:
    counted = [household.satisfied for household in households if household.counts]
    return sum(counted) / len(counted)


def build(seed: int, *, size: CitySize = SMALL) -> City:
    """Return the city of `seed`, five communities a street."""
    chance = random.Random(seed)  # noqa: S311  (an invented world, not a draw of respondents)
    served = {street: _departments(chance) for street in size.streets}
    grids = tuple(_grid(place, chance, size, served[place.street]) for place in _places(size))
    with_list = set(chance.sample(range(len(grids)), min(size.lists, len(grids))))
    distorted = set(chance.sample(sorted(with_list), min(size.distorted, len(with_list))))
    workers = tuple(
        _worker(number, grid, chance, has_list=number in with_list, distorted=number in distorted)
        for number, grid in enumerate(grids)
    )
    return City(seed, size, grids, workers)


def _departments(chance: random.Random) -> dict[str, float]:
    """How well each department serves a street."""
    return {code: chance.gauss(0, DEPARTMENT_SD) for code, _name in DEPARTMENTS}


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


def _grid(place: _Place, chance: random.Random, size: CitySize, served: Mapping[str, float]) -> Grid:
    kind = tuple(GRID_TYPES)[place.number % len(GRID_TYPES)]
    level = math.log(GRID_TYPES[kind] / (1 - GRID_TYPES[kind]))
    code = f"YC-{MARKS[CITY.streets.index(place.street)]}{COMMUNITIES.index(place.community) + 1}{place.grid}"
    here = Setting(code, kind, level, chance.gauss(0, WORKER_SD), served, _staff_number(place.number))
    count = chance.randint(size.fewest, size.most)
    return Grid(
        code=code,
        name=f"{place.street}{place.community}社区第{place.grid}网格",
        community=f"{place.street}{place.community}社区",
        street=f"{place.street}街道",
        kind=kind,
        households=tuple(_household(here, place, index, chance) for index in range(count)),
    )


def _household(here: Setting, place: _Place, index: int, chance: random.Random) -> DemoHousehold:
    building, rest = divmod(index, 40)
    address = f"{place.street}{place.community}路{building + 1}号{rest // 4 + 1:02d}{rest % 4 + 1:02d}室"
    entry = Entry(f"HY{place.number:02d}{index:04d}", address, _number(place, index))
    # Another home's number: one of a house further on, so that nobody takes both for one home.
    return household(here, entry, before=_number(place, (index + 83) % 240), chance=chance)


def _number(place: _Place, index: int) -> str:
    return f"+9991{place.number:02d}{index:05d}"


def _staff_number(number: int) -> str:
    return f"+9993{number:07d}"


def _worker(number: int, grid: Grid, chance: random.Random, *, has_list: bool, distorted: bool) -> DemoWorker:
    # A worker's list names each number once, whatever the registry has.
    pool = list({home.number: home for home in grid.households if home.aware and home.number}.values())
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
        number=_staff_number(number),
        listed=listed,
        distorted=distorted,
    )
