"""Completes that are undone after their wave's scores are out: which may be, and which wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.queries import corrections
from survey.models import AnswerCommitment, ScoreRelease, UndoneComplete, Wave
from survey.waves.rules.deadlines import APPEAL


def released(session: Session, *, now: datetime) -> list[str]:
    """Return the waves whose scores are out and may be appealed against, the newest first."""
    waves = select(Wave.label).join(ScoreRelease, ScoreRelease.wave_label == Wave.label)
    open_ = waves.where(Wave.state == "closed", Wave.closed_at > now - APPEAL)
    return list(session.scalars(open_.order_by(Wave.first_entry.desc())))


def named(session: Session, text: str, *, now: datetime) -> tuple[str, str]:
    """Return wave and unit of a household that its code or receipt names; raise NotFound for neither."""
    for label in released(session, now=now):
        try:
            unit = corrections.unit_of(session, label, text)
            corrections.outcome(session, label, unit)
        except NotFound:
            continue
        return label, unit
    raise NotFound(_("没有这个编码，也没有这个回执号。"))


def waiting(session: Session) -> Sequence[UndoneComplete]:
    """Return those that wait for a second name."""
    rows = select(UndoneComplete).where(UndoneComplete.confirmed_at.is_(None))
    return session.scalars(rows.order_by(UndoneComplete.id)).all()


def confirmed(session: Session, label: str) -> Sequence[UndoneComplete]:
    """Return those of a wave that a second person confirmed and no release has left out yet."""
    rows = select(UndoneComplete).where(
        UndoneComplete.wave_label == label,
        UndoneComplete.confirmed_at.is_not(None),
        UndoneComplete.number.is_(None),
    )
    return session.scalars(rows.order_by(UndoneComplete.id)).all()


def is_erased(session: Session, unit: str) -> bool:
    """Whether a household's answers are destroyed."""
    blank = select(func.count()).select_from(AnswerCommitment)
    return bool(session.scalar(blank.where(AnswerCommitment.unit == unit, AnswerCommitment.nonce == "")))


def commitments(session: Session, units: Sequence[str]) -> list[str]:
    """Return the sealed answers of some households."""
    rows = select(AnswerCommitment.commitment).where(AnswerCommitment.unit.in_(units))
    return sorted(session.scalars(rows))
