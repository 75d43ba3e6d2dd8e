"""Which cells of a score release are hidden: few answers, and what would give those few away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

LEAST = 10
FREE, FEW, SECOND = "F", "A", "D"
"""Shown; hidden for fewer than LEAST answers; hidden so that another can't be computed (SDMX)."""


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """An area with its number of answers; `parent` is the area above that is published too.

    `kind` is its type: the scores of a type's areas tell the type's mean, so it counts as published.
    """

    key: str
    parent: str | None
    answers: int
    kind: str = ""


def statuses(cells: Iterable[ScoreCell], *, also: Collection[str] = ()) -> dict[str, str]:
    """Return FREE, FEW or SECOND for every cell; `also` are hidden whatever they hold.

    A published parent never has exactly one hidden child, nor several that hold fewer than LEAST answers
    together, which its other children would leave over: its smallest shown child (ties: the lowest key) is
    hidden with them. A parent hidden for another's sake hides its smallest child too, else its children
    would add up to it. Nor is exactly one of a type hidden. Cells without answers hide nothing and are never
    hidden.
    """
    every = sorted(cells, key=lambda cell: (cell.answers, cell.key))
    found = {cell.key: _alone(cell, also) for cell in every}
    _Tree(every, found).settle()
    return found


def _alone(cell: ScoreCell, also: Collection[str]) -> str:
    if 0 < cell.answers < LEAST:
        return FEW
    return SECOND if cell.answers and cell.key in also else FREE


class _Tree:
    """Cells with their statuses so far; a parent is looked at again when one below it changed."""

    def __init__(self, every: Sequence[ScoreCell], found: dict[str, str]) -> None:
        self._found = found
        self._below: dict[str, list[ScoreCell]] = {}
        self._kinds: dict[str, list[ScoreCell]] = {}
        for cell in every:
            if cell.answers and cell.parent is not None:
                self._below.setdefault(cell.parent, []).append(cell)
            if cell.answers and cell.kind:
                self._kinds.setdefault(cell.kind, []).append(cell)
        self._parents = [cell for cell in every if cell.key in self._below]
        self._place = {cell.key: at for at, cell in enumerate(self._parents)}
        self._above = {cell.key: cell.parent for cell in every}

    def settle(self) -> None:
        """Hide what must be hidden, until nothing more must."""
        self._streets(range(len(self._parents)))
        while betrayed := self._alone_of_its_kind():
            self._found[betrayed.key] = SECOND
            self._streets(self._touched(betrayed))

    def _streets(self, places: Iterable[int]) -> None:
        """Look at these parents, and again at those above whatever is hidden; the lowest place first."""
        waiting = sorted(set(places))
        known = set(waiting)
        while waiting:
            place = heappop(waiting)
            known.discard(place)
            if (betrayed := self._next(self._parents[place])) is None:
                continue
            self._found[betrayed.key] = SECOND
            for again in self._touched(betrayed):
                if again not in known:
                    heappush(waiting, again)
                    known.add(again)

    def _touched(self, cell: ScoreCell) -> list[int]:
        """Places of the cell, as a parent, and of all above it: how many they leave over may have changed."""
        out, key = list[int](), cell.key
        while key in self._above:
            if key in self._place:
                out.append(self._place[key])
            key = self._above[key] or ""
        return out

    def _next(self, parent: ScoreCell) -> ScoreCell | None:
        """Return the child that must be hidden next, or None."""
        children = self._below[parent.key]
        shown = next((cell for cell in children if self._found[cell.key] == FREE), None)
        if shown is None:
            return None
        hidden = [cell for cell in children if self._found[cell.key] != FREE]
        if self._found[parent.key] != FREE:
            return None if hidden else shown
        betrayed = len(hidden) == 1 or 0 < sum(map(self._left, hidden)) < LEAST
        return shown if betrayed else None

    def _left(self, cell: ScoreCell) -> int:
        """How many answers of a cell are told by nothing that is shown of it or below it."""
        if self._found[cell.key] == FREE:
            return 0
        children = self._below.get(cell.key)
        return sum(map(self._left, children)) if children else cell.answers

    def _alone_of_its_kind(self) -> ScoreCell | None:
        """The smallest shown cell of the first type of which exactly one is hidden."""
        for kind in sorted(self._kinds):
            cells = self._kinds[kind]
            shown = [cell for cell in cells if self._found[cell.key] == FREE]
            if shown and len(cells) - len(shown) == 1:
                return shown[0]
        return None


def hidden(found: Mapping[str, str]) -> frozenset[str]:
    """Return the keys that aren't shown."""
    return frozenset(key for key, status in found.items() if status != FREE)


def worst(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Return one status for an item's population and for all whom `all` counts: both are shown or neither."""
    return {key: min(one, second[key], key=(FEW, SECOND, FREE).index) for key, one in first.items()}
