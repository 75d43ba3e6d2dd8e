"""Whose an interview's answers are: whoever spoke while they were given may prove to be somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HOUSEHOLD, PERSON = "S1", "S3"
WRONG = 2


class AnswerStanding(StrEnum):
    """An answer counts; is to be confirmed, its speaker being put aside and back; is another's, or void."""

    COUNTS = "counts"
    RETURNS = "returns"
    ANOTHERS = "anothers"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class CallTurns:
    """A call in which it changed who speaks: from when to when it ran, each answer to S1 and S3 in order."""

    started: datetime
    ended: datetime | None
    said: Sequence[tuple[datetime, str, int]]

    def speaker(self, until: datetime | None = None) -> Mapping[str, int | bool]:
        """Whom the answers name at a moment, the last one unless it is given."""
        told = {item: value for at, item, value in self.said if until is None or at <= until}
        return {item: value == WRONG if item == HOUSEHOLD else value for item, value in told.items()}


def standing(given: datetime, calls: Sequence[CallTurns]) -> AnswerStanding:
    """Return how an answer of that moment stands by what was said later in its call of who speaks."""
    for call in calls:
        if call.started <= given and (call.ended is None or given <= call.ended):
            if not any(at > given for at, _item, _value in call.said):
                return AnswerStanding.COUNTS
            same = call.speaker(given) == call.speaker()
            return AnswerStanding.RETURNS if same else AnswerStanding.ANOTHERS
    return AnswerStanding.COUNTS
