"""What messages may say of a case: its day, its place on the map, its kind; nothing that anybody wrote."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.rules.codes import number_of
from feedback.models import Area, Case
from feedback.notices import rules
from huying.base import clock


def of(session: Session, case: Case) -> dict[str, str]:
    """Return the facts of a case that tell it from others, cut to what a short message has room for."""
    grid = session.get(Area, case.grid_code) if case.grid_code else None
    above = session.get(Area, grid.parent_code) if grid and grid.parent_code else None
    name = grid.name if grid else rules.SOMEWHERE
    return {
        "day": f"{clock.local(case.opened_at).day}日",
        "place": f"{above.name if above else ''}{name}"[-rules.LONGEST_PLACE :],
        "spot": name[-rules.LONGEST_SPOT :],
        "matter": rules.matter(case.category),
        "code": number_of(case.code),
    }


def of_code(session: Session, code: str) -> dict[str, str]:
    """Return the facts of the case with this code; those of none where there is no such case."""
    case = session.scalar(select(Case).where(Case.code == code))
    if case is None:
        return {"day": "", "place": "", "spot": "", "matter": rules.OTHERWISE, "code": ""}
    return of(session, case)
