"""A complete is undone after its wave's scores are out: by two names; the next release counts it no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Gone, NotFound
from huying.base.i18n import _
from survey.fieldwork.operations import corrections
from survey.fieldwork.queries import corrections as outcomes
from survey.fieldwork.queries import taken_out as queries
from survey.fieldwork.rules import corrections as rules
from survey.models import Correction, UndoneComplete
from survey.waves.rules.early_ending import Signer


def ask_wherever(
    session: Session, named: str, *, to: str, why: str, by: Signer, now: datetime
) -> Correction | UndoneComplete:
    """Ask for another outcome of the household that a code or a receipt names.

    In the wave that runs it is a correction; of a wave whose scores are out a complete may be undone.
    """
    if outcomes.running(session) is None:
        return ask(session, named, to=to, why=why, by=by, now=now)
    try:
        return corrections.ask_now(session, named, to=to, why=why, by=by, now=now)
    except NotFound:
        if not queries.released(session, now=now):
            raise
        return ask(session, named, to=to, why=why, by=by, now=now)


def ask(session: Session, named: str, *, to: str, why: str, by: Signer, now: datetime) -> UndoneComplete:
    """Ask that a complete of a wave whose scores are out be undone; raise where there is none, or it is."""
    rules.check_asker(by)
    label, unit = queries.named(session, named, now=now)
    before = outcomes.outcome(session, label, unit)
    reason = rules.check(before, after=to, why=why)
    if before not in rules.COMPLETES:
        raise Conflict(_("得分公布以后，只能撤掉完成的访问，别的结果不再更正。"))
    if queries.is_erased(session, unit):
        raise Gone(_("这一户的回答已经销毁，不能再撤。"))
    if session.scalar(select(UndoneComplete.id).where(UndoneComplete.unit == unit)) is not None:
        raise Conflict(_("这一户的访问已经提出撤掉。"))
    row = UndoneComplete(
        wave_label=label,
        unit=unit,
        to_code=to,
        why=reason,
        asked_by=by.login,
        asked_role=by.role,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def confirm(session: Session, number: int, *, by: Signer, now: datetime) -> UndoneComplete:
    """Undo a complete as somebody of another role asked; raise where nobody did, or it is done."""
    row = session.get(UndoneComplete, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("没有这份更正。"))
    if row.confirmed_at is not None:
        raise Conflict(_("这份更正已经有人确认了。"))
    rules.check_second(Signer(row.asked_by, row.asked_role), by)
    row.confirmed_by, row.confirmed_role, row.confirmed_at = by.login, by.role, now
    session.flush()
    return row


def leave_out(session: Session, label: str, *, number: int) -> list[str]:
    """Let release `number` leave out what was confirmed; return the households. Raise Conflict for none."""
    rows = queries.confirmed(session, label)
    check_any(rows)
    for row in rows:
        row.number = number
    session.flush()
    return [row.unit for row in rows]


def check_any(undone: Sequence[UndoneComplete]) -> None:
    """Raise Conflict where nothing was undone that a release could leave out."""
    if not undone:
        raise Conflict(_("没有新撤掉的访问，不用重新公布。"))
