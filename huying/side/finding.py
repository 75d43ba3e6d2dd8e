"""A finding of the doctor's: good, to be seen to, or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it isn't good."""

    state: State
    what: str
    remedy: str = ""


def good(what: str) -> Finding:
    """Return that something is as it must be."""
    return Finding("good", what)


def warning(what: str, *, remedy: str) -> Finding:
    """Return that something works and should be seen to."""
    return Finding("warning", what, remedy)


def wrong(what: str, *, remedy: str) -> Finding:
    """Return that something doesn't work."""
    return Finding("wrong", what, remedy)
