"""What drawn pages hang on, read."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.models import AnswerChange

Mark = tuple[int, int]
"""Differs after each change of what an answer hangs on."""


def mark_of_changes(session: Session) -> Mark:
    """Return the mark of changes as it is now."""
    # Not the highest number alone: a lower one may be committed later.
    counted = select(func.count(), func.coalesce(func.max(AnswerChange.id), 0))
    count, highest = session.execute(counted.select_from(AnswerChange)).one()
    return count, highest
