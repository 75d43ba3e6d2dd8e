"""Summands of the board's counts are gathered, so that a look adds up few rows."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from survey.fieldwork.queries.board import counts
from survey.models import FieldCount

MANY = 500
"""From so many rows on that could be fewer they are gathered."""
KEY = (FieldCount.wave_label, FieldCount.what, FieldCount.key)


def gather(session: Session) -> int:
    """Put the rows of each count together into one; return how many there are fewer.

    Who counts meanwhile adds rows of their own, which stay: nobody waits, and no sum changes.
    """
    if counts.spare(session) < MANY:
        return 0
    several = select(*KEY).group_by(*KEY).having(func.count() > 1)
    gone = session.execute(
        delete(FieldCount).where(tuple_(*KEY).in_(several)).returning(*KEY, FieldCount.n),
        execution_options={"synchronize_session": False},
    ).all()
    sums = Counter[tuple[str, str, str]]()
    for wave, what, key, n in gone:
        sums[wave, what, key] += n
    rows = [
        {"wave_label": wave, "what": what, "key": key, "n": n} for (wave, what, key), n in sums.items() if n
    ]
    if rows:
        session.execute(insert(FieldCount), rows)
    return len(gone) - len(rows)
