"""The one place that answers "whom do I call now?", and the numbers from which it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.codes import CITY_LINE
from feedback.contact_choice import Answer, Kind, Number, State, choose, showable
from feedback.models import Area, Contact, Fallback, Worker
from feedback.operations import duty
from huying import phones
from huying.clock import LOCAL
from huying.errors import NotFound
from huying.i18n import _, mark
from huying.phones import Vault

CITY = Number(mark("市民热线"), "institution", CITY_LINE, "landline")
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

    `number` is the number of the person on duty, E.164, or None where no person's number may be shown: then
    the first of `institutions` answers. `verified_at` is of the number to call first. `until` is when this
    duty, or vacancy, ends as planned; `since` when a vacancy began; `after_hours` tells that somebody is on
    duty whose number is outside its hours.
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


def answer(session: Session, area_code: str, *, at: datetime, vault: Vault) -> ContactAnswer:
    """Return whom to call in an area at `at`; raise NotFound for an unknown area."""
    lineage = _lineage(session, area_code)
    rows = duty.rows(session, area_code)
    on_duty = duty.live(rows, at=at)
    worker = session.get_one(Worker, on_duty.worker_code) if on_duty else None
    chain = [*_chain(session, lineage, vault=vault), CITY]
    chosen = choose(
        duty=[duty.policy_row(row) for row in rows],
        numbers_by_worker={worker.code: _numbers_of(session, worker, vault=vault)} if worker else {},
        institution_chain=chain,
        at=at,
        timezone=LOCAL,
    )
    return _answered(chosen, worker=worker, lineage=lineage, institutions=_shown(chosen, chain, at=at))


def surname(name: str) -> str:
    """Return the surname of a Chinese name, of one character or two."""
    return name[:2] if name.startswith(COMPOUND_SURNAMES) and len(name) > 2 else name[:1]


def set_number(
    session: Session,
    *,
    worker_code: str,
    number: str,
    vault: Vault,
    kind: Kind | None = None,
    hours: tuple[time, time] | None = None,
    verified_at: datetime | None = None,
) -> Contact:
    """Store the number (E.164) by which a worker is reached; it replaces the worker's other of that kind.

    `kind` is read off the number unless given; `hours` are local. A number that stays the same keeps a check
    of it that is later than `verified_at`.
    """
    kind = kind or _kind(number)
    own = select(Contact).where(Contact.worker_code == worker_code, Contact.kind == kind)
    contact = session.scalar(own.order_by(Contact.id).limit(1)) or _new(
        session, worker_code=worker_code, kind=kind
    )
    _put(contact, number, vault=vault, hours=hours, verified_at=verified_at)
    session.flush()
    return contact


def set_office(
    session: Session,
    *,
    area_code: str,
    position: int,
    name: str,
    number: str,
    vault: Vault,
    hours: tuple[time, time] | None = None,
    verified_at: datetime | None = None,
) -> Contact:
    """Store the office that answers at a place (1, 2, …) of the chain of an area and of all areas below it.

    An area's own chain comes before that of the area above; the city's line ends every chain by itself.
    """
    step = session.get(Fallback, (area_code, position))
    contact = session.get_one(Contact, step.contact_id) if step else None
    if contact is None:
        contact = _new(session, office_name=name, kind=_kind(number))
        session.add(Fallback(area_code=area_code, position=position, contact_id=contact.id))
    contact.office_name, contact.kind = name, _kind(number)
    _put(contact, number, vault=vault, hours=hours, verified_at=verified_at)
    session.flush()
    return contact


def verify(session: Session, contact_id: int, *, now: datetime) -> Contact:
    """Note that a number was checked at `now` and works."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound(_("没有这个号码。"))
    contact.verified_at = now
    session.flush()
    return contact


def number_of(contact: Contact, *, vault: Vault) -> str:
    """Return a contact's number, E.164."""
    return vault.open(contact.sealed, where=_place(contact))


def of_worker(session: Session, worker_code: str) -> list[Contact]:
    """Return a worker's numbers, those of mobiles first."""
    query = select(Contact).where(Contact.worker_code == worker_code)
    return list(session.scalars(query.order_by(Contact.kind != "mobile", Contact.id)))


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


def _chain(session: Session, lineage: Sequence[Area], *, vault: Vault) -> list[Number]:
    """Return the institutions' numbers from the grid's own up to the city's."""
    codes = [area.code for area in lineage]
    query = select(Fallback, Contact).join(Contact, Contact.id == Fallback.contact_id)
    found = session.execute(query.where(Fallback.area_code.in_(codes))).all()
    ordered = sorted(found, key=lambda row: (codes.index(row[0].area_code), row[0].position))
    return [
        _number(contact, name=str(contact.office_name), role="institution", vault=vault)
        for _, contact in ordered
    ]


def _numbers_of(session: Session, worker: Worker, *, vault: Vault) -> list[Number]:
    return [
        _number(contact, name=worker.name, role="worker", vault=vault)
        for contact in of_worker(session, worker.code)
    ]


def _number(contact: Contact, *, name: str, role: str, vault: Vault) -> Number:
    hours = None
    if contact.hours_from is not None and contact.hours_to is not None:
        hours = contact.hours_from, contact.hours_to
    return Number(
        name,
        role,
        number_of(contact, vault=vault),
        contact.kind,  # type: ignore[arg-type]
        verified_at=contact.verified_at,
        expires_at=contact.expires_at,
        failed_at=contact.failed_at,
        hours=hours,
    )


def _shown(chosen: Answer, chain: Sequence[Number], *, at: datetime) -> tuple[Institution, ...]:
    """Return what to show: the institution to call first, others that answer now, the end of the chain."""
    answering = [number for number in chain if showable(number, at=at, timezone=LOCAL)]
    listed = {number.e164: number.owner_name for number in (chosen.institution, *answering, CITY)}
    return tuple(Institution(name, number) for number, name in listed.items())


def _answered(
    chosen: Answer, *, worker: Worker | None, lineage: Sequence[Area], institutions: tuple[Institution, ...]
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
    )


def _kind(number: str) -> Kind:
    return "mobile" if phones.kind(number) == "mobile" else "landline"


def _new(
    session: Session, *, kind: str, worker_code: str | None = None, office_name: str | None = None
) -> Contact:
    contact = Contact(
        worker_code=worker_code, office_name=office_name, kind=kind, sealed=b"", blind_index=b""
    )
    session.add(contact)
    session.flush()  # the number is sealed for its row, so the row comes first
    return contact


def _put(
    contact: Contact,
    number: str,
    *,
    vault: Vault,
    hours: tuple[time, time] | None,
    verified_at: datetime | None,
) -> None:
    index = vault.index(number, purpose="staff")
    if contact.blind_index != index:
        contact.sealed = vault.seal(number, where=_place(contact))
        contact.blind_index, contact.verified_at, contact.failed_at = index, None, None
    contact.hours_from, contact.hours_to = hours or (None, None)
    contact.verified_at = max(filter(None, (contact.verified_at, verified_at)), default=None)


def _place(contact: Contact) -> str:
    return f"contact.sealed:{contact.id}"
