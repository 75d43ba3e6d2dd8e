"""What decides when the cases of a wave may be called, as sealed; and what the day's draws are made from."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import histories
from survey.fieldwork.rules.fit import Season, WindowCounts, no_counts
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.fieldwork.rules.queue import FieldRules
from survey.models import Attempt, FitRefresh, SampledCase, Wave
from survey.registry.rules.number_states import FREE_OF_EFFORT
from survey.waves.queries import holidays
from survey.waves.rules import wave_rules


def of(session: Session, wave: Wave) -> FieldRules:
    """Return the rules of a wave's calls."""
    sealed = wave_rules.read(wave.rules)
    return FieldRules.until(
        wave.field_ends_at,
        seed=histories.field_seed(wave),
        effort=sealed.effort,
        any_hour=sealed.hours == "any",
        calendar=holidays.of(session, wave),
    )


def last_refresh(session: Session, label: str) -> FitRefresh | None:
    """Return how the fits of a wave stand: the window that they were last drawn for."""
    return session.scalar(_last_refresh(), {"wave": label})


@cache
def _last_refresh() -> Select[FitRefresh]:
    of_wave = select(FitRefresh).where(FitRefresh.wave_label == bindparam("wave"))
    return of_wave.order_by(FitRefresh.seq.desc()).limit(1)


def season(refresh: FitRefresh, *, seed: str) -> Season:
    """Return what the fits of a refresh are drawn from."""
    counts = {window: WindowCounts(*pair) for window, pair in json.loads(refresh.counts).items()}
    return Season(seed, refresh.stamp.split()[0], counts)


def window_counts(session: Session, label: str, *, before: datetime) -> dict[str, WindowCounts]:
    """Return the contacts and attempts of a wave's calls that ended before that moment, by window."""
    met = func.sum(case((Attempt.code.in_(NOT_REACHED), 0), else_=1))
    rows = (
        select(Attempt.window, met, func.count())
        .join(SampledCase, SampledCase.unit == Attempt.unit)
        .where(SampledCase.wave_label == label, Attempt.dialled_at.is_not(None), Attempt.ended_at < before)
        .where(Attempt.code.is_not(None), Attempt.code.not_in(FREE_OF_EFFORT))
        .group_by(Attempt.window)
    )
    found = {window: WindowCounts(contacts, n) for window, contacts, n in session.execute(rows)}
    return {window: found.get(window, none) for window, none in no_counts().items()}
