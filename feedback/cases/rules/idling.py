"""空转: a case that goes round instead of forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from feedback.cases.rules import call_backs
from feedback.cases.rules.custody import CustodyStep, answerable
from huying.base.i18n import Lazy, lazy

SILENCE = timedelta(hours=72)
"""How long a case that somebody works on may go without a step."""
MOST_REFUSALS = 2
NATURAL = frozenset({"done", "reply", "recall", "resume", "void", "handover", "import", "regrid"})
"""Events that bring a case back to where it was without sending it round."""

REASONS: Mapping[str, Lazy] = {
    "returned": lazy("回到曾经手的一方"),
    "refused": lazy("已退回两次以上"),
    "silent": lazy("72 小时没有进展"),
}


def idling(steps: Sequence[CustodyStep], *, now: datetime) -> str:
    """Return why a case idles, a code of REASONS, or nothing: its steps in their stored order."""
    own = [step for step in steps if step.round == steps[-1].round and step.event not in call_backs.STEPS]
    if not own or not own[-1].holder_after:
        return ""
    if sum(step.event == "refuse" for step in own) >= MOST_REFUSALS:
        return "refused"
    if _returned(own):
        return "returned"
    waits = not answerable(own[-1].holder_after)
    return "silent" if not waits and now - own[-1].at >= SILENCE else ""


def _returned(steps: Sequence[CustodyStep]) -> bool:
    seen: set[str] = set()
    current = ""
    for step in steps:
        holder = step.holder_after
        if holder == current or not answerable(holder):
            continue
        if holder in seen and step.event not in NATURAL:
            return True
        seen.add(holder)
        current = holder
    return False
