"""Which number of a household is dialled next, and what an attempt came to after several dials."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from huying.base.i18n import lazy

MANUAL = "manual"
"""The adapter by which an interviewer dials on any telephone."""


def _any_number(_number: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class DialLine:
    """What carries a dial: the adapter's name, whether it can record, which numbers it may ring."""

    adapter: str = MANUAL
    records: bool = False
    serves: Callable[[str], bool] = _any_number


BY_HAND = DialLine()
CARRIER_DIGITS = 6
"""Of a number with its country: so many signs name the country and, of a mobile, whose network it is."""


def route(number: str) -> str:
    """Return the part of a number (E.164) that names country and carrier."""
    return number[:CARRIER_DIGITS]


DIALLERS = {
    "manual": lazy("访问员手工拨号"),
    "fake": lazy("演示，不真的拨"),
    "http": lazy("运营商平台双呼"),
    "twilio": lazy("Twilio 双呼"),
}
"""How households are rung."""


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
