"""Taking in a deposit, checked and stored whole: the only way by which anything comes from the other side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from huying.deposit import archive
from huying.deposit.manifest import checkpoint_size
from huying.deposit.periods import first_day
from huying.deposit.rows import DepositRow, line
from huying.deposit.tables import BY_NAME
from huying.ledger import canonical
from huying.store.areas import LEVELS
from survey import campaign
from survey.deposits.operations import areas, public_ledger
from survey.models import LEDGER, Area, Deposit, DepositedCase, DepositedRow, ListEntry, Post, RatingCount

DepositRows = list[dict[str, Any]]

KEPT_WHOLE = ("visits", "posters", "remit")
"""Tables whose rows are kept as they came: campaigns will draw from them."""

AHEAD = timedelta(days=14)
"""How far ahead a period may lie: one of the far future would lock out all before it."""

LATE = timedelta(days=8)
"""How old the last deposit may be before the next one is missed."""


def accept(session: Session, data: bytes, *, vkey: str, now: datetime, log_vkey: str = "") -> Deposit:
    """Store a deposit signed by the holder of `vkey`; raise Refused with one sentence, storing nothing.

    A second acceptance of the same file changes nothing. A period before the latest one is refused, one that
    hasn't begun, and another file for a period that is there. The lines of the public ledger must give the
    checkpoint's root and go on from those before; `log_vkey` is the key that signs it: without it the
    signature is not checked, which is a finding.
    """
    if not vkey:
        raise Refused(_("还没有登记公众端的公钥：先运行 huying survey key --depositor 公钥。"))
    if kept := session.scalars(select(Deposit).where(Deposit.sha256 == archive.digest(data))).first():
        return kept
    deposit = archive.read(data, vkey=vkey)
    campaign.campaign_lock(session)
    if kept := session.get(Deposit, deposit.manifest.period):
        if kept.sha256 == deposit.sha256:
            return kept
        raise Conflict(
            _(
                "%(period)s 已经收过另一份交存文件了，这一份不能再收；那一份不对，请先把它作废。",
                period=kept.period,
            )
        )
    _check_period(deposit, now=now)
    _check_order(session, deposit)
    new = public_ledger.check(session, deposit, log_vkey=log_vkey)
    row = _store(session, deposit, now=now)
    public_ledger.keep(session, new, period=row.period)
    public_ledger.findings(session, deposit, log_vkey=log_vkey, now=now)
    return row


def _check_period(deposit: archive.Deposit, *, now: datetime) -> None:
    manifest, most = deposit.manifest, now + AHEAD
    if first_day(manifest.period) > clock.local(most).date() or manifest.made_at > most:
        raise Invalid(_("%(period)s 还没有到，这份文件的日期不对，不能收。", period=manifest.period))


def _check_order(session: Session, deposit: archive.Deposit) -> None:
    latest = session.scalar(select(Deposit).order_by(Deposit.period.desc()).limit(1))
    if latest is None:
        return
    manifest = deposit.manifest
    if manifest.period < latest.period:
        raise Conflict(
            _(
                "已经收过 %(period)s 的交存文件，不能再收更早的 %(period2)s。",
                period=latest.period,
                period2=manifest.period,
            )
        )
    if manifest.origin != latest.origin:
        raise Conflict(
            _(
                "这份文件的来源是“%(origin)s”，之前收的来源是“%(origin2)s”。",
                origin=manifest.origin,
                origin2=latest.origin,
            )
        )
    if checkpoint_size(manifest.ledger_checkpoint) < checkpoint_size(latest.checkpoint):
        raise Conflict(_("这份文件里的账本比 %(period)s 的还短，账本只能增长。", period=latest.period))


def _store(session: Session, deposit: archive.Deposit, *, now: datetime) -> Deposit:
    manifest, tables = deposit.manifest, deposit.tables
    counts = {name: summary.rows for name, summary in manifest.tables.items()}
    row = Deposit(
        period=manifest.period,
        origin=manifest.origin,
        sha256=deposit.sha256,
        made_at=manifest.made_at,
        accepted_at=now,
        checkpoint=manifest.ledger_checkpoint,
        counts=json.dumps(counts, sort_keys=True),
    )
    session.add(row)
    session.flush()
    _store_areas(session, tables["areas"], period=row.period, now=now)
    _insert(session, Post, _posts(tables["posts"], period=row.period))
    _insert(session, DepositedCase, _cases(tables["cases"], period=row.period))
    _insert(session, RatingCount, _ratings(tables["ratings"], period=row.period))
    for kind in KEPT_WHOLE:
        _insert(session, DepositedRow, _whole(tables[kind], kind=kind, period=row.period))
    _insert(session, ListEntry, _new_lists(session, tables["lists"], period=row.period))
    LEDGER.append(session, _entry(row), at=now)
    return row


def _entry(deposit: Deposit) -> bytes:
    fields = {"t": "deposit", "origin": deposit.origin, "period": deposit.period, "sha256": deposit.sha256}
    return canonical.line(fields)


def _store_areas(session: Session, rows: Iterable[DepositRow], *, period: str, now: datetime) -> None:
    given = [_area(row) for row in rows]
    _check_lengths(Area, given)
    areas.take_over(session, given, period=period, now=now)


def _area(row: DepositRow) -> dict[str, Any]:
    if row["level"] not in LEVELS:
        raise Invalid(_("areas.tsv：%(code)s 的层级“%(level)s”不对。", code=row["code"], level=row["level"]))
    return {
        "code": row["code"],
        "parent_code": row["parent"] or None,
        "level": row["level"],
        "name": row["name"],
        "grid_type": row["grid_type"],
    }


def _posts(rows: Iterable[DepositRow], *, period: str) -> DepositRows:
    return [
        {
            "period": period,
            "code": row["code"],
            "grid_code": row["area"],
            "staff_code": row["staff"],
            "valid_from": datetime.fromisoformat(row["valid_from"]),
            "valid_to": datetime.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            "sealed_contact": row["contact"],
            "stale_hours": row["stale_hours"],
        }
        for row in rows
    ]


def _cases(rows: Iterable[DepositRow], *, period: str) -> DepositRows:
    return [
        {
            "period": period,
            "code": row["code"],
            "area_code": row["area"],
            "category": row["category"],
            "state": row["state"],
            "line": line(BY_NAME["cases"], row).decode(),
        }
        for row in rows
    ]


def _ratings(rows: Iterable[DepositRow], *, period: str) -> DepositRows:
    return [
        {
            "period": period,
            "code": row["code"],
            "area_code": row["area"],
            "line": line(BY_NAME["ratings"], row).decode(),
        }
        for row in rows
    ]


def _whole(rows: Iterable[DepositRow], *, kind: str, period: str) -> DepositRows:
    return [
        {
            "period": period,
            "kind": kind,
            "code": row["code"],
            "area_code": row["area"],
            "line": line(BY_NAME[kind], row).decode(),
        }
        for row in rows
    ]


def _new_lists(session: Session, rows: Iterable[DepositRow], *, period: str) -> DepositRows:
    """Rows of lists that no earlier deposit brought: a list stays in later deposits."""
    known = set(session.scalars(select(ListEntry.code)))
    return [_list_row(row, period=period) for row in rows if row["code"] not in known]


def _list_row(row: Mapping[str, str], *, period: str) -> dict[str, Any]:
    return {
        "code": row["code"],
        "period": period,
        "staff_code": row["staff"],
        "grid_code": row["area"],
        "sealed_contact": row["contact"],
        "sealed_address": row["address"],
        "handed_in_at": datetime.fromisoformat(row["handed_in"]),
    }


def _insert(session: Session, model: type[Any], rows: DepositRows) -> None:
    _check_lengths(model, rows)
    if rows:
        session.execute(insert(model), rows)


def _check_lengths(model: type[Any], rows: DepositRows) -> None:
    """Raise Invalid where a cell is longer than what keeps it: SQLite would store it, PostgreSQL not."""
    lengths = {column.name: getattr(column.type, "length", None) for column in model.__table__.columns}
    most = {name: length for name, length in lengths.items() if length is not None}
    for row in rows:
        for name, value in row.items():
            if name in most and value is not None and len(value) > most[name]:
                raise Invalid(
                    _(
                        "交存文件里 %(code)s 这一行的 %(name)s 超过 %(most)s 个字。",
                        code=row["code"],
                        name=name,
                        most=most[name],
                    )
                )
