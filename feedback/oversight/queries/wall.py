"""Who answers now in every grid that an overseer sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.contacts.queries import everywhere
from feedback.contacts.queries.answer import surname
from feedback.contacts.queries.everywhere import GridAnswer
from feedback.oversight.queries.cases import Overseer
from feedback.oversight.rules import wall
from feedback.oversight.rules.wall import ANSWERS, CommunityOnWall, GridOnWall
from feedback.web.queries import lookups
from huying.base.i18n import _


def wall_of(session: Session, *, seen_by: Overseer, names: bool, now: datetime) -> list[CommunityOnWall]:
    """Return the wall of an area; without `names` a worker is called as on the poster's page."""
    known = lookups.areas(session)
    grids = lookups.grids_below(known, seen_by.area_code)
    return wall.by_community(
        _grid(each, known[each.grid.parent_code].name if each.grid.parent_code in known else "", names=names)
        for each in everywhere.answers(session, grids, known=known, at=now)
    )


def _grid(each: GridAnswer, community: str, *, names: bool) -> GridOnWall:
    choice = each.choice
    standing = wall.standing(choice.state, after_hours=choice.after_hours)
    own = each.worker_name if standing == ANSWERS and choice.number.role == "worker" else None
    return GridOnWall(
        code=each.grid.code,
        name=each.grid.name,
        community=community,
        standing=standing,
        answers=_called(own, names=names) if own else _(choice.number.owner_name),
        until=choice.until,
        since=each.since,
    )


def _called(name: str, *, names: bool) -> str:
    return name if names else _("%(surname)s网格员", surname=surname(name))
