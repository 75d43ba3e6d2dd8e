"""Whom a call rings, one after the other, and what each ring teaches of its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.calls import rules as ivr
from feedback.calls.queries import heard, legs, seal_context
from feedback.calls.rules import Heard
from feedback.contacts.queries import answer as contacts
from feedback.models import Call, CallLeg, Poster
from feedback.reach import queries as reach_queries
from feedback.reach.operations import reports
from huying.base.phones import Vault
from huying.telephony.voice import CallEvent


@dataclass(frozen=True, slots=True)
class CallLine:
    """Where calls are taken: `operator` is who gets those that can't be led on, E.164 or a short code.

    `reaches` tells whether a number can be rung from here.
    """

    operator: str
    reaches: Callable[[str], bool]


def fix(session: Session, call: Call, *, line: CallLine, vault: Vault, now: datetime) -> int:
    """Write down whom this call rings, as of now: persons, then an institution; return how many."""
    poster = session.get_one(Poster, call.poster_id)
    answer = contacts.answer(session, poster.grid_code, at=now, vault=vault)
    numbers = [number for number in ivr.legs(answer.line) if line.reaches(number)]
    for position, number in enumerate(numbers, start=1):
        contact = reach_queries.of_number(session, vault.index(number, purpose="staff"))
        session.add(
            CallLeg(
                call_id=call.id,
                position=position,
                contact_id=contact.id if contact else None,
                sealed_number=vault.seal(number, where=seal_context(f"leg{position}", call.id)),
            )
        )
    session.flush()
    return len(numbers)


def end(session: Session, call: Call, event: CallEvent, *, now: datetime) -> Heard:
    """Store how a leg ended, and return how the call stands after it."""
    rung = legs(session, call)
    leg = next((each for each in rung if each.position == event.leg), None)
    answered = event.result == "answered"
    if leg is not None and leg.result is None:
        leg.result = event.result
        _learn(session, leg, now=now)
    return ivr.leg_ended(heard(call), leg=event.leg, answered=answered, legs=len(rung))


def _learn(session: Session, leg: CallLeg, *, now: datetime) -> None:
    """An answered call proves a number, and one that nobody has is dead; silence says nothing."""
    if leg.contact_id is None:
        return
    if leg.result == "answered":
        reports.prove(session, leg.contact_id, now=now)
    elif leg.result == "vacant":
        reports.fail(session, leg.contact_id, now=now)
