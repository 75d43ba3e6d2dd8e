"""A resident reached nobody: the number is doubted, the poster looked at, and a call back asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import opening, receipts
from feedback.cases.operations.opening import NewCase
from feedback.cases.rules.requests import HelpRequest
from feedback.contacts.queries import answer as contacts
from feedback.models import Poster
from feedback.posters.operations import fleet
from feedback.posters.queries import posters as poster_queries
from feedback.reach.operations import reports
from huying.base.phones import Vault


def report(
    session: Session, code: str, request: HelpRequest | None, *, once: str, vault: Vault, now: datetime
) -> NewCase | None:
    """Doubt the number that a poster's page shows; open a case where a call back is asked for."""
    poster = poster_queries.in_use(session, code)
    _doubt(session, poster, vault=vault, now=now)
    fleet.open_for(session, poster, why="reported", now=now)
    if request is None:
        return None
    opened = opening.open_case(
        session, request, poster=poster, once=once, source="poster", vault=vault, now=now
    )
    if request.contact is not None:
        receipts.send(session, opened.case, opened.receipt, number=request.contact, vault=vault, now=now)
    return opened


def _doubt(session: Session, poster: Poster, *, vault: Vault, now: datetime) -> None:
    """Doubt a person's number; an institution's is the office's to look after, and stays as it is."""
    answer = contacts.answer(session, poster.grid_code, at=now, vault=vault)
    if answer.number is not None and answer.contact_id is not None:
        reports.doubt(session, answer.contact_id, now=now)
