"""The offices behind the workers, from a file: who answers for an area when nobody else does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts import operations as contact_numbers
from feedback.imports.operations import cells, runs
from feedback.imports.operations.cells import WrongCell
from feedback.imports.operations.known_areas import KnownAreas
from feedback.imports.operations.scope import ImportScope
from feedback.models import Contact, Fallback
from huying.base import phones
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

AREA = Column("area", "区域编号", also=("区域", "area"), kind="code", example="M01")
POSITION = Column("position", "顺序", also=("次序", "position"), kind="number", example="1")
NAME = Column("name", "名称", also=("单位名称", "单位", "name"), example="和平里居委会")
PHONE = Column("phone", "电话", also=("联系电话", "电话号码", "phone"), kind="phone", example="010-12345678")
VERIFIED = Column(
    "verified",
    "电话核对日期",
    also=("核对日期", "verified"),
    required=False,
    kind="date",
    example="2026-11-20",
)
FROM = Column("from", "接听开始", also=("开始", "from"), kind="time", example="08:30")
TO = Column("to", "接听结束", also=("结束", "to"), kind="time", example="17:30")
LEADER = Column("leader", "网格长", also=("是否网格长", "leader"), required=False, example="否")
YES, NO = frozenset({"是", "yes", "1"}), frozenset({"", "否", "no", "0"})
LAYOUT = Layout(
    title="接听单位", columns=(AREA, POSITION, NAME, PHONE, VERIFIED, FROM, TO, LEADER), name="offices"
)


Known = tuple[Fallback, Contact]


@dataclass(frozen=True, slots=True)
class Office:
    """A position in the chain of an area; without hours it is attended round the clock.

    `leader`: a person, the grid leader, who comes before every office.
    """

    line: int
    area: str
    position: int
    name: str
    number: str
    verified_at: datetime | None
    hours: tuple[time, time] | None
    leader: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """Area and position in its chain."""
        return self.area, self.position


def draft(session: Session, table: Table, *, known_areas: KnownAreas, scope: ImportScope) -> runs.Draft:
    """Return what the file's offices would change; an office is known by its area and position."""
    known = _known(session)
    faults = Faults()
    wanted: dict[tuple[str, int], Office] = {}
    for row, office in cells.parsed(
        table, partial(_office, known_areas=known_areas, scope=scope), faults=faults
    ):
        if office.key in wanted:
            faults.add(row.line, _("同一区域的同一顺序在文件里重复了。"), POSITION.heading)
        wanted[office.key] = office
    fates = [_change(office, known.get(office.key), vault=scope.vault) for office in wanted.values()]
    changed = [office for office, fate in zip(wanted.values(), fates, strict=True) if fate is not None]
    plan = runs.plan(table, known=len(known), fates=fates, faults=faults)
    return runs.Draft(plan, partial(_put, session, changed, vault=scope.vault))


def _known(session: Session) -> Mapping[tuple[str, int], Known]:
    chain = select(Fallback, Contact).join(Contact, Contact.id == Fallback.contact_id)
    return {(step.area_code, step.position): (step, contact) for step, contact in session.execute(chain)}


def _office(row: Row, *, known_areas: KnownAreas, scope: ImportScope) -> Office:
    return Office(
        row.line,
        known_areas.area(row, AREA),
        cells.whole_number(row, POSITION, least=1, most=99),
        cells.label(row, NAME, longest=80),
        cells.number(row, PHONE, region=scope.region, allowed=scope.allowed),
        cells.past_instant(row, VERIFIED, now=scope.now),
        _hours(row),
        _leader(row),
    )


def _hours(row: Row) -> tuple[time, time] | None:
    if not row["from"] and not row["to"]:
        return None
    if not row["from"] or not row["to"]:
        raise WrongCell(TO if row["from"] else FROM, _("接听开始和接听结束要么都填，要么都不填。"))
    return cells.clock_time(row, FROM), cells.clock_time(row, TO)


def _leader(row: Row) -> bool:
    said = row[LEADER.name].casefold()
    if said not in YES | NO:
        raise WrongCell(LEADER, _("网格长一栏只能填“是”或“否”。"))
    return said in YES


def _change(office: Office, known: Known | None, *, vault: Vault) -> Change | None:
    key = f"{office.area}/{office.position}"
    if known is None:
        return Change("new", key, office.line, office.name)
    told = list(_differences(office, known, vault=vault))
    return Change("changed", key, office.line, "；".join(told)) if told else None


def _differences(office: Office, before: Known, *, vault: Vault) -> Sequence[str]:
    step, known = before
    told = []
    if step.leader != office.leader:
        told.append(_("改为网格长") if office.leader else _("不再是网格长"))
    if known.office_name != office.name:
        told.append(
            _(
                "%(what)s：%(before)s → %(after)s",
                what=NAME.heading,
                before=known.office_name,
                after=office.name,
            )
        )
    same_number = known.blind_index == vault.index(office.number, purpose="staff")
    if not same_number:
        told.append(_("换成号码 %(number)s", number=phones.masked(office.number)))
    if later_check(office.verified_at, known.verified_at if same_number else None):
        told.append(_("号码重新核对过"))
    if (known.hours_from, known.hours_to) != (office.hours or (None, None)):
        told.append(_("接听时间变了"))
    return told


def later_check(given: datetime | None, known: datetime | None) -> bool:
    """Tell whether a check of a number is news: a stored check is never put back."""
    return given is not None and (known is None or given > known)


def _put(session: Session, offices: Sequence[Office], *, vault: Vault) -> None:
    for office in offices:
        contact_numbers.set_office(
            session,
            area_code=office.area,
            position=office.position,
            name=office.name,
            number=office.number,
            vault=vault,
            hours=office.hours,
            verified_at=office.verified_at,
            leader=office.leader,
        )
