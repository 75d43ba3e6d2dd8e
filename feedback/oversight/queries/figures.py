"""Figures of departments and offices over thirteen whole weeks; they change once a week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from feedback.cases.queries.cases import policy_step
from feedback.cases.rules import custody
from feedback.cases.rules.custody import ALLOWANCES, HOUR, CustodyStep, Segment
from feedback.cases.rules.lifecycle import COORDINATION, DISTRICT, department
from feedback.models import Account, Area, Case, CaseJoin, CaseStep, Escalation, Pause, ScopeVerdict, Whistle
from feedback.oversight.rules import figures as rules
from feedback.oversight.rules.figures import (
    CalledWhistle,
    DepartmentFigures,
    Exceptions,
    OfficeFigures,
    OfficeStay,
)
from feedback.remit import queries as remit
from feedback.roles import OFFICE
from feedback.web.queries import lookups
from huying.base import clock

WEEKS = timedelta(weeks=13)
STREET = "street"
NOWHERE = "area:"
ABOVE = (COORDINATION, DISTRICT)
BOUNCES = frozenset({"returned", "refused"})


@dataclass(frozen=True, slots=True)
class Window:
    """The time [since, until) that figures speak of."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What everybody may know of departments and offices; those in `agreed` have an agreed remit."""

    window: Window
    departments: Mapping[str, DepartmentFigures]
    agreed: frozenset[str]
    offices: Mapping[str, OfficeFigures]
    exceptions: Mapping[str, Exceptions]


def window(now: datetime) -> Window:
    """Return the thirteen whole weeks before this one."""
    until = clock.week_began(now)
    return Window(until - WEEKS, until)


def record(session: Session, *, now: datetime) -> PublicRecord:
    """Return the figures of everything in the window, as it stood at its end."""
    span, known = window(now), lookups.areas(session)
    whistles: list[CalledWhistle] = []
    stays: list[OfficeStay] = []
    calls, bounced = _whistles(session, span), _bounced(session, span)
    for case_id, grid_code, steps in _histories(session, span):
        parts = custody.segments(steps, until=span.until)
        whistles += _called(calls.get(case_id, ()), parts, bounced=case_id in bounced, until=span.until)
        stays += _stays(parts, _street(known, grid_code), since=span.since)
    rows = remit.whole(session, at=span.until)
    return PublicRecord(
        window=span,
        departments=rules.by_department(whistles),
        agreed=frozenset(code for row in rows for code in (row.lead, *remit.supporting(row))),
        offices=rules.by_office(stays),
        exceptions=_exceptions(session, span, known),
    )


def _sounded(span: Window) -> Select[int]:
    return select(Whistle.case_id).where(Whistle.sounded_at >= span.since, Whistle.sounded_at < span.until)


def _whistles(session: Session, span: Window) -> dict[int, list[Whistle]]:
    found: dict[int, list[Whistle]] = {}
    rows = select(Whistle).where(Whistle.sounded_at >= span.since, Whistle.sounded_at < span.until)
    for whistle in session.scalars(rows.order_by(Whistle.case_id, Whistle.id)):
        found.setdefault(whistle.case_id, []).append(whistle)
    return found


def _bounced(session: Session, span: Window) -> frozenset[int]:
    """Return the cases that went round instead of forward, a silence aside."""
    told = select(Escalation.case_id, Escalation.key).where(
        Escalation.kind == "idling", Escalation.at < span.until, Escalation.case_id.in_(_sounded(span))
    )
    rows = session.execute(told)
    return frozenset(case_id for case_id, key in rows if BOUNCES & set(key.split(":")))


