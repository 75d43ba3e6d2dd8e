"""The one place that answers "whom do I call now?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.codes import CITY_LINE
from feedback.contacts.queries import numbers
from feedback.contacts.rules import CallableNumber, ContactChoice, State, choose, holds_until, showable
from feedback.duty import queries as duty
from feedback.models import Area, Contact, Duty, Fallback, Worker
from huying.base.clock import LOCAL
from huying.base.errors import NotFound
from huying.base.i18n import _, mark
from huying.base.phones import Vault

CITY = CallableNumber(mark("市民热线"), "institution", CITY_LINE, "landline")
"""The end of every chain: attended round the clock, and shown whatever is known of it."""

COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "令狐",
    "夏侯",
    "端木",
    "南宫",
    "长孙",
    "宇文",
)


@dataclass(frozen=True, slots=True)
class Institution:
    """An office that a resident may call, and its number: E.164, or a short code such as 12345."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """Whom to call in an area at one instant.

    `number` is that of who is on duty, else of the grid leader (then `leader` says who), E.164; None where
    no person's number may be shown: then the first of `institutions` answers. `verified_at` and
    `contact_id` are of the number to call first; `suspect` tells that a resident doubts it. `until` is when
    this duty, or vacancy, ends as planned; `since` when a vacancy began; `after_hours` tells that somebody is
    on duty whose number is outside its hours. `holds_until` is the first instant at which the clock alone may
    change this answer. `line` are the numbers to ring one after the other, the last an institution's.
    """

    state: State
    area_name: str
    community_name: str
    worker_code: str | None
    worker_name: str | None
    surname: str | None
    number: str | None
    verified_at: datetime | None
    until: datetime | None
    institutions: tuple[Institution, ...]
    since: datetime | None = None
    after_hours: bool = False
    leader: str | None = None
    contact_id: int | None = None
    suspect: bool = False
    grid_type: str = ""
    holds_until: datetime | None = None
    line: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """What an answer for one area is made of: the areas from its own upward, duty rows, who is on duty.

    `chain` are the steps behind a worker in the order of the areas, `own` the worker's numbers, `post` the
    grid's duty phone.
    """

    lineage: Sequence[Area]
    rows: Sequence[Duty]
    worker: Worker | None
    chain: Sequence[tuple[Fallback, Contact]]
    own: Sequence[Contact]
    post: Contact | None


def answer(session: Session, area_code: str, *, at: datetime, vault: Vault) -> ContactAnswer:
    """Return whom to call in an area at `at`; raise NotFound for an unknown area.

    Who was on duty at a past instant is answered as it was known then, whatever was entered since.
    """
    lineage = _lineage(session, area_code)
    rows = duty.every(session, area_code)
    on_duty = duty.told(rows, at=at)
    worker = session.get_one(Worker, on_duty.worker_code) if on_duty else None
    found = Sources(
        lineage=lineage,
        rows=rows,
        worker=worker,
        chain=_chain(session, lineage),
        own=numbers.of_worker(session, worker.code) if worker else (),
        post=numbers.of_post(session, area_code) if worker else None,
    )
    return composed(found, at=at, vault=vault)


def composed(found: Sources, *, at: datetime, vault: Vault) -> ContactAnswer:
    """Return the answer that these sources give at `at`."""
    worker = found.worker
    leaders, offices = _leaders_and_offices(found.chain, vault=vault)
    own, chain = _own_numbers(found, vault=vault), [*offices, CITY]
    planned = [duty.policy_row(row) for row in found.rows]
    chosen = choose(
        duty=planned,
        numbers_by_worker={worker.code: own} if worker else {},
        leader_numbers=leaders,
        institution_chain=chain,
        at=at,
        timezone=LOCAL,
    )
    return _answered(
        chosen,
        worker=worker,
        lineage=found.lineage,
        institutions=_shown(chosen, chain, at=at),
        holds_until=holds_until(duty=planned, numbers=[*own, *leaders, *chain], at=at, timezone=LOCAL),
    )


def surname(name: str) -> str:
    """Return the surname of a Chinese name, of one character or two."""
    return name[:2] if name.startswith(COMPOUND_SURNAMES) and len(name) > 2 else name[:1]


def _lineage(session: Session, code: str) -> list[Area]:
    """Return the area and those above it, the nearest first."""
    lineage: list[Area] = []
    area = session.get(Area, code)
    while area is not None and area not in lineage:
        lineage.append(area)
        area = session.get(Area, area.parent_code) if area.parent_code else None
    if not lineage:
        raise NotFound(_("没有这个网格。"))
    return lineage


def _chain(session: Session, lineage: Sequence[Area]) -> list[tuple[Fallback, Contact]]:
    """Return the steps behind a worker, from the grid's own up to the city's."""
    codes = [area.code for area in lineage]
    query = select(Fallback, Contact).join(Contact, Contact.id == Fallback.contact_id)
    found = session.execute(query.where(Fallback.area_code.in_(codes))).all()
    pairs = [(step, contact) for step, contact in found]
    return sorted(pairs, key=lambda row: (codes.index(row[0].area_code), row[0].position))


def _leaders_and_offices(
    chain: Sequence[tuple[Fallback, Contact]], *, vault: Vault
) -> tuple[list[CallableNumber], list[CallableNumber]]:
    """Return the grid leaders' numbers and the institutions', in the order of the chain."""
    named = [
        (
            step.leader,
            numbers.policy_number(contact, name=str(contact.office_name), role=_role(step), vault=vault),
        )
        for step, contact in chain
    ]
    return [each for leads, each in named if leads], [each for leads, each in named if not leads]


def _role(step: Fallback) -> str:
    return "leader" if step.leader else "institution"


def _own_numbers(found: Sources, *, vault: Vault) -> list[CallableNumber]:
    """Return the numbers of who is on duty: the grid's duty phone, then the worker's own."""
    if found.worker is None:
        return []
    known = partial(numbers.policy_number, name=found.worker.name, role="worker", vault=vault)
    own = [known(contact) for contact in found.own]
    return [known(found.post, of_post=True), *own] if found.post else own


def _shown(
    chosen: ContactChoice, chain: Sequence[CallableNumber], *, at: datetime
) -> tuple[Institution, ...]:
    """Return what to show: the institution to call first, others that answer now, the end of the chain."""
    answering = [number for number in chain if showable(number, at=at, timezone=LOCAL)]
    listed = {number.e164: number.owner_name for number in (chosen.institution, *answering, CITY)}
    return tuple(Institution(name, number) for number, name in listed.items())


def _answered(
    chosen: ContactChoice,
    *,
    worker: Worker | None,
    lineage: Sequence[Area],
    institutions: tuple[Institution, ...],
    holds_until: datetime | None,
) -> ContactAnswer:
    above = next((area.name for area in lineage if area.level == "community"), "")
    return ContactAnswer(
        state=chosen.state,
        area_name=lineage[0].name,
        community_name=above,
        worker_code=worker.code if worker else None,
        worker_name=worker.name if worker else None,
        surname=surname(worker.name) if worker else None,
        number=chosen.number.e164 if chosen.personal else None,
        verified_at=chosen.number.verified_at,
        until=chosen.until,
        institutions=institutions,
        since=chosen.since,
        after_hours=chosen.after_hours,
        leader=chosen.number.owner_name if chosen.number.role == "leader" else None,
        contact_id=chosen.number.contact_id,
        suspect=chosen.personal and chosen.suspect,
        grid_type=lineage[0].grid_type,
        holds_until=holds_until,
        line=tuple(number.e164 for number in chosen.line),
    )
