"""Silent numbers are asked by message whether whoever holds them is on duty; the answer proves or fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback import tokens
from feedback.contacts.queries import numbers
from feedback.models import Contact, Duty, Fallback, OutboxMessage, Ping, PostPhone, Worker
from feedback.reach import queries
from feedback.reach import rules as pinging
from feedback.reach.operations import reports
from huying.base.clock import LOCAL
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.messaging import outbox

QUIET = timedelta(days=4)
"""No number is asked that was proven within this time, unless a resident doubts it."""


def ask_due(session: Session, *, vault: Vault, now: datetime) -> int:
    """Store the questions that are due now, each with the message that carries its link; return how many."""
    return sum(_ask_if_due(session, contact, vault=vault, now=now) for contact in _silent(session, now=now))


def settle_undelivered(session: Session, *, now: datetime) -> int:
    """Fail the numbers that the carrier couldn't reach at all; return how many."""
    sent = select(OutboxMessage.round).where(
        OutboxMessage.purpose == pinging.TEMPLATE,
        OutboxMessage.state == "failed",
        OutboxMessage.code.in_(pinging.NOBODY_HAS),
    )
    undelivered = session.scalars(select(Ping).where(Ping.state == "asked", Ping.id.in_(sent))).all()
    for ping in undelivered:
        ping.state, ping.answered_at = "failed", now
        if queries.still_asked_for(session, ping):
            reports.fail(session, ping.contact_id, now=now)
    session.flush()
    return len(undelivered)


def answer(session: Session, token: str, *, on_duty: bool, now: datetime) -> Ping:
    """Take the answer to a question: yes proves its own number, no fails it. The first answer counts."""
    ping = queries.find(session, token, now=now)
    if ping.state != "asked":
        raise Conflict(_("这个问题已经答复过了。"))
    return _answered(session, ping, on_duty=on_duty, now=now)


def answer_by_message(session: Session, number_index: bytes, *, on_duty: bool, now: datetime) -> bool:
    """Take the answer that came back from a number itself; return whether it was asked anything."""
    open_questions = select(Ping).where(
        Ping.number_index == number_index,
        Ping.state == "asked",
        Ping.asked_at <= now,
        Ping.asked_at > now - pinging.ANSWERABLE,
    )
    asked = [
        ping
        for ping in session.scalars(open_questions.order_by(Ping.id)).all()
        if queries.still_asked_for(session, ping)
    ]
    for ping in asked:
        _answered(session, ping, on_duty=on_duty, now=now)
    return bool(asked)


def _answered(session: Session, ping: Ping, *, on_duty: bool, now: datetime) -> Ping:
    ping.state, ping.answered_at = ("yes" if on_duty else "no"), now
    session.flush()
    if on_duty:
        reports.prove(session, ping.contact_id, now=now)
    else:
        reports.fail(session, ping.contact_id, now=now, why=reports.DENIED)
    return ping


def _silent(session: Session, *, now: datetime) -> list[Contact]:
    """Return the mobiles in use that nobody has proven lately, or that somebody doubts."""
    on_duty = select(Duty.worker_code).where(
        Duty.retracted_at.is_(None), or_(Duty.valid_to.is_(None), Duty.valid_to > now)
    )
    working = select(Worker.code).where(Worker.active, Worker.code.in_(on_duty))
    posts = select(PostPhone.contact_id)
    leaders = select(Fallback.contact_id).where(Fallback.leader)
    used = or_(Contact.worker_code.in_(working), Contact.id.in_(posts), Contact.id.in_(leaders))
    silent = or_(
        Contact.verified_at.is_(None), Contact.verified_at <= now - QUIET, Contact.suspected_at.is_not(None)
    )
    works = or_(
        Contact.failed_at.is_(None),
        Contact.verified_at > Contact.failed_at,
    )
    query = select(Contact).where(Contact.kind == "mobile", used, silent, works)
    return list(session.scalars(query.order_by(Contact.id)))


def _ask_if_due(session: Session, contact: Contact, *, vault: Vault, now: datetime) -> bool:
    asked = select(Ping.asked_at).where(
        Ping.contact_id == contact.id, Ping.number_index == contact.blind_index
    )
    due = pinging.due_at(
        str(contact.id),
        proven_at=contact.verified_at,
        asked=session.scalars(asked).all(),
        suspected_at=contact.suspected_at,
        now=now,
        timezone=LOCAL,
    )
    if due is None or due > now:
        return False
    _ask(session, contact, vault=vault, now=now)
    return True


def _ask(session: Session, contact: Contact, *, vault: Vault, now: datetime) -> None:
    ping = Ping(contact_id=contact.id, number_index=contact.blind_index, token_hash=b"", asked_at=now)
    session.add(ping)
    session.flush()  # the token hangs on the row's number, so the row comes first
    ping.token_hash = tokens.token_hash(tokens.ping_token(vault, ping.id))
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=pinging.TEMPLATE,
        subject=str(contact.id),
        number=numbers.number_of(contact, vault=vault),
        template=pinging.TEMPLATE,
        params={"ping": str(ping.id), "place": queries.area_asked_of(session, contact, now=now)},
        now=now,
        round=ping.id,
    )
