"""Interviews that were voided, and the attempts that count no more with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from survey.fieldwork.rules.disputes import VOIDED
from survey.models import Attempt, Dispute, SampledCase


def attempts(session: Session, unit: str) -> frozenset[int]:
    """Return the attempts of a case that a voided interview took with it: those of its interviewer so far."""
    last = aliased(Attempt)
    rows = (
        select(Attempt.id)
        .join(Dispute, (Dispute.unit == Attempt.unit) & (Dispute.interviewer_id == Attempt.interviewer_id))
        .join(last, last.id == Dispute.attempt_id)
        .where(Attempt.unit == unit, Dispute.decision == VOIDED, Attempt.n <= last.n)
    )
    return frozenset(session.scalars(rows))


def dialled(session: Session, attempts: Collection[int]) -> frozenset[datetime | None]:
    """Return when some attempts were dialled."""
    return frozenset(session.scalars(select(Attempt.dialled_at).where(Attempt.id.in_(attempts))))


def last_calls(session: Session, units: Sequence[str]) -> frozenset[int]:
    """Return the calls in which voided interviews ended: who made them isn't offered the case again."""
    rows = select(Dispute.attempt_id).where(Dispute.unit.in_(units), Dispute.decision == VOIDED)
    return frozenset(session.scalars(rows))


def at(session: Session, units: Sequence[str]) -> dict[str, datetime]:
    """Return of each case when its interview was last voided."""
    rows = (
        select(Dispute.unit, func.max(Dispute.decided_at))
        .where(Dispute.unit.in_(units), Dispute.decision == VOIDED)
        .group_by(Dispute.unit)
    )
    return {unit: moment for unit, moment in session.execute(rows) if moment is not None}


def of_interviewer(interviewer: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a case had an interview of this interviewer's that was voided."""
    return exists().where(
        Dispute.unit == SampledCase.unit,
        Dispute.interviewer_id == interviewer,
        Dispute.decision == VOIDED,
    )


def ever(unit: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that a unit had an interview that was voided."""
    return exists().where(Dispute.unit == unit, Dispute.decision == VOIDED)
