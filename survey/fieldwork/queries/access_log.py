"""Who saw a household's number, of which case, when and for which call; and what was refused to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import AccessRecord, Attempt

REFUSED = "refused: "
"""What a record of a refusal begins with; the step that was tried follows."""
TAKEN = "data files: "
"""What a record of a wave's data taken along begins with; the purpose follows."""


class RecordKind(StrEnum):
    """Which records are looked through."""

    EVERY = ""
    SIGHTS = "sights"
    REFUSALS = "refused"


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One record: who, of which case, when; `what` was done, or which step was `refused`.

    `purpose` is what a wave's data were taken along for; `unit` is the wave then. `attempt` is the number
    of the attempt in which a number was seen; None where there is no such.
    """

    number: int
    at: datetime
    by: str
    unit: str
    what: str
    refused: str
    purpose: str
    attempt: int | None


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Some records, the newest first; `older` is where the page before begins, None at the start."""

    lines: Sequence[AccessLine]
    older: int | None


def access_page(
    session: Session, *, before: int | None, per_page: int, kind: RecordKind = RecordKind.EVERY
) -> AccessPage:
    """Return the records before number `before`; without it the newest."""
    rows = select(AccessRecord).order_by(AccessRecord.id.desc()).limit(per_page + 1)
    if before is not None:
        rows = rows.where(AccessRecord.id < before)
    is_refusal = AccessRecord.what.startswith(REFUSED)
    if kind is not RecordKind.EVERY:
        rows = rows.where(is_refusal if kind is RecordKind.REFUSALS else ~is_refusal)
    found = session.scalars(rows).all()
    shown = found[:per_page]
    dialled = _dialled(session, {row.unit for row in shown})
    older = shown[-1].id if len(found) > per_page else None
    return AccessPage([_line(row, dialled.get(row.unit, ())) for row in shown], older)


def _line(row: AccessRecord, dialled: Sequence[tuple[datetime, int]]) -> AccessLine:
    refused = row.what.removeprefix(REFUSED) if row.what.startswith(REFUSED) else ""
    attempt = max((n for at, n in dialled if at <= row.at), default=None)
    return AccessLine(
        number=row.id,
        at=row.at,
        by=row.by,
        unit=row.unit,
        what=row.what,
        refused=refused,
        purpose=row.what.removeprefix(TAKEN) if row.what.startswith(TAKEN) else "",
        attempt=None if refused else attempt,
    )


def _dialled(session: Session, units: Iterable[str]) -> dict[str, list[tuple[datetime, int]]]:
    found: dict[str, list[tuple[datetime, int]]] = {}
    rows = select(Attempt.unit, Attempt.dialled_at, Attempt.n).where(Attempt.unit.in_(sorted(units)))
    for unit, at, n in session.execute(rows):
        if at is not None:
            found.setdefault(unit, []).append((at, n))
    return found
