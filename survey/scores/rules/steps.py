"""How far the making of a release is; whoever is told may stop it by raising, before anything is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Protocol, TypeVar

READING, FIGURES, HIDING, ROWS = "reading", "figures", "hiding", "rows"
STEPS = (READING, FIGURES, HIDING, ROWS)
"""In their order; figures and hiding go item by item."""
Told = Callable[[str, int, int], None]
"""Hears a step, how much of it is done, and of how much."""
T_co = TypeVar("T_co", covariant=True)


class Several(Iterable[T_co], Sized, Protocol[T_co]):
    """Things that can be counted before they are gone through."""


def silent(_step: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def counted(each: Several[T_co], step: str, told: Told) -> Iterator[T_co]:
    """Yield each thing, and tell before it how many of them are done, and after the last."""
    for done, one in enumerate(each):
        told(step, done, len(each))
        yield one
    told(step, len(each), len(each))
