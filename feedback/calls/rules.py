"""What is said to somebody who dials a poster's code on any telephone: a decision over what was heard so far.

Where the poster hangs is read back before anybody is rung; no key, or a wrong code twice, leads to a person;
a call that nobody answers becomes a case, and the caller may decline to leave a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from feedback import codes

Stage = Literal["code", "place", "ringing", "operator", "missed", "over"]
"""Where a call stands, as it is stored; at `place` it asks whether the area read back is the right one."""
MOST_WRONG = 2
MOST_LEGS = 3
YES, DECLINES = "1", "9"
KEPT = timedelta(days=90)
"""How long the numbers of a call are kept."""
LONGEST_CODE = codes.DIAL_DIGITS[-1] + 1


@dataclass(frozen=True, slots=True)
class Heard:
    """A call so far: where it stands, the code that was keyed in, wrong tries, the leg that rings (from 1).

    `answered` tells that somebody took it, `declined` that the caller wants no call back.
    """

    stage: Stage = "code"
    code: str = ""
    wrong: int = 0
    leg: int = 0
    answered: bool = False
    declined: bool = False

    @property
    def missed(self) -> bool:
        """Whether somebody was rung for the caller, and nobody answered."""
        return self.leg > 0 and not self.answered


def keyed(heard: Heard, digits: str, *, known: bool) -> Heard:
    """Return the call after keys, or silence (empty), while it asked for a code or for a yes.

    `known`: the digits are the code of a poster in use. What is keyed at any other stage changes nothing.
    """
    if heard.stage == "code":
        if known:
            return replace(heard, stage="place", code=codes.normalise_dial(digits) or "")
        return _wrong(heard) if digits else replace(heard, stage="operator")
    if heard.stage == "place":
        if digits == YES:
            return replace(heard, stage="ringing", leg=1)
        return _wrong(replace(heard, code="")) if digits else replace(heard, stage="operator")
    if heard.stage == "missed":
        return replace(heard, stage="over", declined=digits == DECLINES)
    return heard


def leg_ended(heard: Heard, *, leg: int, answered: bool, legs: int) -> Heard:
    """Return the call after a leg; `legs` is how many numbers there are to ring.

    A leg that rings no more is only asked whether somebody answered it, whenever its word arrives.
    """
    if answered:
        return replace(heard, stage="over", answered=True)
    if heard.stage == "operator":
        return replace(heard, stage="over")
    if heard.stage != "ringing" or leg != heard.leg:
        return heard
    if heard.leg < min(legs, MOST_LEGS):
        return replace(heard, leg=heard.leg + 1)
    return replace(heard, stage="missed")


def unreachable(heard: Heard) -> Heard:
    """Return the call where none of the numbers to ring can be reached from here."""
    return replace(heard, stage="missed")


def legs(line: Sequence[str]) -> list[str]:
    """Return whom to ring of a line of numbers: its first, at most MOST_LEGS, and its last."""
    *persons, institution = dict.fromkeys(line)
    return [*persons[: MOST_LEGS - 1], institution]


def _wrong(heard: Heard) -> Heard:
    wrong = heard.wrong + 1
    return replace(heard, stage="operator" if wrong >= MOST_WRONG else "code", wrong=wrong)
