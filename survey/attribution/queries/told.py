"""The deposited tables, each row as the last deposit tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from huying.deposit.tables import CASES, REMIT, VISITS
from survey.attribution.rules.inputs import (
    AskedRow,
    HeldPost,
    PlaceName,
    RemitRow,
    SoundedWhistle,
    ToldCase,
    TriedRow,
)
from survey.attribution.rules.periods import AttributedPeriod
from survey.attribution.rules.remit import street_of
from survey.attribution.rules.sharing import allowed_hours
from survey.campaigns.rules import standing
from survey.deposits.queries import FramedRow
from survey.models import Deposit, DepositedCase, DepositedRow, Post

HOUR = 3600
RECEIPT = "receipt"
SAID = (standing.SOLVED_SAYS_RESIDENT, standing.UNSOLVED_SAYS_RESIDENT)
Cells = Mapping[str, str]


def cases(session: Session, period: AttributedPeriod, *, places: Mapping[str, PlaceName]) -> list[ToldCase]:
    """Return the cases due in the period, each as it was told last, by code."""
    rows = (
        select(DepositedCase.code, DepositedCase.area_code, DepositedCase.line, Deposit.made_at)
        .join(Deposit, Deposit.period == DepositedCase.period)
        .order_by(DepositedCase.code, DepositedCase.period)
    )
    kept: dict[str, list[tuple[Cells, datetime]]] = {}
    for code, area, line, made_at in session.execute(rows):
        kept.setdefault(code, []).append((FramedRow(CASES.name, code, area, line).cells, made_at))
    found = (history for history in kept.values() if period.holds(_at(history[-1][0]["due"])))
    return [_case(history, places) for history in found]


def _case(history: list[tuple[Cells, datetime]], places: Mapping[str, PlaceName]) -> ToldCase:
    cells, made_at = history[-1]
    seconds = [_numbers(each["custody_seconds"]) for each, _at in history]
    hours = {holder: held / HOUR for holder, held in sorted(seconds[-1].items())}
    return ToldCase(
        code=cells["code"],
        grid=cells["area"],
        street=street_of(cells["area"], places),
        category=cells["category"],
        state=cells["state"],
        is_staffs=cells["source"] == standing.STAFF,
        by_receipt=cells["word"] == RECEIPT and cells["state"] in SAID,
        standing=standing.of_case(cells, made_at=made_at),
        opened=_at(cells["opened"]),
        until=_at(cells["declared"]) if cells["declared"] else made_at,
        hours=hours,
        allowed=allowed_hours(_numbers(cells["allowed_hours"] or "{}"), hours),
        declared_by=cells["declared_by"],
        whistles=_whistles(cells["whistles"]),
        returned=_returned(seconds),
    )


def _returned(seconds: list[dict[str, float]]) -> dict[str, float]:
    """Hours that a holder had once and has no longer: they were given back after an upheld "not ours"."""
    most = {holder: max(each.get(holder, 0.0) for each in seconds) for each in seconds for holder in each}
    back = {holder: held - seconds[-1].get(holder, 0.0) for holder, held in most.items()}
    return {holder: held / HOUR for holder, held in sorted(back.items()) if held > 0}


def _whistles(cell: str) -> tuple[SoundedWhistle, ...]:
    return tuple(
        SoundedWhistle(
            each["department"],
            _at(each["sounded"]),
            _at(each["due"]),
            _at(each["answered"]) if each["answered"] else None,
        )
        for each in json.loads(cell)
    )


def posts(session: Session, period: AttributedPeriod) -> list[HeldPost]:
    """Return who held which grid, as told last, by code."""
    last = select(Post.code, func.max(Post.period).label("period")).group_by(Post.code).subquery()
    rows = select(Post).join(last, (Post.code == last.c.code) & (Post.period == last.c.period))
    rows = rows.where(Post.valid_from < period.stop).order_by(Post.code)
    return [
        HeldPost(row.grid_code, row.staff_code, row.valid_from, row.valid_to) for row in session.scalars(rows)
    ]


def visits(
    session: Session,
    period: AttributedPeriod,
    *,
    places: Mapping[str, PlaceName],
    asked: Mapping[str, AskedRow],
) -> list[TriedRow]:
    """Return the visits that workers claim to have made in the period, with what calls found, by code."""
    found = (FramedRow(VISITS.name, *row).cells for row in session.execute(_rows(VISITS.name)))
    return [
        TriedRow(
            cells["code"],
            cells["area"],
            street_of(cells["area"], places),
            cells["staff"],
            asked.get(cells["code"]),
        )
        for cells in _last(found)
        if period.holds(_at(cells["visited"]))
    ]


def remit(session: Session) -> list[RemitRow]:
    """Return who leads for what, each row as it was told last."""
    found = (FramedRow(REMIT.name, *row).cells for row in session.execute(_rows(REMIT.name)))
    return [
        RemitRow(
            cells["category"],
            cells["area"],
            cells["lead"],
            _at(cells["valid_from"]),
            _at(cells["valid_to"]) if cells["valid_to"] else None,
        )
        for cells in _last(found)
    ]


def _rows(kind: str) -> Select[str, str, str]:
    rows = select(DepositedRow.code, DepositedRow.area_code, DepositedRow.line)
    return rows.where(DepositedRow.kind == kind).order_by(DepositedRow.code, DepositedRow.period)


def _last(rows: Iterable[Cells]) -> list[Cells]:
    """The last of the rows of each code, which come in the order of codes and periods."""
    return list({cells["code"]: cells for cells in rows}.values())


def _numbers(cell: str) -> dict[str, float]:
    return {name: float(value) for name, value in json.loads(cell).items()}


def _at(cell: str) -> datetime:
    return datetime.fromisoformat(cell)
