"""What the final outcome of a case is, by its whole log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy.orm import Session

from survey.fieldwork.queries import dials, histories, interviews
from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.dispositions import Completeness, final_disposition


def disposition(session: Session, unit: str, *, history: Sequence[DialledAttempt], numbers: int = 1) -> str:
    """Return the outcome that a case's whole log gives; `numbers` is how many the household has."""
    interview = interviews.so_far(session, unit)
    known = [row.state for row in dials.numbers(session, unit)]
    return final_disposition(
        histories.with_interview(history, interview.answers),
        numbers=known or histories.number_states(history, numbers=numbers),
        interview=cast("Completeness | None", interview.completeness),
        facts=histories.facts(session, unit),
    )
