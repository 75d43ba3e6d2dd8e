"""What a split makes of a grid."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be made: where, what, and who holds it from the first instant; nobody leaves it vacant."""

    code: str
    name: str
    grid_type: str = ""
    worker: str | None = None
