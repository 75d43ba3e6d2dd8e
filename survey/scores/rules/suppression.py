"""Which cells of a score release are hidden: few answers, and what would give those few away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST = 10
FREE, FEW, SECOND = "F", "A", "D"
"""Shown; hidden for fewer than LEAST answers; hidden so that another can't be computed (SDMX)."""


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """An area with its number of answers; `parent` is the area above that is published too."""

    key: str
    parent: str | None
    answers: int


def statuses(cells: Iterable[ScoreCell]) -> dict[str, str]:
    """Return FREE, FEW or SECOND for every cell.

    A published parent never has exactly one hidden child, nor several that hold fewer than LEAST answers
    together, which its other children would leave over: its smallest shown child (ties: the lowest key) is
    hidden with them. A parent hidden for another's sake hides its smallest child too, else its children
    would add up to it. Cells without answers hide nothing and are never hidden.
    """
    every = sorted(cells, key=lambda cell: (cell.answers, cell.key))
    found = {cell.key: FEW if 0 < cell.answers < LEAST else FREE for cell in every}
    while betrayed := _next(every, found):
        found[betrayed] = SECOND
    return found


def _next(every: Sequence[ScoreCell], found: Mapping[str, str]) -> str | None:
    """Return the next cell that must be hidden, or None."""
    below: dict[str | None, list[ScoreCell]] = {}
    for cell in every:
        if cell.answers:
            below.setdefault(cell.parent, []).append(cell)
    for parent in every:
        children = below.get(parent.key, [])
        shown = [cell for cell in children if found[cell.key] == FREE]
        hidden = [cell for cell in children if found[cell.key] != FREE]
        left = sum(_left(cell, below, found) for cell in hidden)
        betrayed = len(hidden) == 1 or 0 < left < LEAST if found[parent.key] == FREE else not hidden
        if shown and betrayed:
            return shown[0].key
    return None


def _left(cell: ScoreCell, below: Mapping[str | None, Sequence[ScoreCell]], found: Mapping[str, str]) -> int:
    """How many answers of a cell are told by nothing that is shown of it or below it."""
    if found[cell.key] == FREE:
        return 0
    children = below.get(cell.key)
    return sum(_left(child, below, found) for child in children) if children else cell.answers
