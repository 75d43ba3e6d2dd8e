"""What the final outcome of a case is, by its whole log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy.orm import Session

from survey.fieldwork.queries import dials, histories, interviews, voided
from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.dispositions import Completeness, final_disposition
from survey.models import Interview


def disposition(
    session: Session,
    unit: str,
    *,
    history: Sequence[DialledAttempt],
    numbers: int = 1,
    without: Collection[int] = (),
) -> str:
    """Return the outcome that a case's whole log gives; `numbers` is how many the household has.

    A voided interview and its attempts are no part of it, nor are the attempts `without`.
    """
    interview, void = interviews.so_far(session, unit), set(without)
    held = session.get(Interview, unit)
    if held is not None and held.voided_at is not None:
        void |= voided.attempts(session, unit)
        gone = voided.dialled(session, void)
        history = [attempt for attempt in history if attempt.started not in gone]
    known = [row.state for row in dials.numbers(session, unit)]
    return final_disposition(
        histories.with_interview(history, interview.answers),
        numbers=known or histories.number_states(history, numbers=numbers),
        interview=cast("Completeness | None", interview.completeness),
        facts=histories.facts(session, unit, without=void),
    )
