"""Residents whom no message asked whether their matter is solved: an operator calls them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from feedback.cases.queries.cases import contact_context
from feedback.cases.rules import invitations
from feedback.models import Case, OutboxMessage, Rating, SpokenAnswer
from feedback.web.queries import lookups
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.messaging.outbox import WENT

SHOWN = 200
COMING = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class Unasked:
    """A resident to be asked: about which case, until when, how often nobody answered."""

    rating: Rating
    case: Case
    area: str
    tried: int


def listed(session: Session, *, sends: bool, now: datetime) -> list[Unasked]:
    """Return whom to ask, whose time runs out first in front.

    `sends`: messages go out, so that one which waits will ask by itself.
    """
    found = session.execute(_open(sends=sends, now=now).order_by(Rating.expires_at, Rating.id).limit(SHOWN))
    return [_shown(session, rating, case) for rating, case in found.all()]


def how_many(session: Session, *, sends: bool, now: datetime) -> int:
    """Return how many residents nobody has asked yet."""
    return session.scalar(select(func.count()).select_from(_open(sends=sends, now=now).subquery())) or 0


def one(session: Session, rating_id: int, *, sends: bool, now: datetime) -> Unasked:
    """Return one of them; raise NotFound for anybody else."""
    row = session.execute(_open(sends=sends, now=now).where(Rating.id == rating_id)).first()
    if row is None:
        raise NotFound(_("这件事不用打电话问，或者已经问过了。"))
    return _shown(session, *row)


def number_of(case: Case, *, vault: Vault) -> str:
    """Return the number that a resident left with a case, E.164."""
    return vault.open(case.contact_sealed or b"", where=contact_context(case))


def _open(*, sends: bool, now: datetime) -> Select[Rating, Case]:
    asked = exists().where(
        OutboxMessage.purpose == invitations.PURPOSE,
        OutboxMessage.subject == Case.code,
        OutboxMessage.round == Rating.round,
        OutboxMessage.state.in_((*WENT, *COMING) if sends else WENT),
    )
    answered = exists().where(
        SpokenAnswer.case_id == Case.id,
        SpokenAnswer.round == Rating.round,
        SpokenAnswer.solved != "unreached",
    )
    return (
        select(Rating, Case)
        .join(Case, Case.id == Rating.case_id)
        .where(
            Rating.answered_at.is_(None),
            Rating.expires_at > now,
            Rating.round == Case.round,
            Case.state == "declared",
            Case.contact_sealed.is_not(None),
            ~asked,
            ~answered,
        )
    )


def _shown(session: Session, rating: Rating, case: Case) -> Unasked:
    tried = select(SpokenAnswer.tried).where(
        SpokenAnswer.case_id == case.id, SpokenAnswer.round == rating.round
    )
    return Unasked(rating, case, lookups.area_name(session, case.grid_code), session.scalar(tried) or 0)
