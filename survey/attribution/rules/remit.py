"""Whose a kind of case is: the department that leads for it in the nearest area, when it was opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from survey.attribution.rules.inputs import PlaceName, RemitRow
from survey.scores.rules.pipeline import STREET

UNPLACED = "unplaced"
"""The street of what lies in none, or of which nobody knows where it is."""
Leads = Mapping[tuple[str, str], Sequence[RemitRow]]


def leads(rows: Iterable[RemitRow]) -> Leads:
    """Return the rows by category and area."""
    found: dict[tuple[str, str], list[RemitRow]] = {}
    for row in rows:
        found.setdefault((row.category, row.area), []).append(row)
    return found


def is_departments(
    category: str, grid: str, *, at: datetime, rows: Leads, places: Mapping[str, PlaceName]
) -> bool:
    """Tell whether a department led for a category in a grid at an instant: the nearest area decides."""
    for area in upward(grid, places):
        lead = [row for row in rows.get((category, area), ()) if _holds(row, at)]
        if lead:
            return bool(lead[-1].lead)
    return False


def upward(area: str, places: Mapping[str, PlaceName]) -> Iterator[str]:
    """Yield an area and what lies above it, the nearest first; a circle ends where it closes."""
    seen: set[str] = set()
    at: str | None = area
    while at is not None and at in places and at not in seen:
        seen.add(at)
        yield at
        at = places[at].parent


def street_of(area: str, places: Mapping[str, PlaceName]) -> str:
    """Return the street in which an area lies; what lies in none is unplaced."""
    return next((each for each in upward(area, places) if places[each].level == STREET), UNPLACED)


def _holds(row: RemitRow, at: datetime) -> bool:
    return row.start <= at and (row.end is None or at < row.end)
