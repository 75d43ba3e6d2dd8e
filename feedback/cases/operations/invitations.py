"""Asking the resident: one invitation a round, to the contact frozen at opening, and the link it carries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback import tokens
from feedback.cases.queries.cases import contact_context, is_proven
from feedback.cases.rules import codes
from feedback.cases.rules.deadlines import RATING_OPEN
from feedback.cases.rules.invitations import PURPOSE, TEMPLATE, UNASKED
from feedback.models import Case, Contact, OutboxMessage, Rating
from huying.base.phones import Vault
from huying.messaging import outbox


def invite(session: Session, case: Case, *, holder: str, vault: Vault, now: datetime) -> Rating | None:
    """Store the invitation to rate this round of a case, and the message that carries its link.

    `holder` is who declared it solved: the answer on the result counts for it. Return None where there is
    nobody to ask: no contact that was proven, a source that isn't asked, or a number of the staff.
    """
    if case.contact_sealed is None or case.source in UNASKED or not is_proven(session, case):
        return None
    number = vault.open(case.contact_sealed, where=contact_context(case))
    if _is_staff(session, vault.index(number, purpose="staff")):
        return None
    token = codes.token_of(vault, case=case.code, round=case.round)
    rating = Rating(
        case_id=case.id,
        round=case.round,
        token_hash=tokens.token_hash(token),
        conduct_of=_served_by(case),
        result_of=holder,
        issued_at=now,
        expires_at=now + RATING_OPEN,
    )
    session.add(rating)
    session.flush()
    _post(session, case, number=number, vault=vault, now=now)
    return rating


def revoke(session: Session, case: Case, *, now: datetime) -> None:
    """Let the links of a case that nobody has answered expire."""
    unanswered = (Rating.case_id == case.id, Rating.answered_at.is_(None), Rating.expires_at > now)
    session.execute(update(Rating).where(*unanswered).values(expires_at=now))


def _post(session: Session, case: Case, *, number: str, vault: Vault, now: datetime) -> None:
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=PURPOSE,
        subject=case.code,
        number=number,
        template=TEMPLATE,
        params={"case": case.code, "round": str(case.round)},
        now=now,
        round=case.round,
    )


def _served_by(case: Case) -> str | None:
    """Return the worker who last did something in this round, else whose ground it is."""
    own = (step.actor for step in reversed(case.steps) if step.round == case.round)
    codes_named = (actor.partition(":")[2] for actor in own if actor.startswith("worker:"))
    return next(codes_named, case.worker_code)


def _is_staff(session: Session, index: bytes) -> bool:
    return session.scalar(select(Contact.id).where(Contact.blind_index == index).limit(1)) is not None
