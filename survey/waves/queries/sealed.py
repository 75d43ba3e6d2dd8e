"""What the ledger has of a wave: its design and frame as they were sealed, and its own lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.drawing.canonical import Object, parse_canonical
from survey.models import Wave

TAIL = 64
"""So many lines at a time are looked through for a wave's end, from the last one backwards."""
OPENING = 3
"""A wave begins with its frame, who was left out where anybody was, and its design."""


def of(session: Session, wave: Wave) -> Object:
    """Return the design as it was sealed."""
    return next(each for each in _opening(session, wave) if each["t"] == "design")


def frame(session: Session, wave: Wave) -> Object:
    """Return the frame's entry."""
    return _opening(session, wave)[0]


def _opening(session: Session, wave: Wave) -> list[Object]:
    return list(
        map(parse_canonical, wave.ledger.lines(session, wave.first_entry, wave.first_entry + OPENING))
    )


def lines(session: Session, wave: Wave) -> list[bytes]:
    """Return the wave's lines so far, or to its last entry."""
    stop = None if wave.last_entry is None else wave.last_entry + 1
    return wave.ledger.lines(session, wave.first_entry, stop)


def entries(session: Session, wave: Wave) -> Iterable[Object]:
    """Return the wave's entries so far."""
    return map(parse_canonical, lines(session, wave))


@dataclass(frozen=True, slots=True)
class EndedEarly:
    """Who ended a field before its households were worked, and why (a code)."""

    by: str
    why: str


def ended_early(session: Session, wave: Wave) -> EndedEarly | None:
    """Return by whom and why a wave was ended early; None for others."""
    if wave.state == "void" or (wave.ended_at is None and wave.closed_at is None):
        return None
    close = _close(session, wave)
    by = close.get("by")
    who = "、".join(map(str, by)) if isinstance(by, list) else ""
    return EndedEarly(who, str(close["why"])) if close["result"] == "early" else None


def _close(session: Session, wave: Wave) -> Object:
    stop = wave.ledger.size(session) if wave.last_entry is None else wave.last_entry + 1
    while stop > wave.first_entry:
        start = max(wave.first_entry, stop - TAIL)
        for line in reversed(wave.ledger.lines(session, start, stop)):
            if (entry := parse_canonical(line))["t"] == "close":
                return entry
        stop = start
    raise LookupError(wave.label)


def counts(entry: Object, name: str) -> dict[str, int]:
    """Return what a frame's entry counts by stratum."""
    held = entry.get(name)
    pairs = [each for each in held if isinstance(each, list)] if isinstance(held, list) else []
    return {str(stratum): int(str(n)) for stratum, n in pairs}
