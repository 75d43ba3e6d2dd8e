"""Wrong codes: whoever tries many waits; a building behind one address that mistypes doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """So many wrong codes of a kind are answered from one network within an hour."""

    kind: str
    most: int


CODES = GuessLimit("code", 60)
"""Badges, receipts, links: more than a building mistypes, far fewer than guessing needs."""
DIALLED = GuessLimit("dial", 12)
"""Numbers to be said on the telephone: there are few of them."""
KINDS = (CODES.kind, DIALLED.kind)


AROUND = 10
"""A site may try so many times what a house may: its houses are many people's, or one's who changes them."""


def around(limit: GuessLimit) -> GuessLimit:
    """Return how many wrong codes are answered from a whole site."""
    return GuessLimit(limit.kind, limit.most * AROUND)


def is_held(wrong: int, limit: GuessLimit) -> bool:
    """Tell whether the next code isn't looked up any more after so many wrong ones."""
    return wrong >= limit.most


def is_the_last(wrong: int, limit: GuessLimit) -> bool:
    """Tell whether this wrong code is the one after which others wait: it is told to reviewers, once."""
    return wrong == limit.most


def since(now: datetime) -> datetime:
    """Return since when wrong codes count."""
    return now - WITHIN
