"""What a carrier says of a dial: stored as it came, then folded; a person's word stands over it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.telephony.dialler import ProviderEvent
from huying.telephony.fold import CallState, fold
from survey.fieldwork.operations import dials, outcomes
from survey.fieldwork.queries import held_cases, lines
from survey.fieldwork.rules.provider_results import PROVIDER, later_state, provider_code
from survey.models import Dial, DialEvent, SampledCase

PAYLOAD = "provider-event"
LONGEST = 64


def keep(session: Session, events: Iterable[ProviderEvent], *, vault: Vault, now: datetime) -> None:
    """Store verified events as they came; one that came before is there already."""
    for event in events:
        # Two may bring the same one at the same moment: the database knows which was first.
        with suppress(IntegrityError), session.begin_nested():
            session.add(_row(event, vault=vault, now=now))


def _row(event: ProviderEvent, *, vault: Vault, now: datetime) -> DialEvent:
    return DialEvent(
        provider=event.provider,
        call_sid=_storable(event.sid),
        key=event.key.replace("\0", "")[:128],
        payload=vault.index(event.raw, purpose=PAYLOAD),
        dial_ulid=_storable(event.dial_id),
        status=_storable(event.status),
        cause=event.cause,
        heard=event.heard,
        raw=vault.seal(event.raw, where=f"provider_event.raw:{event.dial_id}"),
        at=now,
    )


def _storable(text: str) -> str:
    return text.replace("\0", "")[:LONGEST]


def take(session: Session, ulid: str, *, now: datetime) -> None:
    """Bring a dial up to everything that was said of it; nothing where no such dial is ours.

    Order and repetition change nothing. Only temporary codes follow, none over a person's word, and where
    nobody was reached the case goes on as after the interviewer's key.
    """
    known = session.get(Dial, ulid)
    if known is None:
        return
    case = session.get_one(SampledCase, known.unit, with_for_update=True, populate_existing=True)
    dial = session.get_one(Dial, ulid, populate_existing=True)
    events = lines.events_of(session, ulid)
    told = fold(events)
    _describe(session, dial, told, events=events, now=now)
    code = provider_code(told, health=lines.health(session, dial, cause=told.cause, now=now))
    if code is not None and dial.code is None and case.state == "held":
        end(session, case, dial, code=code, set_by=PROVIDER, now=now)
    session.flush()


def _describe(
    session: Session, dial: Dial, told: CallState, *, events: Iterable[ProviderEvent], now: datetime
) -> None:
    dial.state = later_state(dial.state, told.status)
    dial.cause, dial.heard = told.cause, told.heard
    if dial.provider_sid is None:
        name_line(session, dial, sid=max((event.sid for event in events), default=""))
    dial.answered_at = dial.answered_at or lines.answered_at(session, dial.ulid)
    if told.is_over:
        dial.line_ended_at = dial.line_ended_at or now
    session.flush()


def name_line(session: Session, dial: Dial, *, sid: str) -> None:
    """Store the carrier's name for a dial, once; one that another dial has is none."""
    taken = select(Dial.ulid).where(Dial.provider_sid == sid)
    if sid and dial.provider_sid is None and session.scalar(taken) is None:
        dial.provider_sid = sid
        session.flush()


def end(session: Session, case: SampledCase, dial: Dial, *, code: str, set_by: str, now: datetime) -> None:
    """End a dial that reached nobody, and go on with the case if it is still in hand before a talk."""
    dials.end(session, dial, code=code, set_by=set_by, now=now)
    in_hand = case.holder_id is not None and case.state == "held"
    if in_hand and held_cases.attempt_in_hand(session, case).id == dial.attempt_id:
        outcomes.go_on(session, case, now=now, set_by=set_by)
