"""Scores that are made in the background: which are due, how far they are, how the last ones ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import SampledCase, ScoreMaking
from survey.scores.rules import making
from survey.scores.rules.steps import STEPS


@dataclass(frozen=True, slots=True)
class MakingProgress:
    """How far the making of a wave's scores is, or how it ended; `step` counts from 1, 0 before the first.

    `again` is whether it follows scores that are out. `lost` is whether whoever computed it is gone,
    `unheard` whether nobody began for long.
    """

    wave: str
    again: bool
    asked_by: str
    asked_at: datetime
    state: str
    step: int
    word: str
    share: float
    lost: bool
    unheard: bool
    ended_at: datetime | None
    ended_by: str | None
    failure: str

    @property
    def live(self) -> bool:
        """Whether it isn't over."""
        return self.state in making.LIVE

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(STEPS)

    @property
    def percent(self) -> int:
        """How much of all steps is done, in whole percent."""
        done = max(self.step - 1, 0) + self.share
        return int(100 * done / len(STEPS))


def households(session: Session, label: str) -> int:
    """Return how many households of a wave were released."""
    released = select(func.count()).select_from(SampledCase).where(SampledCase.wave_label == label)
    return session.scalar(released) or 0


def live(session: Session) -> frozenset[str]:
    """Return the waves of which scores are being made."""
    return frozenset(session.scalars(select(ScoreMaking.wave_label).where(ScoreMaking.ended_at.is_(None))))


def due(session: Session, *, now: datetime) -> list[int]:
    """Return the numbers of what nobody computes: nobody began yet, or whoever did is gone."""
    columns = select(ScoreMaking.id, ScoreMaking.state, ScoreMaking.beat_at)
    rows = session.execute(columns.where(ScoreMaking.ended_at.is_(None)).order_by(ScoreMaking.id))
    return [number for number, state, beat_at in rows if making.may_begin(state, beat_at, now=now)]


def last(session: Session, label: str, *, now: datetime) -> MakingProgress | None:
    """Return what was last asked for a wave; None where nothing was."""
    mine = select(ScoreMaking).where(ScoreMaking.wave_label == label)
    row = session.scalar(mine.order_by(ScoreMaking.id.desc()).limit(1))
    return None if row is None else _progress(row, now=now)


def _progress(row: ScoreMaking, *, now: datetime) -> MakingProgress:
    return MakingProgress(
        wave=row.wave_label,
        again=row.why is not None,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=row.state,
        step=STEPS.index(row.step) + 1 if row.step else 0,
        word=str(making.WORDS[row.step]) if row.step else "",
        share=row.step_done / row.step_of if row.step_of else 0.0,
        lost=making.is_lost(row.state, row.beat_at, now=now),
        unheard=row.state == making.WAITING and row.asked_at < now - making.LEASE,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        failure=row.failure or "",
    )
