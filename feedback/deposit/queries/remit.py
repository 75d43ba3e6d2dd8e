"""What changed in the remit since the deposits before: who answers for what, where, from–to."""

from __future__ import annotations

import zipfile
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.deposit.queries.scope import DepositRow, DepositScope
from feedback.models import DepositRun, Remit
from huying.base.clock import iso
from huying.deposit.tables import REMIT


def changes(session: Session, scope: DepositScope) -> list[DepositRow]:
    """Return each row of the remit that no deposit told, or of which the last to tell it says otherwise."""
    told = _told(session)
    recorded = select(Remit).where(Remit.recorded_at <= scope.now).order_by(Remit.id)
    rows = [_row(row) for row in session.scalars(recorded)]
    return [row for row in rows if told.get(row["code"]) != [row[name] for name in REMIT.header]]


def _told(session: Session) -> dict[str, list[str]]:
    """Return the cells of each row as the last deposit that holds it tells them, by its code."""
    told: dict[str, list[str]] = {}
    for file in session.scalars(select(DepositRun.file).order_by(DepositRun.period)):
        with zipfile.ZipFile(BytesIO(file)) as members:
            rows = members.read(REMIT.file).decode().split("\n")[1:]
        told |= {cells[0]: cells for cells in (row.split("\t") for row in rows if row)}
    return told


def _row(row: Remit) -> DepositRow:
    return {
        "code": f"R{row.id}",
        "category": row.category,
        "area": row.area_code,
        "lead": row.lead,
        "supporting": row.supporting,
        "valid_from": iso(row.valid_from),
        "valid_to": iso(row.valid_to) if row.valid_to else "",
        "agreed_by": row.agreed_by,
    }
