"""How far call-backs agree with their interviews: by item and over all, plain and beyond chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.comparing import agreement
from sampling.comparing.agreement import Agreement
from sampling.intervals.limits import Interval, wilson
from survey.fieldwork.rules.call_backs import ASKED_AGAIN, DIFFERS, LENGTH, CheckedTalk

LEAST = 10
"""No share is shown of fewer."""
ITEMS = (LENGTH, *ASKED_AGAIN)


@dataclass(frozen=True, slots=True)
class WaveAgreement:
    """The agreement of a wave's call-backs: of each item with enough pairs, of all of them together.

    `false` is the share of call-backs that don't agree, with its interval; None where they are too few.
    """

    checked: int
    differing: int
    false: Interval | None
    items: Mapping[str, Agreement]
    overall: Agreement | None


def agreement_of(talks: Sequence[CheckedTalk]) -> WaveAgreement:
    """Return how far these call-backs agree with their interviews."""
    told = {item: _pairs(talks, item) for item in ITEMS}
    enough = {item: pairs for item, pairs in told.items() if len(pairs) >= LEAST}
    differing = sum(talk.verdict == DIFFERS for talk in talks)
    calls = sum(bool(talk.pairs) for talk in talks)
    return WaveAgreement(
        checked=len(talks),
        differing=differing,
        false=wilson(differing, len(talks)) if len(talks) >= LEAST else None,
        items={item: agreement.cohen(pairs) for item, pairs in enough.items()},
        overall=agreement.together(list(enough.values()), calls=calls) if enough else None,
    )


def _pairs(talks: Sequence[CheckedTalk], item: str) -> list[tuple[int, int]]:
    return [(pair.before, pair.again) for talk in talks for pair in talk.pairs if pair.item == item]
