"""The tree of areas as an office sees it: its own areas as a tree is read, and one of them in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.areas.queries import history, outlook
from feedback.areas.queries.outlook import AreaContents
from feedback.models import Area, AreaChange, Poster
from feedback.web.queries import lookups
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.store.areas import LEVELS


@dataclass(frozen=True, slots=True)
class OwnAreas:
    """The areas of an office, each with its depth, and the posters whose grid nobody has named yet."""

    rows: Sequence[tuple[int, Area]]
    known: Mapping[str, Area]
    waiting: Sequence[Poster]


@dataclass(frozen=True, slots=True)
class AreaFile:
    """An area: what it is called, what happened to it, what a change would move, who could hold its grids."""

    area: Area
    name: str
    known: dict[str, Area]
    workers: Mapping[str, str]
    changes: Sequence[AreaChange]
    contents: AreaContents


def own_areas(session: Session, *, top: str | None) -> OwnAreas:
    """Return the areas inside `top`, dissolved ones too."""
    known = lookups.areas(session)
    own = {code: area for code, area in known.items() if lookups.is_inside(known, area, top)}
    waiting = [poster for poster in outlook.undecided(session) if poster.grid_code in own]
    return OwnAreas(_ordered(list(own.values())), known, waiting)


def file_of(session: Session, code: str, *, top: str | None, now: datetime) -> AreaFile:
    """Return an area inside `top`; raise NotFound for any other."""
    known = lookups.areas(session)
    area = known.get(code)
    if area is None or not lookups.is_inside(known, area, top):
        raise NotFound(_("没有这个区域，或不归您管。"))
    return AreaFile(
        area=area,
        name=lookups.full_name(known, area),
        known=known,
        workers=lookups.workers(session, grids=[code]),
        changes=history.changes_of(session, code),
        contents=outlook.outlook(session, code, now=now),
    )


def possible_parents(known: Mapping[str, Area], area: Area) -> list[Area]:
    """Return where an area may lie: beside where it lies now, so that nothing skips a level unawares."""
    above = known.get(area.parent_code or "")
    if above is None:
        return []
    return [each for each in known.values() if each.level == above.level and each.retired_at is None]


def _ordered(areas: list[Area]) -> list[tuple[int, Area]]:
    """Return the areas as a tree is read, each with its depth."""
    below: dict[str | None, list[Area]] = {}
    codes = {area.code for area in areas}
    for each in areas:
        below.setdefault(each.parent_code if each.parent_code in codes else None, []).append(each)
    rows: list[tuple[int, Area]] = []

    def walk(top: str | None, depth: int) -> None:
        for each in sorted(below.get(top, []), key=lambda one: (LEVELS.index(one.level), one.code)):
            rows.append((depth, each))
            walk(each.code, depth + 1)

    walk(None, 0)
    return rows
