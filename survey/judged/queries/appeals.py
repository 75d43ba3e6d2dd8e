"""Appeals as they stand: which wait, who counts again, what was found; what no answer may name."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from survey.judged.queries.recounts import Recount
from survey.models import (
    Account,
    Appeal,
    AppealFinding,
    DepositedCase,
    Household,
    WaveArea,
)
from survey.roles import INTERVIEWER
from survey.scores.queries import releases
from survey.scores.rules.consequences import Hearing


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody who put a name to something: as the account calls them, in which role, when."""

    name: str
    login: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """What was found, by whom; `second` agreed or sent it back, None while nobody has."""

    outcome: str
    said: str
    first: NamedPerson
    second: NamedPerson | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class ReadAppeal:
    """An appeal, whole: of which card, why, who counts again, what came of it, what was found."""

    id: int
    wave: str
    number: int
    unit: str
    place: str
    reason: str
    said: str
    cases: Sequence[str]
    lodged_at: datetime
    due_at: datetime
    taken: NamedPerson | None
    recount: Recount | None
    findings: Sequence[ReadFinding]

    @property
    def decided(self) -> ReadFinding | None:
        """What stands; None before two people agree."""
        return next((each for each in self.findings if each.agrees), None)

    @property
    def waits(self) -> ReadFinding | None:
        """What waits for a second name."""
        return next((each for each in self.findings if each.second is None), None)


def every(session: Session, *, label: str | None = None, most: int = 60) -> list[ReadAppeal]:
    """Return the appeals, of a wave or of all, undecided ones first, the most urgent at the top."""
    ordered = select(Appeal).order_by(_decided().asc(), Appeal.due_at, Appeal.id).limit(most)
    mine = ordered if label is None else ordered.where(Appeal.wave_label == label)
    return _read(session, session.scalars(mine).all())


def of_card(session: Session, label: str, unit: str) -> list[ReadAppeal]:
    """Return the appeals against a card, the first one first."""
    mine = select(Appeal).where(Appeal.wave_label == label, Appeal.unit == unit)
    return _read(session, session.scalars(mine.order_by(Appeal.number)).all())


def is_open(session: Session, label: str, unit: str) -> bool:
    """Whether an appeal against a card waits for its decision."""
    mine = select(Appeal.id).where(Appeal.wave_label == label, Appeal.unit == unit)
    return session.scalar(mine.where(~_decided()).limit(1)) is not None


def hearing(
    session: Session, label: str, unit: str, *, preview_ends: datetime | None, now: datetime
) -> Hearing:
    """Return whether whoever is judged by a card could say something to it, and was answered."""
    if preview_ends is None:
        return Hearing.NONE
    if is_open(session, label, unit):
        return Hearing.WAITING
    if now < preview_ends:
        return Hearing.RUNNING
    return Hearing.UPHELD if _is_upheld(session, label, unit) else Hearing.OVER


def _is_upheld(session: Session, label: str, unit: str) -> bool:
    """Whether an appeal was right and no release was made since."""
    right = (
        select(AppealFinding.second_at)
        .join(Appeal, Appeal.id == AppealFinding.appeal_id)
        .where(Appeal.wave_label == label, Appeal.unit == unit)
        .where(AppealFinding.agrees.is_(True), AppealFinding.outcome == "corrected")
    )
    made = releases.get(session, label)
    return any(at is not None and made.made_at <= at for at in session.scalars(right))


def standing_finding(session: Session, appeal: int) -> AppealFinding | None:
    """Return what waits for a second name, or stands; None where nothing was found or it was sent back."""
    mine = select(AppealFinding).where(AppealFinding.appeal_id == appeal)
    return session.scalar(mine.where(or_(AppealFinding.second_at.is_(None), AppealFinding.agrees.is_(True))))


def known_cases(session: Session, label: str, unit: str, codes: Collection[str]) -> frozenset[str]:
    """Return those of the codes that deposited cases of a card's area have."""
    places = {unit, *_inside(session, label, unit)}
    mine = select(DepositedCase.code).where(DepositedCase.code.in_(codes))
    return frozenset(session.scalars(mine.where(DepositedCase.area_code.in_(places))))


def names_to_keep(session: Session, appeal: Appeal) -> frozenset[str]:
    """Return what no answer to an appeal may hold: names of interviewers, addresses of the card's homes."""
    people = session.scalars(select(Account.name).where(Account.role == INTERVIEWER))
    places = {appeal.unit, *_inside(session, appeal.wave_label, appeal.unit)}
    homes = session.scalars(select(Household.address).where(Household.grid_code.in_(places)))
    return frozenset((*people, *homes))


def _inside(session: Session, label: str, unit: str) -> set[str]:
    """The areas below one, as the map was at the freeze."""
    tree = select(WaveArea.code, WaveArea.parent_code).where(WaveArea.wave_label == label)
    below: dict[str, list[str]] = {}
    for code, above in session.execute(tree):
        below.setdefault(above or "", []).append(code)
    found: set[str] = set()
    left = [unit]
    while left:
        fresh = [code for code in below.get(left.pop(), ()) if code not in found]
        found.update(fresh)
        left += fresh
    return found


def _decided() -> ColumnElement[bool]:
    return exists().where(AppealFinding.appeal_id == Appeal.id, AppealFinding.agrees.is_(True))


def _read(session: Session, rows: Sequence[Appeal]) -> list[ReadAppeal]:
    names = dict(session.execute(select(Account.login, Account.name)).all())
    found = select(AppealFinding).where(AppealFinding.appeal_id.in_([row.id for row in rows]))
    findings: dict[int, list[ReadFinding]] = {}
    for each in session.scalars(found.order_by(AppealFinding.id)):
        findings.setdefault(each.appeal_id, []).append(_finding(each, names))
    return [_appeal(row, findings.get(row.id, []), names, _place(session, row)) for row in rows]


def _place(session: Session, row: Appeal) -> str:
    area = session.get(WaveArea, (row.wave_label, row.unit))
    return row.unit if area is None else area.name


def _appeal(row: Appeal, findings: Sequence[ReadFinding], names: Mapping[str, str], place: str) -> ReadAppeal:
    return ReadAppeal(
        id=row.id,
        wave=row.wave_label,
        number=row.number,
        unit=row.unit,
        place=place,
        reason=row.reason,
        said=row.said,
        cases=tuple(json.loads(row.cases)),
        lodged_at=row.lodged_at,
        due_at=row.due_at,
        taken=_person(names, row.taken_by, row.taken_role, row.taken_at),
        recount=None if row.recount is None else Recount(**json.loads(row.recount)),
        findings=findings,
    )


def _finding(row: AppealFinding, names: Mapping[str, str]) -> ReadFinding:
    first = NamedPerson(names.get(row.found_by, row.found_by), row.found_by, row.found_role, row.found_at)
    second = _person(names, row.second_by, row.second_role, row.second_at)
    return ReadFinding(row.outcome, row.said, first, second, row.agrees)


def _person(
    names: Mapping[str, str], login: str | None, role: str | None, at: datetime | None
) -> NamedPerson | None:
    if login is None or role is None or at is None:
        return None
    return NamedPerson(names.get(login, login), login, role, at)
