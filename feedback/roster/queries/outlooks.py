"""What threatens a grid: gaps in its roster, a last number that lapses; and the hours it had nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.contacts import rules as contact_choice
from feedback.contacts.queries import several
from feedback.contacts.queries.answer import ContactAnswer
from feedback.duty import queries as duty
from feedback.duty import rules
from feedback.models import Area, Contact, Duty
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
    listed = list(grids)
    rows, lapses = _planned(session, now=now), _lapses(session, listed, vault=vault, now=now)
    found = [
        Outlook(
            grid,
            tuple(gaps(rows.get(grid.code, []), start=now, end=now + AHEAD)),
            lapses[grid.code],
        )
        for grid in listed
    ]
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


def _lapses(
    session: Session, grids: Iterable[Area], *, vault: Vault, now: datetime
) -> dict[str, datetime | None]:
    """Return by grid when the last check of a shown person's number ends, where that is soon."""
    answers = several.answers(session, [grid.code for grid in grids], at=now, vault=vault)
    shown = {each.contact_id for each in answers.values() if each.contact_id is not None}
    query = select(Contact).where(Contact.id.in_(shown))
    contacts = {each.id: each for each in session.scalars(query)}
    return {grid: _lapse(answer, contacts, now=now) for grid, answer in answers.items()}


def _lapse(answer: ContactAnswer, contacts: Mapping[int, Contact], *, now: datetime) -> datetime | None:
    if answer.number is None or answer.leader is not None or answer.verified_at is None:
        return None
    shown = contacts[answer.contact_id or 0]
    validity = next(each for kind, each in contact_choice.VALIDITY.items() if kind == shown.kind)
    ends = [answer.verified_at + validity, *([shown.expires_at] if shown.expires_at else [])]
    return min(ends) if min(ends) <= now + LAPSING else None
