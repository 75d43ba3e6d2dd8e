"""Cases, whistles and ratings, read: by receipt or link, by who holds them, with the hours in each hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from feedback import codes, tokens
from feedback.cases.rules import codes as case_codes
from feedback.cases.rules import custody, lifecycle
from feedback.models import Case, CaseStep, Rating, Whistle
from feedback.web.queries import lookups
from huying.base.errors import Gone, NotFound
from huying.base.i18n import _, lazy
from huying.base.phones import Vault

NO_RECEIPT = lazy("没有这个回执编号，请对照短信或记下的编号再看一遍。")
UNKNOWN = lazy("没有这件事，或不归您办理。")
UNKNOWN_WHISTLE = lazy("没有这条吹哨，或不归您的部门。")
# Alike for a wrong token and a used one: nobody learns from it whether somebody answered.
NO_SUCH_LINK = lazy("这个链接无效，或者已经用过了。想补充或更改，请拨打 12345。")
EXPIRED_LINK = lazy("这个链接已过期，不能再评价。事情没有解决，请拨打 12345。")
LIVE_WHISTLES = ("sounded", "accepted")


@dataclass(frozen=True, slots=True)
class Level:
    """A level that cases come up to: whose hands it is, and in which area; None stands for anywhere."""

    holder: str
    area_code: str | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as whoever works on it sees it: where it is, how long who had it, who could be called."""

    case: Case
    area: str
    hours: Mapping[str, float]
    departments: Mapping[str, str]


def by_receipt(session: Session, text: str, *, vault: Vault) -> Case:
    """Return the case of a receipt, however it was typed; raise NotFound."""
    receipt = codes.normalise_receipt(text)
    case = None
    if receipt is not None and codes.is_receipt(receipt):
        digest = case_codes.receipt_hash(vault, receipt)
        case = session.scalar(select(Case).where(Case.receipt_hash == digest))
    if case is None:
        raise NotFound(NO_RECEIPT)
    return case


def one(session: Session, case_id: int, *, worker_code: str | None = None) -> Case:
    """Return a case; where a worker asks, only the worker's own. Raise NotFound for any other."""
    case = session.get(Case, case_id)
    if case is None or (worker_code is not None and case.worker_code != worker_code):
        raise NotFound(UNKNOWN)
    return case


def of_worker(session: Session, worker_code: str) -> list[Case]:
    """Return a worker's cases that somebody still holds, the most urgent first."""
    own = select(Case).where(Case.worker_code == worker_code, Case.holder != lifecycle.NOBODY)
    return list(session.scalars(own.order_by(Case.due_at, Case.id)))


def held_by(session: Session, level: Level) -> list[Case]:
    """Return the cases that a level holds, the most urgent first."""
    held = _held_by(session, level)
    return list(session.scalars(held.order_by(Case.due_at, Case.id)))


def one_held_by(session: Session, case_id: int, level: Level) -> Case:
    """Return a case that a level holds; raise NotFound for any other."""
    case = session.scalar(_held_by(session, level).where(Case.id == case_id))
    if case is None:
        raise NotFound(_("没有这件事，或现在不在您手里。"))
    return case


def whistle_queue(session: Session, department_code: str) -> list[Whistle]:
    """Return the whistles that wait for a department, the one due first in front."""
    waiting = (
        select(Whistle)
        .join(Case)
        .options(selectinload(Whistle.case))
        .where(Whistle.department_code == department_code, Whistle.state.in_(LIVE_WHISTLES))
        .where(Case.holder == lifecycle.department(department_code))
        .order_by(Whistle.due_at, Whistle.id)
    )
    return list(session.scalars(waiting))


def whistle_to(session: Session, whistle_id: int, *, department_code: str) -> Whistle:
    """Return a whistle to a department; raise NotFound for any other."""
    whistle = session.get(Whistle, whistle_id)
    if whistle is None or whistle.department_code != department_code:
        raise NotFound(UNKNOWN_WHISTLE)
    return whistle


def rating_of_link(session: Session, token: str, *, now: datetime) -> Rating:
    """Return the rating that a link may answer now; looking changes nothing.

    Raise NotFound for a wrong or used token, Gone for an expired or withdrawn one.
    """
    plain = codes.normalise_token(token)
    rating = None
    if plain is not None:
        query = select(Rating).where(Rating.token_hash == tokens.token_hash(plain))
        rating = session.scalar(query.execution_options(populate_existing=True))
    if rating is None or rating.answered_at is not None:
        raise NotFound(NO_SUCH_LINK)
    if now >= rating.expires_at:
        raise Gone(EXPIRED_LINK)
    return rating


def file_of(session: Session, case: Case, *, now: datetime) -> CaseFile:
    """Return what a page shows of a case to whoever works on it."""
    area = lookups.area_name(session, case.grid_code)
    return CaseFile(case, area, custody_hours(case, now=now), lookups.departments(session))


def custody_hours(case: Case, *, now: datetime) -> dict[str, float]:
    """Return the hours that each holder had the case, up to `now` or to its end."""
    return custody.hours(held(case, until=now))


def held(case: Case, *, until: datetime) -> tuple[custody.Segment, ...]:
    """Return who held the case when, up to `until` or to its end."""
    return custody.segments([_policy_step(step) for step in case.steps], until=until)


def _held_by(session: Session, level: Level) -> Select[Case]:
    query = select(Case).where(Case.holder == level.holder)
    if not level.area_code:
        return query
    own = lookups.grids_below(lookups.areas(session), level.area_code)
    return query.where(Case.grid_code.in_([grid.code for grid in own]))


def _policy_step(step: CaseStep) -> custody.CustodyStep:
    return custody.CustodyStep(
        at=step.at, event=step.event, actor=step.actor, holder_after=step.holder, round=step.round
    )


def contact_context(case: Case) -> str:
    """Return where a case's contact is sealed for."""
    return f"help_case.contact:{case.code}"
