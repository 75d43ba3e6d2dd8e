"""Lines that carriers hold for dials: how the last hour's went, which are open, what is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from huying.base.clock import midnight
from huying.base.phones import Vault
from huying.store.db import Database
from huying.telephony.dialler import ENDS, LIMIT_S, RING_S, ProviderEvent, Resolve
from survey.fieldwork.queries.frozen_records import frozen_record
from survey.fieldwork.rules import provider_results as rules
from survey.fieldwork.rules.dials import MANUAL
from survey.fieldwork.rules.provider_results import GOT_THROUGH, LATELY, LineHealth
from survey.models import Account, Attempt, Dial, DialEvent, SampledCase, Wave

LOST = timedelta(seconds=90)
"""After so long a dial of which a carrier knows nothing never arrived."""
LONGEST = timedelta(seconds=LIMIT_S + RING_S) + LOST
GIVEN_UP = timedelta(hours=2)
AT_ONCE = 200
NEVER_RANG = ("number_suspect", "technical_ours", "cancelled_by_us", "blocked")
"""Codes of dials that reached no telephone: what a carrier completed may have been its own announcement."""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A dial of whose line nobody knows that it is over; `code`: somebody said already what it came to."""

    ulid: str
    unit: str
    attempt_id: int
    adapter: str
    number_ref: str
    interviewer: str
    sid: str
    state: str
    code: str | None
    started_at: datetime
    records: bool


def resolver(database: Database, vault: Vault) -> Resolve:
    """Return what opens a number (E.164) by its reference `unit/position`, for a dialler alone."""

    def resolve(reference: str) -> str:
        unit, _slash, position = reference.partition("/")
        with database.reading() as session:
            wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
            return frozen_record(session, wave, unit, vault=vault).numbers[int(position) - 1]

    return resolve


def open_line(session: Session, unit: str) -> OpenLine | None:
    """Return the line of a household's latest dial, if a carrier holds one that may be open."""
    latest = session.scalar(
        select(Dial.ulid).where(Dial.unit == unit).order_by(Dial.started_at.desc(), Dial.ulid.desc()).limit(1)
    )
    found = [] if latest is None else _lines(session, Dial.ulid == latest)
    return found[0] if found else None


def to_settle(session: Session, adapter: str, *, now: datetime, patient: bool = True) -> Sequence[OpenLine]:
    """Return the lines of which an adapter's carrier is to be asked: those it should have told of by now.

    An impatient caller gets every open one.
    """
    late = or_(
        Dial.state == "unknown",
        Dial.started_at <= now - LONGEST,
        (Dial.started_at <= now - LOST) & (Dial.state != "in_progress"),
        Dial.code.is_not(None),
    )
    return _lines(session, Dial.adapter == adapter, *([late] if patient else []))


def _lines(session: Session, *which: object) -> list[OpenLine]:
    rows = (
        select(Dial, Account.code)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(Account, Account.id == Attempt.interviewer_id)
        .where(Dial.line_ended_at.is_(None), Dial.adapter != MANUAL, *which)  # type: ignore[arg-type]
        .order_by(Dial.started_at, Dial.ulid)
        .limit(AT_ONCE)
    )
    return [
        OpenLine(
            dial.ulid,
            dial.unit,
            dial.attempt_id,
            dial.adapter,
            dial.number_ref,
            code or "",
            dial.provider_sid or "",
            dial.state,
            dial.code,
            dial.started_at,
            dial.records,
        )
        for dial, code in session.execute(rows)
    ]


def events_of(session: Session, ulid: str) -> Sequence[ProviderEvent]:
    """Return what a carrier said of a dial, in the order in which it came."""
    rows = select(DialEvent).where(DialEvent.dial_ulid == ulid).order_by(DialEvent.id)
    return [
        ProviderEvent(row.provider, row.key, ulid, row.status, row.call_sid, cause=row.cause, heard=row.heard)
        for row in session.scalars(rows)
    ]


def answered_at(session: Session, ulid: str) -> datetime | None:
    """Return when a carrier first said that a dial was answered."""
    told = select(func.min(DialEvent.at)).where(
        DialEvent.dial_ulid == ulid, DialEvent.status == "in_progress"
    )
    return session.scalar(told)


def health(session: Session, dial: Dial, *, cause: str, now: datetime) -> LineHealth:
    """Return how other dials went, for one that failed by this cause."""
    delivered = select(Dial.ulid).where(
        Dial.route == dial.route,
        Dial.adapter == dial.adapter,
        Dial.ulid != dial.ulid,
        or_(Dial.code.is_(None), Dial.code.not_in(NEVER_RANG)),
        Dial.started_at >= midnight(dial.started_at),
        Dial.state.in_(GOT_THROUGH),
    )
    causes = [each for ulid, each in _ended(session, dial.adapter, now=now) if ulid != dial.ulid]
    alike = sum(each == cause for each in causes)
    through = dial.route is not None and session.scalar(delivered.limit(1)) is not None
    return LineHealth(through, len(causes) + 1, alike + 1)


def is_down(session: Session, adapter: str, *, now: datetime) -> bool:
    """Whether the dials of the last hour failed so alike that no more are placed."""
    return rules.is_down([cause for _ulid, cause in _ended(session, adapter, now=now)])


def failed_lately(session: Session, adapter: str, *, now: datetime) -> int:
    """Return how many dials of the last hour failed by a fault of ours or our carrier's."""
    ours = select(func.count()).where(
        Dial.adapter == adapter, Dial.started_at > now - LATELY, Dial.code == "technical_ours"
    )
    return session.scalar(ours) or 0


def _ended(session: Session, adapter: str, *, now: datetime) -> Sequence[tuple[str, str]]:
    rows = select(Dial.ulid, Dial.cause).where(
        Dial.adapter == adapter, Dial.started_at > now - LATELY, Dial.state.in_(ENDS)
    )
    return [(ulid, cause) for ulid, cause in session.execute(rows)]
