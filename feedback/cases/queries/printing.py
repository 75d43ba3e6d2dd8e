"""What somebody printed of a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from feedback.cases.queries.cases import UNKNOWN
from feedback.models import Case, CasePrint
from huying.base.errors import NotFound


def one(session: Session, print_id: int, *, case: Case, login: str) -> CasePrint:
    """Return a print of a case that this account made; raise NotFound for any other."""
    found = session.get(CasePrint, print_id)
    if found is None or (found.case_id, found.login) != (case.id, login):
        raise NotFound(UNKNOWN)
    return found
