"""What threatens a grid: gaps in its roster, a last number that lapses; and the hours it had nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.contacts import rules as contact_choice
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import numbers
from feedback.duty import queries as duty
from feedback.duty import rules
from feedback.models import Area, Contact, Duty, PostPhone
from feedback.roster.rules.gaps import Gap, gaps
from feedback.roster.rules.gaps import vacant_hours as gaps_hours
from huying.base.phones import Vault

AHEAD = timedelta(days=14)
"""How far ahead a gap in the roster is told."""
LAPSING = timedelta(hours=48)
"""How long before a grid's last showable number lapses its leader is told."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What threatens one grid: gaps within AHEAD; when its last number lapses, if that is within LAPSING."""

    grid: Area
    gaps: tuple[Gap, ...]
    lapses_at: datetime | None

    @property
    def threatened(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.gaps) or self.lapses_at is not None


def outlooks(session: Session, grids: Iterable[Area], *, vault: Vault, now: datetime) -> list[Outlook]:
    """Return what threatens these grids, those with anything to do only, in the order given."""
    rows, lapsing = _planned(session, now=now), _lapsing(session, now=now)
    found = []
    for grid in list(grids):
        planned = rows.get(grid.code, [])
        # Only where somebody's number lapses soon is it worth while to ask whom the page shows.
        near = grid.code in lapsing or any(row.worker in lapsing for row in planned)
        lapses = _last_number_lapses(session, grid, vault=vault, now=now) if near else None
        found.append(Outlook(grid, tuple(gaps(planned, start=now, end=now + AHEAD)), lapses))
    return [each for each in found if each.threatened]


def vacant_hours(session: Session, grid_code: str, *, start: datetime, end: datetime) -> float:
    """Return how many hours of [start, end) a grid had nobody, counted from when anybody first held it."""
    rows = [duty.policy_row(row) for row in duty.rows(session, grid_code)]
    first = min((row.valid_from for row in rows), default=end)
    return gaps_hours(rows, start=max(start, first), end=end) if first < end else 0.0


def vacant_hours_by_grid(session: Session, *, start: datetime, end: datetime) -> Mapping[str, float]:
    """Return the vacant hours of each grid that was ever held, counted as `vacant_hours` does."""
    found: dict[str, list[rules.DutyRow]] = defaultdict(list)
    for row in session.scalars(select(Duty)):
        found[row.grid_code].append(duty.policy_row(row))
    firsts = {code: min(row.valid_from for row in rows) for code, rows in found.items()}
    return {
        code: gaps_hours(rows, start=max(start, firsts[code]), end=end) if firsts[code] < end else 0.0
        for code, rows in found.items()
    }


def _planned(session: Session, *, now: datetime) -> Mapping[str, list[rules.DutyRow]]:
    """Return the live rows that aren't over yet, by grid: one query for a whole city."""
    query = select(Duty).where(Duty.retracted_at.is_(None), or_(Duty.valid_to.is_(None), Duty.valid_to > now))
    found: dict[str, list[rules.DutyRow]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.grid_code].append(duty.policy_row(row))
    return found


def _lapsing(session: Session, *, now: datetime) -> frozenset[str]:
    """Return the workers, and the grids with a duty phone, of whose numbers a check ends soon."""
    until = now + LAPSING
    ends = [
        (Contact.kind == kind) & (Contact.verified_at <= until - validity)
        for kind, validity in contact_choice.VALIDITY.items()
    ]
    query = (
        select(Contact.worker_code, PostPhone.grid_code)
        .outerjoin(PostPhone, PostPhone.contact_id == Contact.id)
        .where(or_(Contact.expires_at <= until, *ends))
    )
    return frozenset(code for row in session.execute(query) for code in row if code)


def _last_number_lapses(session: Session, grid: Area, *, vault: Vault, now: datetime) -> datetime | None:
    """Return when the last check of a shown person's number ends, where that is soon."""
    answer = contacts.answer(session, grid.code, at=now, vault=vault)
    if answer.number is None or answer.leader is not None or answer.verified_at is None:
        return None
    shown = numbers.one(session, answer.contact_id or 0)
    validity = next(each for kind, each in contact_choice.VALIDITY.items() if kind == shown.kind)
    ends = [answer.verified_at + validity, *([shown.expires_at] if shown.expires_at else [])]
    return min(ends) if min(ends) <= now + LAPSING else None
