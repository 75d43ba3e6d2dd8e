"""The wall: who answers in each grid now, by community, the gaps first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from huying.base.i18n import Lazy, lazy

NOBODY, UNCHECKED, ELSEWHERE, ANSWERS = 0, 1, 2, 3
"""How a grid stands, the worst first."""

SIGNS: Mapping[int, str] = {NOBODY: "✕", UNCHECKED: "!", ELSEWHERE: "→", ANSWERS: "✓"}
TONES: Mapping[int, str] = {NOBODY: "bad", UNCHECKED: "warn", ELSEWHERE: "mute", ANSWERS: "good"}
LABELS: Mapping[int, Lazy] = {
    NOBODY: lazy("没有人"),
    UNCHECKED: lazy("号码没核对"),
    ELSEWHERE: lazy("下班，转别处接"),
    ANSWERS: lazy("有人接"),
}


@dataclass(frozen=True, slots=True)
class GridOnWall:
    """A grid as it hangs on the wall: how it stands, who answers, until when, or since when nobody does."""

    code: str
    name: str
    community: str
    standing: int
    answers: str
    until: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommunityOnWall:
    """A community's grids, the gaps first."""

    name: str
    grids: tuple[GridOnWall, ...]

    def how_many(self, standing: int) -> int:
        """Return how many of its grids stand so."""
        return sum(grid.standing == standing for grid in self.grids)


def standing(state: str, *, after_hours: bool) -> int:
    """Return how a grid stands whose contact is in this state."""
    if state == "vacant":
        return NOBODY
    if state == "stale":
        return UNCHECKED
    return ELSEWHERE if after_hours else ANSWERS


def by_community(grids: Iterable[GridOnWall]) -> list[CommunityOnWall]:
    """Return the communities, those with most gaps first, else by name; each with its gaps first."""
    found: dict[str, list[GridOnWall]] = {}
    for grid in grids:
        found.setdefault(grid.community, []).append(grid)
    communities = [
        CommunityOnWall(name, tuple(sorted(own, key=lambda grid: (grid.standing, grid.code))))
        for name, own in found.items()
    ]
    return sorted(
        communities, key=lambda each: (-each.how_many(NOBODY), -each.how_many(UNCHECKED), each.name)
    )


@dataclass(frozen=True, slots=True)
class Legend:
    """How many grids stand in one way, and by which sign and word that is known."""

    standing: int
    sign: str
    label: Lazy
    tone: str
    grids: int


def legend(communities: Iterable[CommunityOnWall]) -> list[Legend]:
    """Return each way to stand with how many grids do, the worst first."""
    listed = list(communities)
    return [
        Legend(code, sign, LABELS[code], TONES[code], sum(each.how_many(code) for each in listed))
        for code, sign in SIGNS.items()
    ]
