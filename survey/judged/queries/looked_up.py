"""What those who count an appeal again have before them: who held the grid, hours, cases set aside, homes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.judged.queries import holders, hours
from survey.judged.queries.appeals import ReadAppeal
from survey.judged.queries.holders import Holder
from survey.judged.queries.hours import CardHours
from survey.models import Stratum, Wave, WaveArea
from survey.scores.rules.pipeline import GRID


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Of the area of an appeal: who held it in the wave, hours, and how many homes its frame had.

    Hours are those of the period attributed last; `homes` is None above grids.
    """

    holders: Sequence[Holder]
    hours: CardHours | None
    homes: int | None


def of(session: Session, appeal: ReadAppeal) -> LookedUp:
    """Return what is known of the area of an appeal; nothing of who was asked there."""
    wave, area = session.get_one(Wave, appeal.wave), session.get(WaveArea, (appeal.wave, appeal.unit))
    level = GRID if area is None else area.level
    since, until = wave.drawn_at or wave.frozen_at, wave.ended_at or appeal.lodged_at
    homes = select(func.sum(Stratum.frame_size)).where(
        Stratum.wave_label == appeal.wave, Stratum.grid_code == appeal.unit
    )
    return LookedUp(
        holders=holders.of(session, appeal.unit, since=since, until=until),
        hours=hours.of(session, unit=appeal.unit, level=level, above=""),
        homes=session.scalar(homes),
    )
