"""A page of a long list: its rows, how many there are in all, and which page it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """The rows of one page; pages are counted from 1."""

    rows: Sequence[Row]
    total: int
    page: int
    pages: int


def pages_of(total: int, *, size: int) -> int:
    """Return how many pages `total` rows fill: one even where there are none."""
    return max(1, -(-total // size))


def held_page(wanted: int, *, pages: int) -> int:
    """Return the page nearest to the one that was asked for."""
    return min(max(wanted, 1), pages)
