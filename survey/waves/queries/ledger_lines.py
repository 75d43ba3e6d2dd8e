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
from survey.waves.rules import ledger_sentences


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the ledger: without its body while that would tell the sample."""

    number: int
    at: datetime
    body: str | None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some lines of the ledger, the newest first; its size and its root.

    Older lines go on before number `older`; it is 0 where there are none.
    """

    size: int
    root: str
    lines: Sequence[LedgerLine]
    older: int


MOST_READ = 5_000
"""A page reads no more lines than these, however few of them are about what is sought."""


def ledger_page(
    session: Session, *, before: int | None, per_page: int, about: str = "", campaigns: bool = False
) -> LedgerPage:
    """Return a page of the ledger, or of the `campaigns`' own.

    Without `before` it holds the newest lines, with `about` those of a subject.
    """
    ledger = CAMPAIGN_LEDGER if campaigns else LEDGER
    closed_from = ceremony.closed_from(session, campaigns=campaigns)
    size = ledger.size(session)
    end = size if before is None else min(max(before, 0), size)
    found: list[LedgerLine] = []
    first = max(end - (MOST_READ if about else per_page), 0)
    while end > first and len(found) < per_page:
        lines = _lines(session, ledger, max(end - per_page, first), end, closed_from=closed_from)
        kept = [line for line in lines if not about or _is_about(line, about)][: per_page - len(found)]
        found += kept
        full = bool(about) and len(found) == per_page
        end = kept[-1].number if full else max(end - per_page, first)
    return LedgerPage(size, ledger.root(session).hex(), found, end)


def _is_about(line: LedgerLine, about: str) -> bool:
    return line.body is not None and ledger_sentences.subject(line.body) == about


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
