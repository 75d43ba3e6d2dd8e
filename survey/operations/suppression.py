"""Which cells of a score release are hidden: few answers, and what would give those few away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST = 10
FREE, FEW, SECOND = "F", "A", "D"
"""Shown; hidden for fewer than LEAST answers; hidden so that another can't be computed (SDMX)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An area with its number of answers; `parent` is the area above that is published too."""

    key: str
    parent: str | None
    answers: int


def statuses(cells: Iterable[Cell]) -> dict[str, str]:
    """Return FREE, FEW or SECOND for every cell.

    A published parent never has exactly one hidden child: its smallest shown child (ties: the lowest key)
    is hidden with it. A parent hidden for another's sake hides its smallest child too, else its children
    would add up to it. Cells without answers hide nothing and are never hidden.
    """
    every = sorted(cells, key=lambda cell: (cell.answers, cell.key))
    found = {cell.key: FEW if 0 < cell.answers < LEAST else FREE for cell in every}
    while betrayed := _next(every, found):
        found[betrayed] = SECOND
    return found


def _next(every: Sequence[Cell], found: dict[str, str]) -> str | None:
    """Return the next cell that must be hidden, or None."""
    for parent in every:
        children = [cell for cell in every if cell.parent == parent.key and cell.answers]
        shown = [cell for cell in children if found[cell.key] == FREE]
        hidden = len(children) - len(shown)
        published = found[parent.key] == FREE
        if shown and hidden == (1 if published else 0):
            return shown[0].key
    return None
