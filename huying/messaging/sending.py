"""Sending what is queued: one message at a time, the network between transactions only, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from huying.base.clock import LOCAL
from huying.base.phones import Vault
from huying.messaging import hours
from huying.messaging.carriers import Carrier, Delivery, Sent
from huying.messaging.outbox import RANKS, OutboxMixin
from huying.store.db import Database

LEASE = timedelta(minutes=2)
LOST = timedelta(seconds=90)
"""How long after a lost answer the carrier is first asked what it knows."""
SLACK = timedelta(minutes=1)
AHEAD = timedelta(hours=12)
"""Nothing is put off for so long."""

Stopped = Callable[[Session, OutboxMixin, datetime], str]
"""Says, as a code, why a message may not go; empty where it may."""


def nobody(_session: Session, _message: OutboxMixin, _now: datetime) -> str:
    """Stop no message."""
    return ""


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What messages of one side are sent by: its outbox, its carriers, and whom it sends nothing.

    `at_night`: nobody is woken, because nothing leaves the machine.
    """

    database: Database
    model: type[OutboxMixin]
    carriers: Mapping[str, Carrier]
    vault: Vault
    stopped: Stopped = nobody
    at_night: bool = False


def drain(post: Mailroom, *, now: datetime) -> int:
    """Send what is queued and may go now; return how many went out."""
    _give_up(post, now=now)
    _look_up(post, now=now)
    sent, begun = 0, monotonic()
    while message := _lease(post, now=now + timedelta(seconds=monotonic() - begun)):
        number = post.vault.open(message.sealed_number, where=message.place)
        outcome = post.carriers[message.channel].send(
            message.identity, number=number, template=message.template, params=json.loads(message.params)
        )
        _settle(post, message.id, outcome, now=now)
        sent += outcome.delivery is Delivery.ACCEPTED
    return sent


def _give_up(post: Mailroom, *, now: datetime) -> None:
    """Leave as unknown what a sender held that died, and drop what waited until it said nothing any more."""
    model = post.model
    ended = or_(model.leased_until < now, model.leased_until > now + AHEAD)
    lost = (model.state == "sending", ended)
    tried = func.coalesce(model.due_at, model.created_at)
    stale = (model.state == "queued", tried < now - hours.STALE)
    with post.database.transaction() as session:
        session.execute(update(model).where(*lost).values(state="unknown", settled_at=now, due_at=now))
        session.execute(update(model).where(*stale).values(state="dropped", code="stale", settled_at=now))


def _lease(post: Mailroom, *, now: datetime) -> OutboxMixin | None:
    """Take the next message that may go; one at a time, so that a sender that dies holds only one."""
    with post.database.transaction() as session:
        while (message := session.scalar(_next(post, now=now))) is not None:
            why = post.stopped(session, message, now)
            if not why:
                message.state, message.leased_until = "sending", now + LEASE
                return message
            message.state, message.code, message.settled_at = "dropped", why, now
            session.flush()
    return None


def _next(post: Mailroom, *, now: datetime) -> Select[OutboxMixin]:
    model = post.model
    queued = (
        model.state == "queued",
        model.channel.in_(post.carriers),
        _is_due(model, now=now),
    )
    query = select(model).where(*queued)
    if not (post.at_night or hours.goes(hours.USUAL, at=now, timezone=LOCAL)):
        query = query.where(model.priority != hours.USUAL)
    urgent_first = query.order_by(model.priority != hours.URGENT, model.id)
    return urgent_first.limit(1).with_for_update(skip_locked=True)


def _is_due(model: type[OutboxMixin], *, now: datetime) -> ColumnElement[bool]:
    """Tell whether a message may be tried; a time far ahead was written by a clock that was wrong."""
    return or_(model.due_at.is_(None), model.due_at <= now, model.due_at > now + AHEAD)


def _settle(post: Mailroom, identity: int, outcome: Sent, *, now: datetime) -> None:
    with post.database.transaction() as session:
        message = session.get_one(post.model, identity, with_for_update=True)
        _note(message, outcome, now=now)


def _note(message: OutboxMixin, outcome: Sent, *, now: datetime) -> None:
    """Store what an attempt came to, unless the carrier has told more since."""
    message.attempts += 1
    message.reference = message.reference or outcome.reference or None
    if outcome.delivery is Delivery.LATER and message.state in {"sending", "unknown"}:
        _wait(message, outcome.code, now=now)
        return
    state = {Delivery.ACCEPTED: "sent", Delivery.REFUSED: "failed", Delivery.UNKNOWN: "unknown"}.get(
        outcome.delivery, message.state
    )
    if RANKS.get(state, 0) > RANKS.get(message.state, 0):
        message.state, message.code, message.settled_at = state, outcome.code, now
        message.due_at = now + LOST if state == "unknown" else None


def _wait(message: OutboxMixin, code: str, *, now: datetime) -> None:
    again = hours.again_at(message.id, attempts=message.attempts, now=now)
    message.code, message.due_at = code, again
    message.state = "queued" if again else "failed"
    message.settled_at = None if again else now


def _look_up(post: Mailroom, *, now: datetime) -> None:
    """Ask carriers what became of messages whose answer was lost."""
    model = post.model
    query = select(model).where(
        model.state == "unknown",
        model.due_at.is_not(None),
        _is_due(model, now=now),
        model.sealed_number != b"",
    )
    with post.database.reading() as session:
        lost = list(session.scalars(query.where(model.channel.in_(post.carriers)).order_by(model.id)))
    for message in lost:
        found = _known(post, message)
        with post.database.transaction() as session:
            row = session.get_one(model, message.id, with_for_update=True)
            if row.state == "unknown":
                _found(row, found, now=now)


def _known(post: Mailroom, message: OutboxMixin) -> Sent | None:
    tried = (message.leased_until or message.created_at) - LEASE - SLACK
    return post.carriers[message.channel].reconcile(
        message.identity,
        number=post.vault.open(message.sealed_number, where=message.place),
        template=message.template,
        params=json.loads(message.params),
        since=tried,
    )


def _found(message: OutboxMixin, found: Sent | None, *, now: datetime) -> None:
    """Store what a carrier knew; where it knew nothing, ask later, and in the end leave it to a person."""
    if found is not None:
        _note(message, found, now=now)
        return
    message.attempts += 1
    message.due_at = hours.again_at(message.id, attempts=message.attempts, now=now)
