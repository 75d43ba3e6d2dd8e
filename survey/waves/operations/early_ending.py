"""Ending a field early: asked by one, confirmed by another of another role; then the field can be closed."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.models import EarlyEnding
from survey.waves.queries import waves
from survey.waves.rules import early_ending as rules
from survey.waves.rules.early_ending import Signer

SALT = 16
"""Bytes that keep a reason from being guessed by its digest."""


def ask(session: Session, label: str, *, why: str, by: Signer, now: datetime) -> EarlyEnding:
    """Ask to end the field of a wave early; raise Conflict where that was asked already, or it ended."""
    wave = waves.locked(session, label, states=("drawn",))
    reason = rules.check_reason(why)
    if wave.ended_at is not None:
        raise Conflict(_("%(label)s 这一轮的访问已经结束了。", label=label))
    if session.get(EarlyEnding, label):
        raise Conflict(_("已经有人提出提前结束，等另一种职责的人确认。"))
    row = EarlyEnding(
        wave_label=label,
        why=reason,
        salt=secrets.token_hex(SALT),
        asked_by=by.login,
        asked_role=by.role,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def confirm(session: Session, label: str, *, by: Signer, now: datetime) -> EarlyEnding:
    """Confirm what somebody of another role asked; raise Conflict where nobody did, or it is confirmed."""
    waves.locked(session, label, states=("drawn",))
    row = session.get(EarlyEnding, label)
    if row is None or row.confirmed_by is not None:
        raise Conflict(_("没有等着确认的提前结束。"))
    rules.check_second(Signer(row.asked_by, row.asked_role), by)
    row.confirmed_by, row.confirmed_role, row.confirmed_at = by.login, by.role, now
    session.flush()
    return row
