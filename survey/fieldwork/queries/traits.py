"""What decides which households an interviewer never calls: where they live or work, what they speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.rules.telephone_records import SeatLine
from survey.fieldwork.rules.traits import LANGUAGE, LINE, STREET
from survey.models import Account, Area, InterviewerTrait, Stratum, WaveArea
from survey.roles import INTERVIEWER


@dataclass(frozen=True, slots=True)
class Traits:
    """An interviewer's own strata (of their streets) and languages."""

    account_id: int
    strata: Sequence[str] = ()
    languages: Sequence[str] = ()


def of(session: Session, account_id: int, *, wave: str) -> Traits:
    """Return what is known of an interviewer, their streets as strata of a wave."""
    rows = standing(session, account_id)
    streets = [row.value for row in rows if row.kind == STREET]
    languages = [row.value for row in rows if row.kind == LANGUAGE]
    strata = street_of_strata(session, wave).items() if streets else ()
    return Traits(account_id, [stratum for stratum, street in strata if street in streets], languages)


def street_of_strata(session: Session, label: str) -> Mapping[str, str]:
    """Return the street of each stratum of a wave, as the areas stood at its freeze."""
    areas = session.execute(
        select(WaveArea.code, WaveArea.parent_code, WaveArea.level).where(WaveArea.wave_label == label)
    ).all()
    above = {code: parent for code, parent, _level in areas}
    streets = {code for code, _parent, level in areas if level == STREET}
    rows = session.execute(select(Stratum.stratum, Stratum.grid_code).where(Stratum.wave_label == label))
    return {stratum: _street(grid, above, streets) for stratum, grid in rows.all()}


def _street(grid: str, above: Mapping[str, str | None], streets: set[str]) -> str:
    at: str | None = grid
    for _level in range(len(above)):
        if at is None or at in streets:
            break
        at = above.get(at)
    return at or ""


def standing(session: Session, account_id: int) -> Sequence[InterviewerTrait]:
    """Return the traits of an interviewer that stand."""
    return session.scalars(_standing(), {"account": account_id}).all()


@cache
def _standing() -> Select[InterviewerTrait]:
    trait = InterviewerTrait
    found = select(trait).where(trait.account_id == bindparam("account"), trait.ended_at.is_(None))
    return found.order_by(trait.kind, trait.value)


@dataclass(frozen=True, slots=True)
class KnownInterviewer:
    """An interviewer, and what is known of them: streets and languages by code, the extension."""

    account: Account
    streets: Sequence[str]
    languages: Sequence[str]
    line: str
    former: Sequence[InterviewerTrait] = ()


def everybody(session: Session) -> list[KnownInterviewer]:
    """Return every interviewer by code, with what is known of them."""
    rows = session.scalars(select(InterviewerTrait).order_by(InterviewerTrait.id)).all()
    people = session.scalars(select(Account).where(Account.role == INTERVIEWER).order_by(Account.code))
    return [_known(person, [row for row in rows if row.account_id == person.id]) for person in people]


def one(session: Session, code: str) -> KnownInterviewer:
    """Return the interviewer of a code; raise NotFound where nobody has it."""
    for each in everybody(session):
        if each.account.code == code:
            return each
    raise NotFound(_("没有工号为 %(code)s 的访问员。", code=code))


def _known(person: Account, rows: Sequence[InterviewerTrait]) -> KnownInterviewer:
    def of_kind(kind: str) -> list[str]:
        return sorted(row.value for row in rows if row.kind == kind and row.ended_at is None)

    former = [row for row in rows if row.ended_at is not None]
    return KnownInterviewer(person, of_kind(STREET), of_kind(LANGUAGE), "".join(of_kind(LINE)), former)


def streets(session: Session) -> dict[str, str]:
    """Return the streets that a trait can name, by code; where nothing is above the grids, the grids."""
    areas = select(Area.code, Area.name).where(Area.level == STREET).order_by(Area.code)
    if found := dict(session.execute(areas).all()):
        return found
    grids = session.scalars(select(Stratum.grid_code).distinct().order_by(Stratum.grid_code))
    return {grid: grid for grid in grids}


def seat_lines(session: Session) -> list[SeatLine]:
    """Return whose extension was whose, ever."""
    trait = InterviewerTrait
    rows = select(trait.value, Account.code, trait.set_at, trait.ended_at).join(
        Account, Account.id == trait.account_id
    )
    found = session.execute(rows.where(trait.kind == LINE).order_by(trait.id))
    return [SeatLine(line, code or "", since, until) for line, code, since, until in found]


def speakers(session: Session) -> Mapping[str, int]:
    """Return how many interviewers speak each language that anybody speaks."""
    trait = InterviewerTrait
    rows = (
        select(trait.value, func.count(trait.account_id.distinct()))
        .join(Account, Account.id == trait.account_id)
        .where(trait.kind == LANGUAGE, trait.ended_at.is_(None), Account.active)
    )
    return dict(session.execute(rows.group_by(trait.value)).all())


@dataclass(frozen=True, slots=True)
class WaitingLanguage:
    """How many households wait to be called in a language, and how many interviewers speak it."""

    language: str
    households: int
    speakers: int
