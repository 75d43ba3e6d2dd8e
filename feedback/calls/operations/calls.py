"""A call to a dialled code, event by event: repeated or late, it is one call and at most one case."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.calls import rules as ivr
from feedback.calls.operations import legs
from feedback.calls.operations.announcements import next_step
from feedback.calls.operations.legs import CallLine
from feedback.calls.queries import heard, seal_context
from feedback.calls.rules import Heard
from feedback.cases.operations import opening, receipts
from feedback.cases.rules.categories import UNREACHED
from feedback.cases.rules.requests import HelpRequest
from feedback.models import Call, CallRecord, Poster
from feedback.posters.queries import posters as poster_queries
from feedback.web.rules import sentences
from huying.base.errors import NotFound
from huying.base.phones import Vault
from huying.store import locks
from huying.telephony import steps, voice
from huying.telephony.voice import CallStep

GRACE = timedelta(seconds=20)
"""How long after somebody hung up while it rang the word on that leg may still arrive."""
SILENT = frozenset({"end", "progress"})
"""Kinds of events that nobody listens to an answer of."""
LOST = timedelta(hours=2)
"""After so long a call that never ended is taken for ended."""


def handle(
    session: Session, event: voice.CallEvent, *, line: CallLine, vault: Vault, now: datetime
) -> CallStep | None:
    """Take an event and return what the caller is told next; a repetition is told what it was told before."""
    locks.hold(session, "call", event.provider, event.call)
    call = _call(session, event, vault=vault, now=now)
    known = session.scalar(_event(event))
    if known is not None:
        return _earlier_answer(known, call, vault=vault)
    row = CallRecord(
        provider=event.provider,
        call=event.call,
        key=event.key,
        kind=event.kind,
        at=now,
        raw=event.raw,
    )
    session.add(row)
    _take(session, call, event, line=line, vault=vault, now=now)
    session.flush()
    step = None if event.kind in SILENT else next_step(session, call, operator=line.operator, vault=vault)
    if step is not None:
        row.reply = vault.seal(steps.dump(step), where=seal_context("reply", call.id))
        session.flush()
    return step


def settle(session: Session, *, vault: Vault, now: datetime) -> int:
    """Make cases of the calls that ended without anybody answering; return how many.

    Their clock runs from the call's first second.
    """
    over = select(Call).where(
        Call.settled_at.is_(None),
        or_(
            Call.ended_at <= now - GRACE,
            Call.ended_at.is_not(None) & Call.stage.in_(("missed", "over")),
            Call.ended_at.is_(None) & (Call.began_at <= now - LOST),
        ),
    )
    missed = 0
    for call in session.scalars(over.order_by(Call.id).with_for_update()):
        call.settled_at = now
        if heard(call).missed:
            _open(session, call, vault=vault)
            missed += 1
    session.flush()
    return missed


def _earlier_answer(known: CallRecord, call: Call, *, vault: Vault) -> CallStep | None:
    """Return what an event was answered when it came first."""
    if known.reply is None:
        return None
    return steps.load(vault.open(known.reply, where=seal_context("reply", call.id)))


def _event(event: voice.CallEvent) -> Select[CallRecord]:
    return select(CallRecord).where(
        CallRecord.provider == event.provider, CallRecord.call == event.call, CallRecord.key == event.key
    )


def _call(session: Session, event: voice.CallEvent, *, vault: Vault, now: datetime) -> Call:
    """Return the call of an event; whichever event comes first begins it."""
    query = select(Call).where(Call.provider == event.provider, Call.call == event.call)
    call = session.scalar(query)
    if call is None:
        call = Call(provider=event.provider, call=event.call, began_at=now)
        session.add(call)
        session.flush()
    if call.sealed_caller is None and event.caller:
        call.sealed_caller = vault.seal(event.caller, where=seal_context("caller", call.id))
    return call


def _take(
    session: Session, call: Call, event: voice.CallEvent, *, line: CallLine, vault: Vault, now: datetime
) -> None:
    if event.kind == "end":
        call.ended_at = call.ended_at or now
        return
    if event.kind == "digits":
        call.turn += 1
        _heard(session, call, event.digits, line=line, vault=vault, now=now)
    elif event.kind == "leg":
        _keep(call, legs.end(session, call, event, now=now))


def _heard(session: Session, call: Call, digits: str, *, line: CallLine, vault: Vault, now: datetime) -> None:
    before = heard(call)
    poster = _poster(session, digits) if before.stage == "code" else None
    after = ivr.keyed(before, digits, known=poster is not None)
    if after.stage == "place":
        call.poster_id = poster.id if poster else None
    elif after.stage == "code":
        call.poster_id = None
    if before.stage == "place" and after.stage == "ringing":
        rung = legs.fix(session, call, line=line, vault=vault, now=now)
        after = after if rung else ivr.unreachable(after)
    _keep(call, after)


def _keep(call: Call, after: Heard) -> None:
    call.stage, call.wrong, call.leg = after.stage, after.wrong, after.leg
    call.answered, call.declined = after.answered, after.declined


def _poster(session: Session, digits: str) -> Poster | None:
    dial = codes.normalise_dial(digits)
    if dial is None or not codes.is_dial_code(dial):
        return None
    try:
        poster = poster_queries.find(session, dial)
    except NotFound:
        return None
    return poster if poster.retired_at is None else None


def _open(session: Session, call: Call, *, vault: Vault) -> None:
    """Open the case of a missed call; its contact is the caller's number, unless withheld or declined."""
    number = None
    if call.sealed_caller is not None and not call.declined:
        number = vault.open(call.sealed_caller, where=seal_context("caller", call.id))
    opened = opening.open_case(
        session,
        HelpRequest(UNREACHED, sentences.stored("call_missed"), contact=number),
        poster=session.get_one(Poster, call.poster_id),
        once=f"call-{call.provider}-{call.id:012d}",
        source="voice",
        vault=vault,
        now=call.began_at,
    )
    call.case_id = opened.case.id
    if number is not None:
        now = call.settled_at or call.began_at
        receipts.send(session, opened.case, number=number, vault=vault, now=now)
