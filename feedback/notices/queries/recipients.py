"""Who a line of the table means for a case now: telephones, a chat group, a desk's mail, the resident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.queries.cases import contact_context
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import numbers
from feedback.models import Area, Case, Contact, Fallback, Worker
from huying.base import phones
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.messaging import choice

ORDER = ("first", "second", "third")
EVERYBODY = "office"
"""The group, or the mail, of whoever has none of their own."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What an installation can tell by: its channels, its chat groups and its desks' mail by name."""

    channels: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    mail: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Ways:
        """Return the means of these settings."""
        channels = settings.channels
        return cls(
            choice.available(settings), frozenset(group.name for group in channels.chats), channels.mail.to
        )


def found(
    session: Session, case: Case, who: str, channel: str, *, means: Ways, vault: Vault, now: datetime
) -> str | None:
    """Return the number, group or address by which somebody is told on a channel; None for nobody."""
    if channel not in means.channels:
        return None
    if who == "group":
        return _of_desk(session, case, channel, means)
    number = _number(session, case, who, vault=vault, now=now)
    if number is None or not number.startswith("+"):  # a machine doesn't ring the city's line
        return None
    return number if channel == "voice" or phones.kind(number) == "mobile" else None


def _number(session: Session, case: Case, who: str, *, vault: Vault, now: datetime) -> str | None:
    if who == "resident":
        return vault.open(case.contact_sealed, where=contact_context(case)) if case.contact_sealed else None
    if who == "holder":
        return _mobile(session, case.worker_code, vault=vault) or _leader(session, case, vault=vault)
    if who == "former":
        return _mobile(session, case.former_worker, vault=vault)
    if who == "leader":
        return _leader(session, case, vault=vault)
    if case.grid_code is None:
        return None
    line = contacts.answer(session, case.grid_code, at=now, vault=vault).line
    place = ORDER.index(who)
    return line[place] if place < len(line) else None


def _mobile(session: Session, worker_code: str | None, *, vault: Vault) -> str | None:
    worker = session.get(Worker, worker_code) if worker_code else None
    if worker is None or not worker.active:
        return None
    own = [each for each in numbers.of_worker(session, worker.code) if each.kind == "mobile"]
    return numbers.number_of(own[0], vault=vault) if own else None


def _leader(session: Session, case: Case, *, vault: Vault) -> str | None:
    """Return the mobile of the nearest grid leader above a case's grid."""
    for code in lineage(session, case.grid_code):
        query = (
            select(Contact)
            .join(Fallback, Fallback.contact_id == Contact.id)
            .where(Fallback.area_code == code, Fallback.leader, Contact.kind == "mobile")
        )
        leader = session.scalar(query.order_by(Fallback.position).limit(1))
        if leader is not None:
            return numbers.number_of(leader, vault=vault)
    return None


def _of_desk(session: Session, case: Case, channel: str, means: Ways) -> str | None:
    kind, _colon, department = case.holder.partition(":")
    names = [department] if kind == "dept" else []
    names += [*lineage(session, case.grid_code), EVERYBODY]
    if channel == "chat":
        return next((name for name in names if name in means.groups), None)
    return next((means.mail[name] for name in names if name in means.mail), None)


def lineage(session: Session, code: str | None) -> list[str]:
    """Return the codes of an area and of those above it, the nearest first."""
    codes: list[str] = []
    area = session.get(Area, code) if code else None
    while area is not None and area.code not in codes:
        codes.append(area.code)
        area = session.get(Area, area.parent_code) if area.parent_code else None
    return codes
