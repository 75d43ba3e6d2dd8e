"""When scores are made in the background: how large a wave must be, and when its maker counts as gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from huying.base.i18n import lazy
from survey.scores.rules import steps

WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
STOPPED: Final = "stopped"
FAILED: Final = "failed"
LIVE = frozenset({WAITING, RUNNING})

AT_ONCE = 5_000
"""Of a wave with at most so many released households scores are made within the request: a few seconds."""
LEASE = timedelta(seconds=60)
"""After so long without a sign of life whoever computes counts as gone, and another may begin anew."""
PULSE = 5.0
"""Seconds between two signs of life."""
MOST_TRIES = 3
"""So often it is begun; one that dies of the wave's size would die of it every time."""

WORDS = {
    steps.READING: lazy("读取答卷"),
    steps.FIGURES: lazy("计算各项比例"),
    steps.HIDING: lazy("确定哪些不能公布"),
    steps.ROWS: lazy("写成结果表"),
}


def is_made_at_once(households: int) -> bool:
    """Whether a wave of so many released households is computed within the request."""
    return households <= AT_ONCE


def is_lost(state: str, beat_at: datetime | None, *, now: datetime) -> bool:
    """Whether whoever computes gave no sign of life for too long."""
    return state == RUNNING and beat_at is not None and beat_at < now - LEASE


def may_begin(state: str, beat_at: datetime | None, *, now: datetime) -> bool:
    """Whether somebody may begin to compute: nobody did yet, or whoever did is gone."""
    return state == WAITING or is_lost(state, beat_at, now=now)
