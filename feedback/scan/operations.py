"""A resident reached nobody: the number is doubted, the poster looked at, and a call back asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import asking, limits, receipts
from feedback.cases.operations.asking import Asked
from feedback.cases.operations.limits import Origin
from feedback.cases.rules.requests import HelpRequest
from feedback.contacts.queries import answer as contacts
from feedback.models import Poster
from feedback.posters.operations import fleet
from feedback.posters.queries import posters as poster_queries
from feedback.reach.operations import reports
from huying.base.phones import Vault


def report(
    session: Session,
    code: str,
    request: HelpRequest | None,
    *,
    once: str,
    address: str,
    vault: Vault,
    now: datetime,
) -> Asked:
    """Doubt the number that a poster's page shows; open a case where a call back is asked for."""
    poster = poster_queries.in_use(session, code)
    _doubt(session, poster, vault=vault, now=now)
    fleet.open_for(session, poster, why="reported", now=now)
    if request is None:
        return Asked()
    origin = Origin(poster, address)
    asked = asking.ask(session, request, origin, once=once, proving=False, vault=vault, now=now)
    _send_receipt(session, asked, request, vault=vault, now=now)
    return asked


def _send_receipt(
    session: Session, asked: Asked, request: HelpRequest, *, vault: Vault, now: datetime
) -> None:
    number, opened = request.contact, asked.opened
    if not asked.fresh or opened is None or number is None:
        return
    if limits.may_message(session, number, vault=vault, now=now):
        receipts.send(session, opened.case, number=number, vault=vault, now=now)


def _doubt(session: Session, poster: Poster, *, vault: Vault, now: datetime) -> None:
    """Doubt a person's number; an institution's is the office's to look after, and stays as it is."""
    answer = contacts.answer(session, poster.grid_code, at=now, vault=vault)
    if answer.number is not None and answer.contact_id is not None:
        reports.doubt(session, answer.contact_id, now=now)
