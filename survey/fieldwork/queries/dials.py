"""The dials of a case, and the numbers that they went to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey.fieldwork.rules import dials as rules
from survey.models import Attempt, CaseNumber, Dial, EligibilityStatement
from survey.registry.rules.number_states import NUMBER_BAD

FAX = "fax"


def open_of(session: Session, unit: str) -> Dial | None:
    """Return the dial of a case of which nobody knows yet what it came to; its line may be over."""
    return session.scalar(select(Dial).where(Dial.unit == unit, Dial.code.is_(None)))


def of_attempt(session: Session, attempt: Attempt) -> Sequence[Dial]:
    """Return the dials of an attempt, in their order."""
    dials = select(Dial).where(Dial.attempt_id == attempt.id)
    return session.scalars(dials.order_by(Dial.started_at, Dial.ulid)).all()


def numbers(session: Session, unit: str) -> Sequence[CaseNumber]:
    """Return the numbers of a case, in their order; none before it was first dialled."""
    return session.scalars(
        select(CaseNumber).where(CaseNumber.unit == unit).order_by(CaseNumber.position)
    ).all()


def next_number(session: Session, attempt: Attempt, *, barred: Collection[int] = ()) -> int | None:
    """Return the position of the number to dial next in an attempt; None when none is left."""
    return rules.next_number(
        {row.position: row.state for row in numbers(session, attempt.unit)},
        dialled={dial.position for dial in of_attempt(session, attempt)},
        barred=barred,
        last=_doubted(session, attempt.unit),
    )


def _doubted(session: Session, unit: str) -> int | None:
    """The position of the number by which somebody last said that the household isn't eligible."""
    said = select(Dial.position).join(
        EligibilityStatement, EligibilityStatement.attempt_id == Dial.attempt_id
    )
    last = said.where(Dial.unit == unit, EligibilityStatement.code.is_not(None), Dial.state == "completed")
    return session.scalar(last.order_by(Dial.started_at.desc()).limit(1))


def results(session: Session, unit: str) -> dict[int, list[tuple[datetime, str]]]:
    """Return what the dials to each number of a case came to, and when.

    An attempt from before numbers were told apart says the same of them all.
    """
    found: dict[int, list[tuple[datetime, str]]] = {row.position: [] for row in numbers(session, unit)}
    dials = select(Dial.position, Dial.started_at, Dial.code, Dial.heard).where(
        Dial.unit == unit, Dial.code.is_not(None)
    )
    for position, at, code, heard in session.execute(dials):
        found.setdefault(position, []).append((at, NUMBER_BAD if heard == FAX else str(code)))
    before = [(at, code) for at, code in session.execute(_without_dials(unit)) if at and code]
    for told in found.values():
        told.extend(before)
    return found


def _without_dials(unit: str) -> Select[datetime | None, str | None]:
    dialled = select(Dial.attempt_id).where(Dial.unit == unit)
    return select(Attempt.dialled_at, Attempt.code).where(
        Attempt.unit == unit,
        Attempt.dialled_at.is_not(None),
        Attempt.code.is_not(None),
        Attempt.id.not_in(dialled),
    )
