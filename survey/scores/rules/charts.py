"""Rows of estimates turned into the geometry of a caterpillar plot: pure functions, frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from huying.base.i18n import _

LEFT = 24.0
"""Where 0 % stands, in per cent of the plot's width: the names have the room before it."""
RIGHT = 97.0
"""Where 100 % stands."""
TOP = 28
"""Height of the axis above the first line, in CSS pixels."""
LINE = 20
"""Height of one line."""
FOOT = 8
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class ChartLine:
    """An area's estimate as shares 0…1; `est`, `lo` and `hi` are None where they may not be shown."""

    code: str
    name: str
    group: str
    est: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the plot: x in per cent of the width, y in pixels; a gap has no x."""

    label: str
    name: str
    y: int
    x: float | None = None
    left: float | None = None
    width: float | None = None

    @property
    def gap(self) -> bool:
        """Whether there is nothing to draw: the estimate is hidden or missing."""
        return self.x is None


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line of the axis and its text."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Caterpillar:
    """Estimates with their intervals, one area a line, in the given order."""

    key: str
    title: str
    description: str
    height: int
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


def position(share: float) -> float:
    """Return the x of a share, in per cent of the width; shares beyond 0…1 stand at the edge."""
    return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 2)


def caterpillar(lines: Sequence[ChartLine], *, key: str, title: str) -> Caterpillar:
    """Return the plot of `lines` in their order. `key` makes the ids of one page's plots differ."""
    hidden = sum(line.est is None for line in lines)
    return Caterpillar(
        key=key,
        title=title,
        description=_description(len(lines), hidden=hidden),
        height=TOP + LINE * len(lines) + FOOT,
        marks=tuple(_mark(line, y=TOP + LINE * i + LINE // 2) for i, line in enumerate(lines)),
        ticks=tuple(Tick(position(tick / 100), f"{tick}%") for tick in TICKS),
    )


def by_group(lines: Iterable[ChartLine], *, title: str) -> dict[str, Caterpillar]:
    """Return one plot per group, the areas by their code: never by their estimate."""
    ordered = sorted(lines, key=lambda line: (line.group, line.code))
    groups = [(group, list(members)) for group, members in groupby(ordered, key=lambda line: line.group)]
    return {
        group: caterpillar(members, key=f"plot-{number}", title=f"{title}：{group}" if group else title)
        for number, (group, members) in enumerate(groups, start=1)
    }


def _mark(line: ChartLine, *, y: int) -> Mark:
    if line.est is None or line.lo is None or line.hi is None:
        return Mark(line.code, line.name, y)
    left = position(line.lo)
    return Mark(line.code, line.name, y, position(line.est), left, round(position(line.hi) - left, 2))


def _description(count: int, *, hidden: int) -> str:
    what = _(
        "%(count)s 个网格，每行一个，按编号排列。圆点是估计值，横线是95%%置信区间，刻度从0到100%%。",
        count=count,
    )
    gaps = _("其中 %(hidden)s 个少于10份回答，不公布。", hidden=hidden) if hidden else ""
    return _("%(what)s%(gaps)s同样的数字在下面的表里。", what=what, gaps=gaps)