def _histories(session: Session, span: Window) -> Iterator[tuple[int, str | None, list[CustodyStep]]]:
    """Yield the steps of each case that was whistled for, or came to an office, in the window."""
    came = select(CaseStep.case_id).where(
        CaseStep.at >= span.since,
        CaseStep.at < span.until,
        CaseStep.holder.in_((OFFICE, *ABOVE)),
    )
    wanted = union(_sounded(span), came).subquery()
    rows = (
        select(CaseStep, Case.grid_code)
        .join(Case, Case.id == CaseStep.case_id)
        .where(CaseStep.case_id.in_(select(wanted.c.case_id)))
        .order_by(CaseStep.case_id, CaseStep.id)
        .execution_options(yield_per=1000)
    )
    for (case_id, grid), steps in groupby(session.execute(rows), key=lambda row: (row[0].case_id, row[1])):
        yield case_id, grid, [policy_step(step) for step, _grid in steps]


def _called(
    calls: Sequence[Whistle], parts: Sequence[Segment], *, bounced: bool, until: datetime
) -> Iterator[CalledWhistle]:
    for place, each in enumerate(calls):
        ends = calls[place + 1].sounded_at if place + 1 < len(calls) else until
        own = [
            part
            for part in parts
            if part.holder == department(each.department_code) and each.sounded_at <= part.start < ends
        ]
        yield _figure(each, own, bounced=bounced, until=until)


def _figure(each: Whistle, own: Sequence[Segment], *, bounced: bool, until: datetime) -> CalledWhistle:
    answered = each.answered_at if each.answered_at is not None and each.answered_at < until else None
    ended = each.ended_at if each.ended_at is not None and each.ended_at < until else None
    looked = answered or ended or until
    left = own[-1].end if own else looked
    return CalledWhistle(
        department=each.department_code,
        in_time=looked <= each.accept_due if answered or each.accept_due < looked else None,
        late=left > each.due_at if left < until or each.due_at < until else None,
        hours=sum(part.duration / HOUR for part in own) if own else None,
        refused=each.reason_code if answered else "",
        bounced=bounced,
    )


def _stays(parts: Iterable[Segment], street: str, *, since: datetime) -> Iterator[OfficeStay]:
    """Yield how long a case lay with each office that had it in the window: a street's for its grids."""
    lately = [part for part in parts if part.end > since]
    for holder, hours in custody.hours(lately).items():
        if holder in ABOVE or holder == OFFICE:
            yield OfficeStay(street if holder == OFFICE else holder, hours, ALLOWANCES[holder])


def _exceptions(session: Session, span: Window, known: Mapping[str, Area]) -> dict[str, Exceptions]:
    found: dict[str, Exceptions] = {}

    def of(office: str) -> Exceptions:
        return found.setdefault(office, Exceptions())

    joins = select(Case.grid_code).join(CaseJoin, CaseJoin.case_id == Case.id)
    for grid in session.scalars(
        joins.where(CaseJoin.joined_at >= span.since, CaseJoin.joined_at < span.until)
    ):
        of(_street(known, grid)).joined += 1
    pauses = select(Pause, Case.grid_code).join(Case, Case.id == Pause.case_id)
    for pause, grid in session.execute(
        pauses.where(Pause.asked_at >= span.since, Pause.asked_at < span.until)
    ):
        own = pause.asked_by if pause.asked_by.startswith("dept:") else _street(known, grid)
        of(own).pauses[_word_on(pause)] += 1
    verdicts = select(ScopeVerdict, Account.area_code).outerjoin(
        Account, Account.login == ScopeVerdict.proposed_by
    )
    for verdict, area in session.execute(
        verdicts.where(ScopeVerdict.proposed_at >= span.since, ScopeVerdict.proposed_at < span.until)
    ):
        own = f"coordination:{area}" if area else COORDINATION
        of(own).verdicts[verdict.verdict or "open"] += 1
    return found


def _word_on(pause: Pause) -> str:
    if pause.countersigned_at is not None:
        return "signed"
    return "void" if pause.ended_by == "void" else "unsigned"


def _street(known: Mapping[str, Area], grid_code: str | None) -> str:
    """Return the street whose office staffs a grid, spelt `area:<code>`; the highest area without one."""
    area = known.get(grid_code or "")
    while area is not None and area.level != STREET and (above := known.get(area.parent_code or "")):
        area = above
    return NOWHERE + (area.code if area else "")
