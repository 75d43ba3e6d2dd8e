"""Changes of the map as they are ordered: what an area becomes, which grids are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be made: where, what, and who holds it from the first instant; nobody leaves it vacant."""

    code: str
    name: str
    grid_type: str = ""
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who changes the map, why, and when: everybody can read it later."""

    by: str
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """The grids that one is split into; `vacant` allows that nobody holds some of them yet."""

    into: Sequence[NewGrid]
    vacant: bool = False


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """The grids, by code, that become a new one; `vacant` allows that nobody holds it yet."""

    codes: Sequence[str]
    into: NewGrid
    vacant: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """Another name, parent or type of an area; None leaves what there is."""

    name: str | None = None
    parent_code: str | None = None
    grid_type: str | None = None
