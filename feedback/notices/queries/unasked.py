"""Residents whom no message asked whether their matter is solved: an operator calls them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from feedback.cases.queries.call_backs import WaitingCall
from feedback.cases.rules import call_backs, invitations
from feedback.models import Case, OutboxMessage, Rating, ResidentCall
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.messaging.outbox import WENT

SHOWN = 200
COMING = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class Unasked(WaitingCall):
    """A resident to be asked whether it is done: until the invitation is over."""

    rating: Rating


def listed(session: Session, *, sends: bool, now: datetime) -> list[Unasked]:
    """Return whom to ask, whose time runs out first in front.

    `sends`: messages go out, so that one which waits will ask by itself.
    """
    found = session.execute(_open(sends=sends, now=now).order_by(Rating.expires_at, Rating.id).limit(SHOWN))
    return [_shown(*row) for row in found.all()]


def how_many(session: Session, *, sends: bool, now: datetime) -> int:
    """Return how many residents nobody has asked yet."""
    found = _open(sends=sends, now=now).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(found) or 0


def one(session: Session, rating_id: int, *, sends: bool, now: datetime) -> Unasked:
    """Return one of them; raise NotFound for anybody else."""
    return _only(session, _open(sends=sends, now=now).where(Rating.id == rating_id))


def of_case(session: Session, case_id: int, *, sends: bool, now: datetime) -> Unasked:
    """Return the one of a case; raise NotFound where nobody is to be asked about it."""
    return _only(session, _open(sends=sends, now=now).where(Case.id == case_id))


def _only(session: Session, query: Select[Rating, Case, ResidentCall]) -> Unasked:
    row = session.execute(query).first()
    if row is None:
        raise NotFound(_("这件事不用打电话问，或者已经问过了。"))
    return _shown(*row)


def _open(*, sends: bool, now: datetime) -> Select[Rating, Case, ResidentCall]:
    asked = exists().where(
        OutboxMessage.purpose == invitations.PURPOSE,
        OutboxMessage.subject == Case.code,
        OutboxMessage.round == Rating.round,
        OutboxMessage.state.in_((*WENT, *COMING) if sends else WENT),
    )
    called = (
        (ResidentCall.case_id == Case.id)
        & (ResidentCall.round == Rating.round)
        & (ResidentCall.why == call_backs.WORD)
    )
    return (
        select(Rating, Case, ResidentCall)
        .join(Case, Case.id == Rating.case_id)
        .outerjoin(ResidentCall, called)
        .where(
            Rating.answered_at.is_(None),
            Rating.expires_at > now,
            Rating.round == Case.round,
            Case.state == "declared",
            Case.contact_sealed.is_not(None),
            ResidentCall.settled_at.is_(None),
            ~asked,
        )
    )


def _shown(rating: Rating, case: Case, known: ResidentCall | None) -> Unasked:
    return Unasked(case, call_backs.WORD, rating.expires_at, known, rating)
