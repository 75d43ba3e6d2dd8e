"""The deposits that were accepted, as the registrar's page shows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.deposit.tables import CASES
from survey.models import Deposit, DepositedCase, MapChange


@dataclass(frozen=True, slots=True)
class AcceptedDeposit:
    """A deposit: its period and digest, when it was made and accepted, how many rows each table has."""

    period: str
    sha256: str
    made_at: datetime
    accepted_at: datetime
    rows: Mapping[str, int]


def accepted(session: Session) -> list[AcceptedDeposit]:
    """Return the accepted deposits, the newest period first."""
    found = session.scalars(select(Deposit).order_by(Deposit.period.desc()))
    return [
        AcceptedDeposit(each.period, each.sha256, each.made_at, each.accepted_at, json.loads(each.counts))
        for each in found
    ]


def case_history(session: Session, code: str) -> list[DepositedCase]:
    """Return what each deposit told of a case, the latest first: that is what holds."""
    told = select(DepositedCase).where(DepositedCase.code == code)
    return list(session.scalars(told.order_by(DepositedCase.period.desc())))


def confirmed_by(session: Session) -> Mapping[str, int]:
    """Count the cases whose residents say that they are solved, by how the word came, as last told.

    Only `link` is an answer of somebody who was asked at a proven number; the others stand apart.
    """
    last = select(DepositedCase.code, func.max(DepositedCase.period).label("period"))
    latest = last.group_by(DepositedCase.code).subquery()
    told = select(DepositedCase.line).join(
        latest, (DepositedCase.code == latest.c.code) & (DepositedCase.period == latest.c.period)
    )
    lines = session.scalars(told.where(DepositedCase.state == "confirmed"))
    return Counter(_word(line) for line in lines)


def _word(line: str) -> str:
    """Return the channel in a case's line; files of before didn't tell it."""
    cells = line.split("\t")
    return cells[len(CASES.first_header)] if len(cells) > len(CASES.first_header) else ""


def waiting_map_changes(session: Session) -> int:
    """Count the changes of the map that wait for a registrar."""
    rows = select(func.count(MapChange.id)).where(MapChange.decided_at.is_(None))
    return session.scalar(rows) or 0
