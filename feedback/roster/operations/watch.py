"""What the office has to answer for before a resident notices: vacant grids, gaps, numbers that lapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from feedback.cases.operations import opening
from feedback.cases.rules import lifecycle
from feedback.cases.rules.requests import HelpRequest
from feedback.contacts.queries import numbers
from feedback.duty import queries as duty
from feedback.models import AnswerChange, Area, Case, Contact, Duty, Fallback, OutboxMessage
from feedback.roster.queries.outlooks import Outlook, outlooks
from feedback.web.rules import sentences
from huying.base import clock
from huying.base.i18n import mark
from huying.base.phones import Vault
from huying.messaging import outbox

GRACE = timedelta(hours=1)
"""How long a grid may be without anybody, as between two shifts, before the office gets a case."""
VACANT = mark("网格无人值守")
VACANT_TEXT = sentences.stored("vacant")


def open_vacancies(session: Session, *, now: datetime) -> int:
    """Open a case against the office for grids that nobody has held for GRACE; return how many were opened.

    While such a case of a grid isn't over, there is no second one.
    """
    held = select(Duty.grid_code).where(
        Duty.retracted_at.is_(None),
        Duty.valid_from <= now,
        or_(Duty.valid_to.is_(None), Duty.valid_to > now),
    )
    vacant = select(Area.code).where(Area.level == "grid", Area.retired_at.is_(None), Area.code.not_in(held))
    told = select(Case.grid_code).where(Case.category == VACANT, Case.holder != lifecycle.NOBODY)
    opened = 0
    for code in session.scalars(vacant.where(Area.code.not_in(told)).order_by(Area.code)).all():
        since = _vacant_since(session, code, now=now)
        if since is None or since <= now - GRACE:
            once = f"vacant:{code}:{clock.iso(since) if since else ''}"
            request = HelpRequest(VACANT, VACANT_TEXT)
            opening.open_for_office(session, request, grid_code=code, once=once, now=now)
            opened += 1
    return opened


def warn(session: Session, *, vault: Vault, now: datetime) -> int:
    """Store messages to grid leaders: gaps once a week, a last number that lapses once; return how many.

    A grid without a leader's mobile is told of on the duty desk alone.
    """
    grids = session.scalars(
        select(Area).where(Area.level == "grid", Area.retired_at.is_(None)).order_by(Area.code)
    )
    leaders = _leaders(session)
    told = 0
    for outlook in outlooks(session, grids, vault=vault, now=now):
        leader = _leader_of(session, outlook.grid, leaders)
        if leader is not None:
            told += _tell(session, outlook, leader, vault=vault, now=now)
    return told


def forget_changes(session: Session) -> None:
    """Delete the marks of changes but the last: what a page compares is only whether they differ."""
    last = select(func.max(AnswerChange.id)).scalar_subquery()
    session.execute(delete(AnswerChange).where(AnswerChange.id < last))


def _vacant_since(session: Session, grid_code: str, *, now: datetime) -> datetime | None:
    ended = (row.valid_to for row in duty.rows(session, grid_code) if row.valid_to is not None)
    return max((end for end in ended if end <= now), default=None)


def _leaders(session: Session) -> Mapping[str, Contact]:
    """Return the first leader's mobile of each area that has one."""
    query = (
        select(Fallback.area_code, Contact)
        .join(Contact, Contact.id == Fallback.contact_id)
        .where(Fallback.leader, Contact.kind == "mobile")
        .order_by(Fallback.position.desc())
    )
    return {code: contact for code, contact in session.execute(query)}  # noqa: C416


def _leader_of(session: Session, grid: Area, leaders: Mapping[str, Contact]) -> Contact | None:
    area: Area | None = grid
    while area is not None:
        if area.code in leaders:
            return leaders[area.code]
        area = session.get(Area, area.parent_code) if area.parent_code else None
    return None


def _tell(session: Session, outlook: Outlook, leader: Contact, *, vault: Vault, now: datetime) -> int:
    sent = 0
    year, week, _day = clock.local(now).isocalendar()
    messages: Sequence[tuple[str, str, dict[str, str]]] = [
        *(("gap", f"{year}-W{week:02d}", _gap_params(outlook)) for _gap in outlook.gaps[:1]),
        *(("lapse", clock.iso(at), _lapse_params(outlook, at)) for at in [outlook.lapses_at] if at),
    ]
    for purpose, which, params in messages:
        before = _messages(session, purpose, f"{outlook.grid.code}/{which}")
        outbox.post(
            session,
            OutboxMessage,
            vault=vault,
            purpose=purpose,
            subject=f"{outlook.grid.code}/{which}",
            number=numbers.number_of(leader, vault=vault),
            template=purpose,
            params=params,
            now=now,
        )
        sent += not before
    return sent


def _messages(session: Session, purpose: str, subject: str) -> bool:
    known = select(OutboxMessage.id).where(OutboxMessage.purpose == purpose, OutboxMessage.subject == subject)
    return session.scalar(known.limit(1)) is not None


def _gap_params(outlook: Outlook) -> dict[str, str]:
    first = clock.local(outlook.gaps[0].start)
    hours = round(sum(gap.hours for gap in outlook.gaps))
    return {
        "place": outlook.grid.name[:12],
        "day": f"{first.month}月{first.day}日",
        "hours": str(max(hours, 1)),
    }


def _lapse_params(outlook: Outlook, at: datetime) -> dict[str, str]:
    local = clock.local(at)
    return {"place": outlook.grid.name[:12], "day": f"{local.month}月{local.day}日{local:%H:%M}"}
