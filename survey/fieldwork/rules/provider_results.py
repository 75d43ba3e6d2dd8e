"""What a carrier's word makes of a dial: a temporary code, never a final one; when it is doubted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from huying.telephony.dialler import CAUSES, DialResult
from huying.telephony.fold import RANKS, CallState

PROVIDER = "provider"
"""Who set a code that a carrier told."""
ANSWERED = "answered"
"""What is kept of an interviewer who said that somebody answered, after the carrier had ended the call."""
DOUBTFUL = ("vacant", "undelivered")
"""Causes that would be the number's own; where nothing gets through to its carrier they are ours."""
COUNTED = ("vacant", "undelivered", "blocked", "ours")
"""Causes that, once too many are alike, say something of the line and nothing of the numbers."""
LATELY = timedelta(hours=1)
MOST_ALIKE = Fraction(3, 10)
LEAST = 20
"""So many dials of the last hour must have come to an end before their errors are compared."""
GOT_THROUGH = ("in_progress", "completed", "busy", "no_answer")
"""States of a dial that its carrier delivered."""
BY_STATUS = {"busy": "busy", "no_answer": "no_answer", "canceled": "cancelled_by_us"}
BY_CAUSE = {"off": "no_answer", "blocked": "blocked"}
AGREED = {"busy": {"busy"}, "no_answer": {"no_answer", "cancelled_by_us"}}
"""What a person may say of a call that its carrier ended so; of other ends see `contradicts`."""
NOBODY = ("busy", "no_answer", "blocked", "number_suspect", "technical_ours", "cancelled_by_us")
"""Codes by which nobody, and no machine, was at the other end."""
BY_HEARD = {"machine": "machine", "fax": "number_suspect"}


@dataclass(frozen=True, slots=True)
class LineHealth:
    """How dials went: whether another to the same country and carrier got through that day (`delivers`).

    Of the `ended` ones of the last hour `alike` failed for one cause.
    """

    delivers: bool = False
    ended: int = 0
    alike: int = 0

    @property
    def is_down(self) -> bool:
        """Whether so many errors are alike that the fault is the line's."""
        return self.ended >= LEAST and Fraction(self.alike, self.ended) > MOST_ALIKE


def provider_code(state: CallState, *, health: LineHealth) -> str | None:
    """Return the temporary code that a call's state brings; None where only a person can say.

    A number is doubted only where its carrier delivers other calls; else the fault is ours. That a call was
    completed isn't yet contact.
    """
    if state.status == "completed":
        return BY_HEARD.get(state.heard)
    if state.status != "failed":
        return BY_STATUS.get(state.status)
    if state.cause in BY_CAUSE and not (health.is_down and state.cause in COUNTED):
        return BY_CAUSE[state.cause]
    if state.cause in DOUBTFUL and health.delivers and not health.is_down:
        return "number_suspect"
    return "technical_ours"


def refusal(result: DialResult) -> CallState:
    """Return the state of a dial that wasn't taken."""
    return CallState("failed", result.reason if result.reason in CAUSES else "ours")


def later_state(own: str, told: str) -> str:
    """Return the later of what is stored of a dial and what its events say: any order gives one state."""
    return max(own, told, key=lambda state: RANKS.get(state, 0))


def is_down(causes: Collection[str]) -> bool:
    """Whether dials that ended so ("" for those that didn't fail) let no more be placed."""
    worst = max((sum(cause == each for cause in causes) for each in COUNTED), default=0)
    return LineHealth(ended=len(causes), alike=worst).is_down


def contradicts(code: str, *, told: str) -> bool:
    """Whether a person's code of a dial and the end that its carrier tells can't both be true.

    A carrier may complete what an announcement answered; who hangs up first makes it canceled.
    """
    if told == "completed":
        return code in {"busy", "no_answer"}
    if told in AGREED:
        return code not in AGREED[told]
    return told in {"failed", "canceled"} and code not in NOBODY
