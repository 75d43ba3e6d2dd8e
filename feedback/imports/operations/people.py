"""Workers and their numbers as a file has them, beside those that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts import operations as numbers
from feedback.imports.operations.offices import later_check
from feedback.imports.operations.scope import ImportScope
from feedback.models import Contact, Worker
from feedback.roster.operations import retirement
from huying.base import phones
from huying.base.i18n import _
from huying.base.phones import Vault


@dataclass(frozen=True, slots=True)
class Person:
    """A worker; `number` in E.164, or None where the file says nothing of it."""

    code: str
    name: str
    number: str | None
    verified_at: datetime | None
    serves: bool | None = None
    """Whether the file says that the worker is in service; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The workers who are stored, and the first number of each kind that each is reached by."""

    workers: Mapping[str, Worker]
    numbers: Mapping[tuple[str, str], Contact]
    vault: Vault

    def differences(self, person: Person) -> list[str]:
        """Return what a file says of a worker that isn't stored, each as a sentence without a number."""
        worker = self.workers.get(person.code)
        told = []
        if worker is None:
            told.append(_("新网格员 %(name)s", name=person.name))
        elif worker.name != person.name:
            told.append(_("姓名：%(before)s → %(after)s", before=worker.name, after=person.name))
        if worker is not None and person.serves is not None and worker.active != person.serves:
            told.append(_("重新上岗") if person.serves else _("离岗，手里的事交给下一位"))
        return told + self._numbers(person)

    def _numbers(self, person: Person) -> list[str]:
        if person.number is None:
            return []
        known = self.numbers.get((person.code, phones.kind(person.number)))
        index = self.vault.index(person.number, purpose="staff")
        if known is None or known.blind_index != index:
            return [_("换成号码 %(number)s", number=phones.masked(person.number))]
        return [_("号码重新核对过")] if later_check(person.verified_at, known.verified_at) else []


def load(session: Session, *, vault: Vault) -> Staff:
    """Return all workers and their numbers."""
    owned = select(Contact).where(Contact.worker_code.is_not(None)).order_by(Contact.id.desc())
    return Staff(
        {worker.code: worker for worker in session.scalars(select(Worker))},
        {(str(contact.worker_code), contact.kind): contact for contact in session.scalars(owned)},
        vault,
    )


def settle_service(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Retire a worker, or take one back, as the file says."""
    worker = session.get_one(Worker, person.code)
    if person.serves is False and worker.active:
        retirement.retire(session, person.code, by=by, now=now)
    elif person.serves and not worker.active:
        retirement.return_to_service(session, person.code, now=now)


def put(session: Session, wanted: Mapping[str, tuple[Person, str]], *, scope: ImportScope) -> None:
    """Store workers and numbers; each comes with the grid in which a new worker begins."""
    for person, grid in wanted.values():
        worker = session.get(Worker, person.code)
        if worker is None:
            worker = Worker(code=person.code, name=person.name, area_code=grid)
            session.add(worker)
        worker.name = person.name
        session.flush()
        if person.number is not None:
            numbers.set_number(
                session,
                worker_code=person.code,
                number=person.number,
                vault=scope.vault,
                verified_at=person.verified_at,
            )
