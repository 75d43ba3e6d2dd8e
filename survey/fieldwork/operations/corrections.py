"""Outcomes are put right in the ledger, by name; a dropped answer counts no more."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from survey.drawing import entries
from survey.drawing.answers import new_nonce
from survey.fieldwork.operations import dnc
from survey.fieldwork.queries import corrections as queries
from survey.fieldwork.queries import dials
from survey.fieldwork.rules import corrections as rules
from survey.models import (
    AnswerCommitment,
    Correction,
    DroppedAnswer,
    FrameUnit,
    Outcome,
    Wave,
)
from survey.waves.queries import waves
from survey.waves.queries.opted_out import OPTED_OUT
from survey.waves.rules.early_ending import Signer

SALT = 16
"""Bytes that keep a reason from being guessed by its digest."""
HOW = "correction"
"""How a wish came to be recorded by one, and the head of the reason by which one lifts it."""


def ask(
    session: Session, label: str, *, unit: str, to: str, why: str, by: Signer, now: datetime
) -> Correction:
    """Ask for another outcome of a household; logged at once unless a complete is undone.

    Raises Conflict once the wave is counted, where nothing is to be put right, or where one waits already.
    """
    wave = _open(session, label)
    rules.check_asker(by)
    before = queries.outcome(session, wave.label, unit)
    reason = rules.check(before, after=to, why=why)
    if not queries.was_called(session, unit):
        raise Conflict(_("没有拨打过的户，结果不能更正。"))
    if queries.waits(session, unit):
        raise Conflict(_("这一户已经有一份更正等着确认。"))
    row = Correction(
        wave_label=wave.label,
        unit=unit,
        from_code=before,
        to_code=to,
        why=reason,
        salt=secrets.token_hex(SALT),
        asked_by=by.login,
        asked_role=by.role,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    if before != rules.COMPLETE:
        _log(session, row, by=(by.entry(), rules.BY_RULE), now=now)
    return row


def ask_now(session: Session, named: str, *, to: str, why: str, by: Signer, now: datetime) -> Correction:
    """Ask for another outcome in the wave that runs, of the household that a code or a receipt names."""
    found = queries.running(session)
    if found is None:
        raise Conflict(_("现在没有可以更正的轮次：还没有抽签，或已经计完。"))
    unit = queries.unit_of(session, found.wave, named)
    return ask(session, found.wave, unit=unit, to=to, why=why, by=by, now=now)


def confirm(session: Session, number: int, *, by: Signer, now: datetime) -> Correction:
    """Undo a complete as somebody of another role asked; raise where nobody did, or it is done."""
    row = session.get(Correction, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("没有这份更正。"))
    if row.entry is not None:
        raise Conflict(_("这份更正已经写进账本了。"))
    _open(session, row.wave_label)
    first = Signer(row.asked_by, row.asked_role)
    rules.check_second(first, by)
    row.confirmed_by, row.confirmed_role, row.confirmed_at = by.login, by.role, now
    _log(session, row, by=(first.entry(), by.entry()), now=now)
    return row


def by_two(
    session: Session, label: str, *, unit: str, to: str, why: str, by: tuple[Signer, Signer], now: datetime
) -> Correction:
    """Log another outcome that two people of different roles have agreed to already."""
    row = ask(session, label, unit=unit, to=to, why=why, by=by[0], now=now)
    return row if row.entry is not None else confirm(session, row.id, by=by[1], now=now)


def _open(session: Session, label: str) -> Wave:
    wave = waves.locked(session, label, states=("drawn",))
    if wave.counted_at is not None:
        raise Conflict(_("%(label)s 这一轮已经计完，不能再更正。", label=label))
    return wave


def _log(session: Session, row: Correction, *, by: Sequence[str], now: datetime) -> None:
    sealed = select(AnswerCommitment.commitment).where(AnswerCommitment.unit == row.unit)
    drop = list(session.scalars(sealed)) if row.from_code == rules.COMPLETE else []
    line = entries.correction(
        u=row.unit,
        from_=row.from_code,
        to=row.to_code,
        why=rules.reason_entry(row.why, salt=row.salt),
        by=by,
        drop=drop or None,
        s=new_nonce(),
    )
    row.entry = session.get_one(Wave, row.wave_label).ledger.append(session, line, at=now)
    session.add(Outcome(unit=row.unit, code=row.to_code, at=now, by="+".join(by)[:64]))
    session.add_all(DroppedAnswer(commitment=each, entry=row.entry) for each in drop)
    session.flush()
    _tell_wish(session, row, now=now)


def _tell_wish(session: Session, row: Correction, *, now: datetime) -> None:
    """A correction to "never call again" records the wish; one from it lifts what that call recorded."""
    if row.to_code == OPTED_OUT:
        household = session.get_one(FrameUnit, row.unit).household_code
        numbers = [each.blind_index for each in dials.numbers(session, row.unit)]
        dnc.record(session, household, by=row.asked_by, how=HOW, now=now, numbers=numbers, unit=row.unit)
    elif row.from_code == OPTED_OUT:
        dnc.lift_of_unit(session, row.unit, by=row.asked_by, why=f"{HOW}: {row.why}", now=now)
