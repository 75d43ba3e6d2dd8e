"""The offices behind the workers, from a CSV file: who answers for an area when nobody else does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from feedback import contacts
from feedback.models import Area, Contact, Fallback
from feedback.operations.imports import csv_table, runs
from feedback.operations.imports.csv_table import Faults, Row
from huying import phones
from huying.errors import Invalid
from huying.phones import Vault

COLUMNS = {
    "区域编号": "area",
    "顺序": "position",
    "名称": "name",
    "电话": "phone",
    "电话核对日期": "verified",
    "接听开始": "from",
    "接听结束": "to",
}


@dataclass(frozen=True, slots=True)
class Office:
    """A place in the chain of an area; without hours it is attended round the clock."""

    area: str
    position: int
    name: str
    number: str
    verified_at: datetime | None
    hours: tuple[time, time] | None


def import_offices(
    session: Session, data: bytes, *, vault: Vault, region: str, allowed: str, now: datetime
) -> runs.Counts:
    """Add and change offices by area and place; raise Invalid with line and reason.

    `region` and `allowed` say which numbers are valid, as for `phones.parse`.
    """
    faults = Faults()
    rows = csv_table.named(COLUMNS, data, faults=faults)
    wanted: dict[tuple[str, int], Office] = {}
    for row in rows:
        try:
            office = _office(session, row, region=region, allowed=allowed, now=now)
        except Invalid as fault:
            faults.add(row.line, fault.message)
            continue
        if (office.area, office.position) in wanted:
            faults.add(row.line, "同一区域的同一顺序在文件里重复了。")
        wanted[office.area, office.position] = office
    faults.check()
    fates = [_put(session, office, vault=vault) for office in wanted.values()]
    return runs.settle(session, "offices", data, read=len(rows), fates=fates, now=now)


def _office(session: Session, row: Row, *, region: str, allowed: str, now: datetime) -> Office:
    if session.get(Area, row["area"]) is None:
        raise Invalid(f"没有编号为“{row['area']}”的区域。")
    if not (row["position"].isascii() and row["position"].isdigit() and 1 <= int(row["position"]) <= 99):
        raise Invalid("顺序应为 1 到 99 的整数。")
    verified_at = csv_table.instant(row["verified"]) if row["verified"] else None
    if verified_at is not None and verified_at > now:
        raise Invalid("电话核对日期不能在将来。")
    return Office(
        row["area"],
        int(row["position"]),
        csv_table.label(row["name"], what="名称", longest=80),
        phones.parse(row["phone"], region=region, allowed=allowed),
        verified_at,
        _hours(row["from"], row["to"]),
    )


def _hours(start: str, end: str) -> tuple[time, time] | None:
    if not start and not end:
        return None
    if not start or not end:
        raise Invalid("接听开始和接听结束要么都填，要么都不填。")
    return csv_table.clock_time(start), csv_table.clock_time(end)


def _put(session: Session, office: Office, *, vault: Vault) -> runs.Fate:
    step = session.get(Fallback, (office.area, office.position))
    before = _state(session.get_one(Contact, step.contact_id)) if step else None
    contact = contacts.set_office(
        session,
        area_code=office.area,
        position=office.position,
        name=office.name,
        number=office.number,
        vault=vault,
        hours=office.hours,
        verified_at=office.verified_at,
    )
    if before is None:
        return "created"
    return "unchanged" if _state(contact) == before else "changed"


def _state(contact: Contact) -> tuple[object, ...]:
    return (
        contact.office_name,
        contact.blind_index,
        contact.verified_at,
        contact.hours_from,
        contact.hours_to,
    )
