"""Who answers in each of many grids at one instant: as many statements for four hundred as for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback.contacts.queries import numbers
from feedback.contacts.queries.answer import CITY
from feedback.contacts.rules import CallableNumber, ContactChoice, choose
from feedback.duty import queries as duty
from feedback.duty.rules import DutyRow
from feedback.models import Area, Contact, Duty, Fallback, PostPhone, Worker
from huying.base.clock import LOCAL


@dataclass(frozen=True, slots=True)
class GridAnswer:
    """Who answers for a grid: the choice of the rules, without any number, and who is on duty.

    `since` is when nobody was on duty any more, None where somebody is, or nobody ever was.
    """

    grid: Area
    choice: ContactChoice
    worker_name: str | None
    since: datetime | None


@dataclass(slots=True)
class _Known:
    """What the rules ask for, read once for all grids."""

    duty: dict[str, list[DutyRow]] = field(default_factory=dict)
    posts: dict[str, Contact] = field(default_factory=dict)
    own: dict[str, list[Contact]] = field(default_factory=dict)
    steps: dict[str, list[tuple[Fallback, Contact]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)


def answers(
    session: Session, grids: Collection[Area], *, known: Mapping[str, Area], at: datetime
) -> list[GridAnswer]:
    """Return who answers for each of these grids; `known` are all areas. Numbers stay sealed."""
    facts = _read(session, at=at)
    return [_answer(grid, known, facts, at=at) for grid in grids]


def _answer(grid: Area, known: Mapping[str, Area], facts: _Known, *, at: datetime) -> GridAnswer:
    leaders, offices = _behind(grid, known, facts)
    rows = facts.duty.get(grid.code, [])
    choice = choose(
        duty=rows,
        numbers_by_worker={row.worker: _own(grid.code, row.worker, facts) for row in rows},
        leader_numbers=leaders,
        institution_chain=[*offices, CITY],
        at=at,
        timezone=LOCAL,
    )
    since = facts.ended.get(grid.code) if choice.worker is None else None
    return GridAnswer(grid, choice, facts.names.get(choice.worker or ""), since)


def _own(grid_code: str, worker_code: str, facts: _Known) -> list[CallableNumber]:
    name, post = facts.names.get(worker_code, ""), facts.posts.get(grid_code)
    listed = [(post, True)] if post else []
    return [
        numbers.policy_number(contact, name=name, role="worker", vault=None, of_post=of_post)
        for contact, of_post in [*listed, *((each, False) for each in facts.own.get(worker_code, []))]
    ]


def _behind(
    grid: Area, known: Mapping[str, Area], facts: _Known
) -> tuple[list[CallableNumber], list[CallableNumber]]:
    """Return the grid leaders' and the institutions' numbers behind a grid, the nearest first."""
    leaders: list[CallableNumber] = []
    offices: list[CallableNumber] = []
    area: Area | None = grid
    while area is not None:
        for step, contact in facts.steps.get(area.code, []):
            role, into = ("leader", leaders) if step.leader else ("institution", offices)
            into.append(numbers.policy_number(contact, name=str(contact.office_name), role=role, vault=None))
        area = known.get(area.parent_code or "")
    return leaders, offices


def _read(session: Session, *, at: datetime) -> _Known:
    """Read what holds at `at` or begins later: of what is over, only when each grid's last duty ended."""
    found = _Known()
    lasts = or_(Duty.valid_to.is_(None), Duty.valid_to > at)
    for row in session.scalars(select(Duty).where(lasts).order_by(Duty.valid_from, Duty.id)):
        found.duty.setdefault(row.grid_code, []).append(duty.policy_row(row))
    over = select(Duty.grid_code, func.max(Duty.valid_to)).where(
        Duty.retracted_at.is_(None), Duty.valid_to <= at
    )
    found.ended = {code: end for code, end in session.execute(over.group_by(Duty.grid_code)) if end}
    for grid_code, contact in session.execute(select(PostPhone.grid_code, Contact).join(Contact)):
        found.posts[grid_code] = contact
    mobiles_first = select(Contact).where(Contact.worker_code.is_not(None))
    for contact in session.scalars(mobiles_first.order_by(Contact.kind != "mobile", Contact.id)):
        found.own.setdefault(str(contact.worker_code), []).append(contact)
    steps = select(Fallback, Contact).join(Contact, Contact.id == Fallback.contact_id)
    for step, contact in session.execute(steps.order_by(Fallback.area_code, Fallback.position)):
        found.steps.setdefault(step.area_code, []).append((step, contact))
    found.names = {code: name for code, name in session.execute(select(Worker.code, Worker.name))}  # noqa: C416
    return found
