"""The deposits that were accepted, as the registrar's page shows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.deposit import manifest
from huying.deposit.rows import DepositRow as Cells
from huying.deposit.tables import BY_NAME, CASES
from huying.ledger import tree
from survey.models import Deposit, DepositedCase, DepositedRow, MapChange, PublicEntry


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


@dataclass(frozen=True, slots=True)
class FramedRow:
    """A deposited row that may be drawn: its code, its area ("" for none), its line as it was deposited."""

    table: str
    code: str
    area: str
    line: str

    @property
    def cells(self) -> Cells:
        """The cells by the names of their columns; what came later is empty in a file of before."""
        given = self.line.split("\t")
        return {**dict.fromkeys(BY_NAME[self.table].header, ""), **self._named(given)}

    def _named(self, given: list[str]) -> Cells:
        return dict(zip(BY_NAME[self.table].header, given, strict=False))


def rows(session: Session, period: str, *, table: str) -> list[FramedRow]:
    """Return the rows of a table of cases, visits or posters that a deposit brought, by their codes."""
    found = session.execute(_lines(period, table))
    return sorted((FramedRow(table, *row) for row in found), key=lambda row: row.code)


def row(session: Session, period: str, *, table: str, code: str) -> FramedRow:
    """Return one row of a deposit; raise NotFound where it isn't there any more."""
    for found in session.execute(_lines(period, table, code)):
        return FramedRow(table, *found)
    raise NotFound(_("%(period)s 的交存文件里没有这一行了。", period=period))


def _lines(period: str, table: str, code: str = "") -> Select[str, str, str]:
    if table == CASES.name:
        lines = select(DepositedCase.code, DepositedCase.area_code, DepositedCase.line)
        lines = lines.where(DepositedCase.period == period)
        return lines.where(DepositedCase.code == code) if code else lines
    lines = select(DepositedRow.code, DepositedRow.area_code, DepositedRow.line)
    lines = lines.where(DepositedRow.period == period, DepositedRow.kind == table)
    return lines.where(DepositedRow.code == code) if code else lines


def latest(session: Session) -> Deposit | None:
    """Return the deposit of the latest period; None before the first."""
    return session.scalar(select(Deposit).order_by(Deposit.period.desc()).limit(1))


def waiting_map_changes(session: Session) -> int:
    """Count the changes of the map that wait for a registrar."""
    rows = select(func.count(MapChange.id)).where(MapChange.decided_at.is_(None))
    return session.scalar(rows) or 0


def public_line_faults(session: Session) -> Iterator[str]:
    """Say of which deposits the checkpoint isn't the root of the public ledger's lines that were taken in."""
    bodies = session.scalars(select(PublicEntry.body).order_by(PublicEntry.idx))
    leaves = list(map(tree.leaf_hash, bodies))
    for deposit in session.scalars(select(Deposit).order_by(Deposit.period)):
        if not _gives(deposit.checkpoint, leaves):
            yield deposit.period


def _gives(checkpoint: str, leaves: Sequence[bytes]) -> bool:
    try:
        signed = manifest.checkpoint(checkpoint)
    except Invalid:
        return False
    return signed.size <= len(leaves) and tree.root(iter(leaves[: signed.size])) == signed.root
