"""Counts of households from outside: how they are entered, and when a registry differs too much."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.fields import STRATUM

FAR = 50
"""A registry that differs by more than so many per mille from a count outside is marked."""

LINE = re.compile(r"(\S+?)[\s,，;；:：]+([0-9]{1,6})\s*(?:户)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class GridCount:
    """How many households somebody counts in a grid."""

    grid: str
    households: int


def read(text: str) -> Sequence[GridCount]:
    """Return the counts of lines such as `G0101 312`; raise Invalid with the first line that isn't one."""
    found: dict[str, GridCount] = {}
    for number, raw in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        parts = LINE.fullmatch(line)
        if not parts or not STRATUM.fits(parts[1]):
            raise Invalid(_("第 %(number)s 行看不懂，写法如：G0101 312", number=number))
        if parts[1] in found:
            raise Invalid(_("第 %(number)s 行：网格 %(grid)s 写了两次。", number=number, grid=parts[1]))
        found[parts[1]] = GridCount(parts[1], int(parts[2]))
    if not found:
        raise Invalid(_("请每行写一个网格和它的户数。"))
    return tuple(found.values())


def is_far(registered: int, *, outside: int) -> bool:
    """Whether the registry differs so much from a count outside that somebody should ask why."""
    return abs(registered - outside) * 1000 > FAR * outside
