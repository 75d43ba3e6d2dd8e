"""Which number of a household is dialled next, and what an attempt came to after several dials."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

MANUAL = "manual"
"""The adapter by which an interviewer dials on any telephone."""

TELLING = (
    *("machine_household", "machine_unclear", "machine", "blocked", "no_answer", "busy"),
    *("number_suspect", "technical_ours", "cancelled_by_us"),
)
"""Results of a dial in which nobody was reached, the most telling first."""

IN_TALK = "in_progress"
"""The state of a dial that somebody answered."""


def next_number(
    states: Mapping[int, str],
    *,
    dialled: Collection[int],
    barred: Collection[int] = (),
    last: int | None = None,
) -> int | None:
    """Return the position of the number to dial next in an attempt, in registry order; None: none is left.

    No number is dialled twice in an attempt, none that proved bad, none that asked for no call (`barred`).
    The one by which a doubtful statement was made (`last`) comes after the others.
    """
    left = [
        position
        for position, state in sorted(states.items())
        if state != "bad" and position not in dialled and position not in barred
    ]
    others = [position for position in left if position != last]
    return next(iter(others or left), None)


def attempt_code(codes: Iterable[str]) -> str:
    """Return what an attempt came to whose dials reached nobody: the most telling of their results."""
    return min(codes, key=TELLING.index)


def unfinished(state: str) -> str:
    """Return the code of a dial whose interviewer went silent: nobody knows of an answer but by its state."""
    return {"busy": "busy", "failed": "technical_ours", "canceled": "cancelled_by_us"}.get(state, "no_answer")
