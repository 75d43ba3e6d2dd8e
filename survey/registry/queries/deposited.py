"""What is amiss with deposits, which were thrown out, and what they would change in the map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import Words, _, lazy
from survey.models import Area, Deposit, DepositDiscard, DepositFinding, MapChange

SENTENCES: Mapping[str, Words] = {
    "unsigned": lazy("没有登记公众端账本的公钥，检查点的签名没有核对"),
    "lists": lazy("名单少了 %(lost)s 行：以前交存过 %(known)s 行"),
    "cases": lazy("账本里有 %(waiting)s 件事项还没有交存，登记都不到 60 天"),
    "overdue": lazy("账本里有 %(waiting)s 件事项还没有交存，其中 %(overdue)s 件登记已超过 60 天"),
}


@dataclass(frozen=True, slots=True)
class DepositRemark:
    """What is amiss with a deposit, in words; a `grave` one asks for an answer from the other side."""

    period: str
    at: datetime
    words: str
    grave: bool


def findings(session: Session) -> list[DepositRemark]:
    """Return what was found of the deposits, the newest first."""
    rows = session.scalars(select(DepositFinding).order_by(DepositFinding.id.desc()))
    return [_finding(row) for row in rows]


def _finding(row: DepositFinding) -> DepositRemark:
    counts = json.loads(row.counts)
    kind = "overdue" if counts.get("overdue") else row.kind
    words = str(SENTENCES[kind]) % counts if counts else str(SENTENCES[kind])
    return DepositRemark(row.period, row.at, words, grave=kind != "cases")


def discards(session: Session) -> list[DepositDiscard]:
    """Return the deposits that were thrown out, the newest first."""
    return list(session.scalars(select(DepositDiscard).order_by(DepositDiscard.at.desc())))


def last(session: Session, period: str) -> Deposit:
    """Return the deposit of a period, if it is the last; raise NotFound otherwise."""
    row = session.get(Deposit, period)
    if row is None or session.scalar(select(func.max(Deposit.period))) != period:
        raise NotFound(_("只有最后一份交存文件可以作废。"))
    return row


def map_changes(session: Session) -> list[MapChange]:
    """Return what deposits would change in the map: what waits first, then what was decided by a person."""
    rows = select(MapChange).where(MapChange.decision.is_distinct_from("replaced"))
    found = session.scalars(rows.order_by(MapChange.id.desc()))
    return sorted(found, key=lambda row: row.decided_at is not None)


def area_names(session: Session) -> Mapping[str, str]:
    """Return the names of all areas."""
    return dict(session.execute(select(Area.code, Area.name)).all())
