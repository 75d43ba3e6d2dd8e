"""The deposits that were accepted, as the registrar's page shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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


def waiting_map_changes(session: Session) -> int:
    """Count the changes of the map that wait for a registrar."""
    rows = select(func.count(MapChange.id)).where(MapChange.decided_at.is_(None))
    return session.scalar(rows) or 0
