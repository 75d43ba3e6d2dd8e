"""Opening the field, and whole replicates by the rule that was sealed before the draw."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.drawing import entries
from survey.models import LEDGER, SampledCase, Stratum
from survey.waves.queries import field_progress, waves
from survey.waves.rules import wave_rules


def open_field(session: Session, label: str, *, now: datetime) -> int:
    """Release the main sample to the interviewers, once; return how many cases."""
    waves.locked(session, label, states=("drawn",))
    if field_progress.is_open(session, label):
        raise Conflict(_("%(label)s 这一轮的首批已经放出了。", label=label))
    main = {(row.stratum, 0) for row in waves.strata(session, label)}
    return _release(session, label, replicates=main, now=now)


def release_due(session: Session, label: str, *, now: datetime) -> list[str]:
    """Release the next replicate of every stratum for which the sealed rule asks now; return their grids."""
    wave = waves.locked(session, label, states=("drawn",))
    if not field_progress.is_open(session, label):
        return []
    rule = wave_rules.read(wave.rules).release
    progress = field_progress.progress_of(session, label)
    due = [
        row
        for row in waves.strata(session, label)
        if rule.holds(waves.design_row(row), progress=progress[row.stratum])
    ]
    if due:
        LEDGER.extend(session, [entries.release(h=row.stratum) for row in due], at=now)
        _release(session, label, replicates={_next(row) for row in due}, now=now)
    return sorted({row.grid_code for row in due})


def _next(row: Stratum) -> tuple[str, int]:
    row.released += 1
    return row.stratum, row.released


def _release(session: Session, label: str, *, replicates: Collection[tuple[str, int]], now: datetime) -> int:
    # Sorted here: no database's collation shall decide whose turn it is.
    in_order = sorted(
        waves.drawn_units(session, label), key=lambda unit: (unit.replicate, unit.ticket, unit.unit)
    )
    rows = [
        {
            "unit": unit.unit,
            "wave_label": label,
            "stratum": unit.stratum,
            "state": "queued",
            "fence": 0,
            "tab": "",
            "next_due": now,
            "priority": 3,
            "counted": 0,
            "rank": rank,
        }
        for rank, unit in enumerate(in_order, start=1)
        if (unit.stratum, unit.replicate) in replicates
    ]
    session.execute(insert(SampledCase), rows)
    session.flush()
    return len(rows)
