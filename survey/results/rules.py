"""The one picture of a result: a line for the city and one for each street, in the order of their codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey.scores.rules.charts import position
from survey.scores.rules.release import ScoreRow

LINE, TOP, FOOT = 30, 30, 6
"""Heights in CSS pixels: of a line, of the axis above, of what lies below the last."""
MOST_STREETS = 40
"""More lines than that are no picture: the city stands alone."""


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A place's share with its limits, as x in per cent of the width; without them where it isn't shown."""

    name: str
    y: int
    main: bool
    x: float | None = None
    left: float | None = None
    right: float | None = None


@dataclass(frozen=True, slots=True)
class ResultPicture:
    """Lines of a picture, its height in pixels, and x and share of each line of the axis."""

    lines: tuple[PictureLine, ...]
    height: int
    ticks: tuple[tuple[float, int], ...]


def picture(city: ScoreRow, streets: Sequence[ScoreRow]) -> ResultPicture:
    """Return the picture of a result: the city, then its streets as they come, never by their share."""
    rows = (city, *(streets if len(streets) <= MOST_STREETS else ()))
    lines = tuple(_line(row, y=TOP + LINE * n + LINE // 2, main=row is city) for n, row in enumerate(rows))
    ticks = tuple((position(share / 100), share) for share in (0, 50, 100))
    return ResultPicture(lines, TOP + LINE * len(rows) + FOOT, ticks)


def _line(row: ScoreRow, *, y: int, main: bool) -> PictureLine:
    if row.low is None or row.high is None:
        return PictureLine(row.name, y, main)
    x = None if row.estimate is None else position(row.estimate)
    return PictureLine(row.name, y, main, x, position(row.low), position(row.high))
