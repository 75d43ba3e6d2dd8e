"""What must hold after a shift, looked up in the tables by plain SQL and by the waits of the paper alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Row, select, text

from huying.store.db import Database
from survey.models import Attempt

WAITS = {
    "busy": timedelta(minutes=15),
    "no_answer": timedelta(hours=4),
    "machine": timedelta(hours=24),
    "blocked": timedelta(hours=24),
    "callback_other": timedelta(hours=24),
    "suspended_partial": timedelta(hours=24),
    "soft_refusal": timedelta(days=5),
    "technical_ours": timedelta(minutes=10),
}
"""Least time between the end of an attempt and the next dial, by how the attempt ended."""
MOST, ASKED_EXTRA = 6, 3
ANSWERS = """
SELECT a.unit, x.item, x.value FROM attempt_answer x JOIN attempt a ON a.id = x.attempt_id
UNION ALL SELECT unit, item, value FROM answer
"""


def faults(database: Database, said: Sequence[tuple[str, str, str]]) -> dict[str, int]:
    """Return how often each guarantee failed; zeros are what is wanted."""
    with database.reading() as session:
        attempts = session.execute(
            select(
                Attempt.unit,
                Attempt.interviewer_id,
                Attempt.started_at,
                Attempt.dialled_at,
                Attempt.ended_at,
                Attempt.code,
            ).order_by(Attempt.unit, Attempt.n)
        ).all()  # fmt: skip
        kept = {(unit, item, _plain(value)) for unit, item, value in session.execute(text(ANSWERS))}
        counted = session.execute(
            text("SELECT count(*) FROM sampled_case WHERE counted > :most"), {"most": MOST + ASKED_EXTRA}
        ).scalar_one()
        twice = session.execute(
            text(
                "SELECT count(*) FROM (SELECT 1 AS one FROM dial GROUP BY attempt_id, position"
                " HAVING count(*) > 1) AS doubled"
            )
        ).scalar_one()
    by_seat = sorted(attempts, key=lambda each: (each.interviewer_id, each.started_at))
    return {
        "two holders of a case at once": sum(_overlap(*pair) for pair in _pairs(attempts, "unit")),
        "two cases of a holder at once": sum(_overlap(*pair) for pair in _pairs(by_seat, "interviewer_id")),
        "acknowledged answers lost": sum((u, i, _plain(v)) not in kept for u, i, v in said),
        "households over six counted attempts and three": int(counted),
        "numbers twice in an attempt": int(twice),
        "dials before their wait": sum(_early(*pair) for pair in _pairs(attempts, "unit")),
    }


def repeats(database: Database) -> int:
    """Return how many attempts weren't a household's first: without any, waits prove nothing."""
    with database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM attempt WHERE n > 1")).scalar_one())


def _pairs(rows: Sequence[Row], name: str) -> Iterator[tuple[Row, Row]]:  # type: ignore[type-arg]
    return ((one, two) for one, two in pairwise(rows) if getattr(one, name) == getattr(two, name))


def _overlap(one: Row, two: Row) -> bool:  # type: ignore[type-arg]
    return one.ended_at is None or one.ended_at > two.started_at


def _early(one: Row, two: Row) -> bool:  # type: ignore[type-arg]
    ended: datetime | None = one.ended_at
    if one.dialled_at is None or two.dialled_at is None or ended is None:
        return False
    return two.dialled_at < ended + WAITS.get(one.code or "", timedelta())


def _plain(value: str) -> str:
    """Return a value as typed: the table keeps JSON."""
    return value.strip('[]" ')
