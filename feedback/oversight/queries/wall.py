"""Who answers now in every grid that an overseer sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.contacts.queries import several
from feedback.contacts.queries.answer import ContactAnswer
from feedback.models import Area
from feedback.oversight.queries.cases import Overseer
from feedback.oversight.rules import wall
from feedback.oversight.rules.wall import ANSWERS, CommunityOnWall, GridOnWall
from feedback.web.queries import lookups
from huying.base.i18n import _
from huying.base.phones import Vault


def wall_of(
    session: Session, *, seen_by: Overseer, names: bool, vault: Vault, now: datetime
) -> list[CommunityOnWall]:
    """Return the wall of an area; without `names` a worker is called as on the poster's page."""
    grids = lookups.grids_below(lookups.areas(session), seen_by.area_code)
    found = several.answers(session, [grid.code for grid in grids], at=now, vault=vault)
    return wall.by_community(_grid(grid, found[grid.code], names=names) for grid in grids)


def _grid(grid: Area, answer: ContactAnswer, *, names: bool) -> GridOnWall:
    standing = wall.standing(answer.state, after_hours=answer.after_hours)
    return GridOnWall(
        code=grid.code,
        name=grid.name,
        community=answer.community_name,
        standing=standing,
        answers=_own(answer, names=names) if standing == ANSWERS else _instead(answer),
        until=answer.until,
        since=answer.since,
    )


def _own(answer: ContactAnswer, *, names: bool) -> str:
    return str(answer.worker_name) if names else _("%(surname)s网格员", surname=answer.surname)


def _instead(answer: ContactAnswer) -> str:
    return answer.leader or _(answer.institutions[0].name)
