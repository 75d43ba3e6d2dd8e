"""Figures of ratings for everybody: with and without what looks odd, and what silence leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 10
"""Fewer answers than this are shown to nobody."""


@dataclass(frozen=True, slots=True)
class AskedRound:
    """A round whose resident was invited: what was answered, by which channel, and what is odd about it."""

    channel: str = "link"
    solved: str | None = None
    flagged: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many were invited, answered and said solved; the share among answers, and its bounds by silence."""

    invited: int
    answered: int
    solved: int

    @property
    def shown(self) -> bool:
        """Whether there are answers enough to show."""
        return self.answered >= LEAST

    @property
    def share(self) -> float:
        """Solved among those who answered."""
        return self.solved / self.answered

    @property
    def lowest(self) -> float:
        """Solved among all, had everybody silent said no."""
        return self.solved / self.invited

    @property
    def highest(self) -> float:
        """Solved among all, had everybody silent said yes."""
        return (self.solved + self.invited - self.answered) / self.invited


def tally(rounds: Iterable[AskedRound], *, flagged: bool) -> AnswerCount:
    """Count the rounds answered by link; those excluded count as silent, the flagged too unless `flagged`."""
    known = tuple(rounds)
    said = [
        each.solved
        for each in known
        if each.solved is not None
        and each.channel == "link"
        and not each.excluded
        and (flagged or not each.flagged)
    ]
    return AnswerCount(len(known), len(said), said.count("solved"))
