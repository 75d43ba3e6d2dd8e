"""The days of freezes that were announced ahead, and whether a wave is among them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.clock import day
from survey.models import FreezeCalendar, Wave


@dataclass(frozen=True, slots=True)
class AnnouncedYear:
    """The days of a year's freezes as one entry of the ledger announced them."""

    year: int
    dates: Sequence[str]
    entry: int
    at: datetime


def announced(session: Session) -> list[AnnouncedYear]:
    """Return what was announced, the newest first."""
    rows = session.scalars(select(FreezeCalendar).order_by(FreezeCalendar.entry.desc()))
    return [AnnouncedYear(row.year, json.loads(row.dates), row.entry, row.at) for row in rows]


def is_announced(session: Session, wave: Wave) -> bool:
    """Whether the day of a wave's freeze was announced before it."""
    frozen = day(wave.frozen_at)
    return wave.is_campaign or any(
        each.entry < wave.first_entry and frozen in each.dates for each in announced(session)
    )
