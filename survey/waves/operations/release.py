"""Opening the field, and whole replicates by the rule that was sealed before the draw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from huying.base.clock import day
from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.drawing import entries
from survey.models import SampledCase, Stratum, Wave
from survey.waves.queries import field_progress, sealed, waves
from survey.waves.rules import wave_rules


def open_field(session: Session, label: str, *, now: datetime) -> int:
    """Release the main sample to the interviewers, once; return how many cases."""
    waves.locked(session, label, states=("drawn",))
    if field_progress.is_open(session, label):
        raise Conflict(_("%(label)s 这一轮的首批已经放出了。", label=label))
    main = {row.stratum: range(1, row.sample_size + 1) for row in waves.strata(session, label)}
    return _release(session, label, ranks=main, now=now)


def release_due(session: Session, label: str, *, now: datetime) -> list[str]:
    """Release the next replicate of every stratum for which the sealed rule asks now; return their grids."""
    wave = waves.locked(session, label, states=("drawn",))
    if not field_progress.is_open(session, label) or wave.ended_at is not None:
        return []
    due = _due(session, wave, now=now)
    if due:
        wave.ledger.extend(session, [entries.release(h=row.stratum) for row in due], at=now)
        _release(session, label, ranks={row.stratum: _next(row) for row in due}, now=now)
    late = _late(session, wave, now=now)
    return sorted({row.grid_code for row in (*due, *late)})


def _due(session: Session, wave: Wave, *, now: datetime) -> list[Stratum]:
    """The strata for which the rule asks, until the last day for it."""
    last = sealed.of(session, wave).get("lastrelease")
    if isinstance(last, str) and day(now) > last:
        return []
    rule, label = wave_rules.read(wave.rules).release, wave.label
    progress = field_progress.progress_of(session, label)
    return [
        row
        for row in waves.strata(session, label)
        if rule.holds(waves.design_row(row), progress=progress[row.stratum])
    ]


def _next(row: Stratum) -> range:
    """The ranks of a stratum's next replicate."""
    design = waves.design_row(row)
    before = design.released(row.released, late=row.late)
    row.released += 1
    return range(before + 1, design.released(row.released, late=row.late) + 1)


def _late(session: Session, wave: Wave, *, now: datetime) -> list[Stratum]:
    """Release the late replicate of every stratum on its day, once."""
    rules = wave_rules.read(wave.rules)
    rows = waves.strata(session, wave.label)
    if not rules.late or day(now) < rules.late_day or any(row.late for row in rows):
        return []
    wave.ledger.extend(session, [entries.release(h=row.stratum, late=True) for row in rows], at=now)
    ranks = {}
    for row in rows:
        design = waves.design_row(row)
        before, row.late = design.released(row.released), rules.late
        ranks[row.stratum] = range(before + 1, design.released(row.released, late=row.late) + 1)
    _release(session, wave.label, ranks=ranks, now=now)
    return list(rows)


def _release(session: Session, label: str, *, ranks: Mapping[str, range], now: datetime) -> int:
    # The database takes a case only where it reads that the replicate is out.
    session.flush()
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
            "opens_at": now,
            "released_at": now,
            "fit": 0,
            "priority": 3,
            "counted": 0,
            "rank": rank,
        }
        for rank, unit in enumerate(in_order, start=1)
        if unit.rank in ranks.get(unit.stratum, ())
    ]
    if rows:
        session.execute(insert(SampledCase), rows)
    session.flush()
    return len(rows)
