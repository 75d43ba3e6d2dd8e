"""The ledger as an auditor reads it: every line, but for what a running wave must keep closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.ledger.store import Ledger
from survey.models import CAMPAIGN_LEDGER, LEDGER, Wave
from survey.waves.queries import ceremony


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the ledger: without its body while that would tell the sample."""

    number: int
    at: datetime
    body: str | None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some lines of the ledger, those before number `before`, the newest first; its size and its root."""

    size: int
    root: str
    before: int
    lines: Sequence[LedgerLine]


def ledger_page(
    session: Session, *, before: int | None, per_page: int, campaigns: bool = False
) -> LedgerPage:
    """Return a page of the ledger, or of the `campaigns`' own; without `before` the newest lines."""
    ledger = CAMPAIGN_LEDGER if campaigns else LEDGER
    size = ledger.size(session)
    end = size if before is None else min(max(before, 0), size)
    closed_from = ceremony.closed_from(session, campaigns=campaigns)
    lines = _lines(session, ledger, end - per_page, end, closed_from=closed_from)
    return LedgerPage(size, ledger.root(session).hex(), end, lines)


def finished_waves(session: Session) -> Sequence[Wave]:
    """Return the waves whose bundles are public, the newest first."""
    return session.scalars(select(Wave).where(Wave.state == "closed").order_by(Wave.closed_at.desc())).all()


def waves_to_attest(session: Session) -> Sequence[Wave]:
    """Return the waves whose answers are counted and whose score is still to come."""
    waiting = select(Wave).where(Wave.state == "drawn", Wave.counted_at.is_not(None))
    return session.scalars(waiting.order_by(Wave.first_entry)).all()


def _lines(
    session: Session, ledger: Ledger, start: int, end: int, *, closed_from: int | None
) -> list[LedgerLine]:
    model = ledger.entry
    query = select(model.idx, model.at, model.body).where(model.idx >= start, model.idx < end)
    return [
        LedgerLine(number, at, body.decode() if closed_from is None or number < closed_from else None)
        for number, at, body in session.execute(query.order_by(model.idx.desc()))
    ]
