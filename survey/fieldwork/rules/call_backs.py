"""A call-back about an interview: what is asked, what is laid beside the interview, whether the two agree.

Three facts are asked again that don't change in a few days; no opinion is, and nobody who calls back sees
what was said before.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Answers, Value

ASKED_AGAIN = ("A3", "E1", "D2")
"""How to reach the worker, whether there was a matter, the age band."""
HELD, LENGTH = "held", "length"
AGREES, DIFFERS = "agrees", "differs"
YES, NO = 1, 2
HELD_ANSWERS = (YES, NO, DONT_KNOW)
MINUTES = (2, 5, 10)
"""Where the bands of a talk's length end; above the last one is a band too."""
LENGTHS = (1, 2, 3, 4, DONT_KNOW)
UNSAID = frozenset({DONT_KNOW, REFUSED})
DOUBTS = 2
"""So many facts that differ make an interview doubtful; that none was held does alone."""
FAR = 2
"""So many bands a remembered length may not be off."""
MOST_TRIES = 3
AGAIN = timedelta(hours=4)
IN_HAND = timedelta(minutes=30)
"""After so long a call-back that nobody finished goes to somebody else."""
NOT_DONE = ("no_answer", "not_in")
ENDINGS = (*NOT_DONE, "refused", "never_again")
"""How a call-back may end without its questions."""


@dataclass(frozen=True, slots=True)
class CallBackSaid:
    """What was answered in a call-back: was an interview held, how long did it take, and the facts again."""

    held: int
    length: int = DONT_KNOW
    facts: Mapping[str, int] = field(default_factory=dict)


def said(held: int | None, length: int | None, facts: Mapping[str, int | None]) -> CallBackSaid:
    """Return what was said; raise Invalid where something was left open that was to be asked.

    Who remembers no interview is asked nothing more.
    """
    if held == NO:
        return CallBackSaid(NO)
    told = {item: value for item, value in facts.items() if value is not None}
    if held not in HELD_ANSWERS or length not in LENGTHS or len(told) < len(facts):
        raise Invalid(_("还有没记下的题：请把每一题都记上，说不清也要选。"))
    return CallBackSaid(held, length, told)


def check_facts(said: CallBackSaid, values: Mapping[str, Collection[int]]) -> None:
    """Raise Invalid for a fact that wasn't asked, or an answer that isn't among the `values` of its item."""
    if any(value not in values.get(item, ()) for item, value in said.facts.items()):
        raise Invalid(_("还有没记下的题：请把每一题都记上，说不清也要选。"))


@dataclass(frozen=True, slots=True)
class ItemPair:
    """One thing as the interview has it and as the call-back has it."""

    item: str
    before: int
    again: int

    @property
    def differs(self) -> bool:
        """Whether the two can't both be so; a length may be off by a band."""
        apart = abs(self.before - self.again)
        return apart >= FAR if self.item == LENGTH else apart > 0


def band(seconds: float) -> int:
    """Return the band of a talk's length, from 1."""
    return 1 + sum(seconds >= 60 * most for most in MINUTES)


@dataclass(frozen=True, slots=True)
class CheckedTalk:
    """An interview and its call-back laid side by side: whether one is remembered, and what both tell."""

    held: int
    pairs: Sequence[ItemPair] = ()

    @property
    def differing(self) -> Sequence[str]:
        """The items in which the two differ; `held` where nobody remembers an interview."""
        return [HELD] * (self.held == NO) + [pair.item for pair in self.pairs if pair.differs]

    @property
    def verdict(self) -> str:
        """Whether the call-back `agrees` with its interview or `differs`."""
        return DIFFERS if self.held == NO or len(self.differing) >= DOUBTS else AGREES

    def text(self) -> str:
        """Return it as it is stored."""
        return json.dumps([self.held, [[pair.item, pair.before, pair.again] for pair in self.pairs]])


def read(text: str) -> CheckedTalk:
    """Return what is stored."""
    held, told = json.loads(text)
    return CheckedTalk(held, [ItemPair(*each) for each in told])


def checked(said: CallBackSaid, before: Answers, *, seconds: float) -> CheckedTalk:
    """Lay what was said beside the interview: without what either left open, or nobody was asked."""
    found = [(LENGTH, band(seconds), said.length)]
    found += [
        (item, value, said.facts[item])
        for item in ASKED_AGAIN
        if item in said.facts and isinstance(value := before.get(item), int)
    ]
    return CheckedTalk(said.held, [ItemPair(*each) for each in found if not UNSAID & {*each[1:]}])


def asked_again(before: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the facts that this interview had, in their order."""
    return tuple(item for item in ASKED_AGAIN if item in before)
