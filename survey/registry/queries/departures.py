"""Departures that the lot sends somebody to check, and what was found where they lived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import DepartureCheck, Household, RegistryEvent, RegistryImport

RESULTS = ("gone", "here", "unknown")
"""They have left; they live there still; nobody could say."""


@dataclass(frozen=True, slots=True)
class DrawnDeparture:
    """A household that is said to have left, and what was found: empty while nobody has looked."""

    event: int
    code: str
    grid: str
    address: str
    at: datetime
    by: str
    result: str


@dataclass(frozen=True, slots=True)
class DepartureChecks:
    """How many departures were drawn, how many looked at, and how many households were still there."""

    drawn: int
    checked: int
    here: int


def drawn(session: Session) -> list[DrawnDeparture]:
    """Return the drawn departures, those first that nobody has looked at."""
    results = _results(session)
    columns = (
        select(
            RegistryEvent.id,
            RegistryEvent.household_code,
            RegistryEvent.grid_code,
            Household.address,
            RegistryEvent.at,
            RegistryImport.by,
        )
        .join(Household, Household.code == RegistryEvent.household_code)
        .join(RegistryImport, RegistryImport.id == RegistryEvent.import_id)
        .where(RegistryEvent.drawn)
        .order_by(RegistryEvent.id.desc())
    )
    found = [DrawnDeparture(*row, results.get(row[0], "")) for row in session.execute(columns)]
    return sorted(found, key=lambda each: bool(each.result))


def unchecked(session: Session) -> int:
    """Count the drawn departures at which nobody has looked."""
    looked = select(DepartureCheck.event_id)
    rows = select(func.count(RegistryEvent.id)).where(RegistryEvent.drawn, RegistryEvent.id.not_in(looked))
    return session.scalar(rows) or 0


def checks(session: Session, *, after: int | None = None, before: int | None = None) -> DepartureChecks:
    """Count the drawn departures whose imports' entries stand between two of the ledger."""
    rows = select(RegistryEvent.id).where(RegistryEvent.drawn)
    rows = rows.join(RegistryImport, RegistryImport.id == RegistryEvent.import_id)
    if after is not None:
        rows = rows.where(RegistryImport.entry > after)
    if before is not None:
        rows = rows.where(RegistryImport.entry < before)
    results = _results(session)
    events = list(session.scalars(rows))
    found = [results[event] for event in events if results.get(event) in {"gone", "here"}]
    return DepartureChecks(len(events), len(found), found.count("here"))


def _results(session: Session) -> dict[int, str]:
    rows = select(DepartureCheck.event_id, DepartureCheck.result).order_by(DepartureCheck.id)
    return dict(session.execute(rows).all())
