"""A release as pages show it: a street, a department, a grid, side by side and by code, never ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from huying.base.i18n import _
from survey.attribution.rules.custody import DEPARTMENT, WORKER
from survey.attribution.rules.release import Attribution
from survey.attribution.rules.rows import (
    AsideRow,
    CheckRow,
    DepartmentScoreRow,
    HolderRow,
    PlaceRow,
    WorkerScoreRow,
)
from survey.attribution.rules.sharing import UNKNOWN
from survey.attribution.rules.words import holder_name
from survey.scores.rules.charts import Caterpillar, ChartLine, caterpillar
from survey.scores.rules.pipeline import CITY, GRID, STREET

A_PAGE = 40
LONGEST = 200
"""So many cases that are set aside stand on a page; the file has all."""
HOURS = 24.0
"""Where the bars of hours begin, in per cent of the width."""
WIDEST = 70.0
LINE, TOP = 36, 4


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """A worker of a grid: their part, None of no case, and their score."""

    score: WorkerScoreRow
    row: HolderRow | None


@dataclass(frozen=True, slots=True)
class WorkerPage:
    """Some of the workers, by grid: which page of how many, and how many workers in all."""

    rows: Sequence[WorkerLine]
    total: int
    page: int
    pages: int


def holders_of(found: Attribution, area: str) -> list[HolderRow]:
    """Return the holders of the city or a street: the worker first, then the others by name."""
    rows = [row for row in found.holders if row.area == area and row.level != GRID]
    return sorted(rows, key=lambda row: (row.holder != WORKER, row.holder))


def department(found: Attribution, holder: str) -> list[HolderRow]:
    """Return the rows of one holder: the city's first, then its streets' by code; none of an unknown one."""
    rows = [
        row
        for row in found.holders
        if row.holder == holder not in (WORKER, UNKNOWN) and row.level in (CITY, STREET)
    ]
    return sorted(rows, key=lambda row: (row.level != CITY, row.area))


def together(found: Attribution, area: str) -> DepartmentScoreRow | None:
    """Return the score of all departments of the city or a street together."""
    return next((row for row in found.department_scores if row.area == area), None)


def place(found: Attribution, area: str) -> PlaceRow | None:
    """Return the confirmed resolution of the city or a street."""
    return next((row for row in found.places if row.area == area), None)


def workers(found: Attribution, *, page: int, street: str = "", grid: str = "") -> WorkerPage:
    """Return the workers of a street or a grid, or all of them, a page by grid and staff code."""
    own = {(row.area, row.staff): row for row in found.holders if row.level == GRID}
    rows = [
        WorkerLine(score, own.get((score.grid, score.staff)))
        for score in found.scores
        if (not street or score.street == street) and (not grid or score.grid == grid)
    ]
    pages = max(1, -(-len(rows) // A_PAGE))
    held = min(max(page, 1), pages)
    return WorkerPage(rows[(held - 1) * A_PAGE : held * A_PAGE], len(rows), held, pages)


def checks(rows: Sequence[CheckRow], area: str) -> list[CheckRow]:
    """Return what was checked in an area: of the city and streets one row, of a grid one of each worker."""
    return [row for row in rows if row.area == area]


def stuck_with(found: Attribution, holder: str) -> list[AsideRow]:
    """Return the cases that workers don't answer for since they lay with a holder, by code."""
    return [row for row in found.asides if row.holder == holder][:LONGEST]


def rates(title: str, found: PlaceRow | None, rows: Sequence[HolderRow], *, key: str) -> Caterpillar:
    """Return the picture of a place's rate and its holders' side by side; whoever has no rate has no line."""
    lines = [ChartLine(_("合计"), found.name, "", found.rate, found.low, found.high)] if found else []
    lines += [
        ChartLine(holder_name(row.holder), row.name, "", row.rate, row.low, row.high)
        for row in rows
        if row.rate is not None
    ]
    plot = caterpillar(lines, key=key, title=title)
    told = _(
        "每行一方，按名称排列。圆点是核实办结率，横线是它多半在的区间，刻度从零到百分之百。同样的数字在下面的表里。"
    )
    return replace(plot, description=told)


def by_street(title: str, rows: Sequence[HolderRow], *, key: str) -> Caterpillar:
    """Return the picture of one holder's rates: the city's, then each street's by code."""
    lines = [
        ChartLine(row.name or row.area, row.name, "", row.rate, row.low, row.high)
        for row in rows
        if row.rate is not None
    ]
    told = _(
        "第一行是全市，下面每行一个街道，按编号排列。圆点是核实办结率，横线是它多半在的区间，刻度从零到百分之百。同样的数字在下面的表里。"
    )
    return replace(caterpillar(lines, key=key, title=title), description=told)


@dataclass(frozen=True, slots=True)
class HoursBar:
    """A holder's hours: within what was allowed, and beyond, in per cent of the width; y in pixels."""

    label: str
    y: int
    within: float
    over: float
    text: str


@dataclass(frozen=True, slots=True)
class HoursPicture:
    """The hours of several holders, one a line, in the given order."""

    key: str
    title: str
    description: str
    height: int
    start: float
    bars: tuple[HoursBar, ...]


def hours(title: str, every: Sequence[HolderRow], *, key: str) -> HoursPicture:
    """Return the picture of whose hours they were: what was beyond the allowance stands apart."""
    rows = [row for row in every if row.hours]
    longest = max((row.hours for row in rows), default=0.0) or 1.0
    scale = WIDEST / longest
    bars = tuple(
        HoursBar(
            holder_name(row.holder),
            TOP + LINE * at,
            round(scale * (row.hours - row.over), 2),
            round(scale * row.over, 2),
            _("%(hours)s 小时，其中超时 %(over)s", hours=f"{row.hours:,.0f}", over=f"{row.over:,.0f}"),
        )
        for at, row in enumerate(rows)
    )
    told = _("每行一方，按名称排列。浅色是约定时限以内的小时，深色是超出的小时。同样的数字在下面的表里。")
    return HoursPicture(key, title, told, TOP + LINE * len(bars) + TOP, HOURS, bars)


def is_department(holder: str) -> bool:
    """Tell whether a holder is a department or an office like one."""
    return holder.startswith(DEPARTMENT)
