"""What a freeze keeps beside the frame: the map of that moment, and each grid in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.deposit.sealing import Opener
from survey.models import Area, FrozenAbsence, FrozenGrid, FrozenOutside, Wave, WaveArea
from survey.registry.queries import audit, log, outside
from survey.registry.queries import quality as registry_quality
from survey.waves.queries import frame_changes, waves
from survey.waves.queries.absences import Absence


def keep(session: Session, wave: Wave) -> None:
    """Keep the map of this moment: names and streets of a wave don't change when the map does."""
    now = (Area.code, Area.parent_code, Area.level, Area.name, Area.grid_type)
    columns = ["wave_label", *(column.key for column in now)]
    session.execute(insert(WaveArea).from_select(columns, select(literal(wave.label), *now)))


def keep_absences(session: Session, wave: Wave, absent: Sequence[Absence]) -> None:
    """Keep which grids the frame doesn't have, and since when."""
    session.add_all(
        FrozenAbsence(
            wave_label=wave.label,
            grid=each.grid,
            name=each.name,
            since=each.since,
            registered=each.registered,
        )
        for each in absent
    )
    session.flush()


def count(session: Session, wave: Wave, *, vault: Vault, opener: Opener | None, now: datetime) -> None:
    """Keep each grid of the frame in counts, as they are published: doubtful numbers, and who left."""
    quality = registry_quality.report(session, vault=vault, now=now, opener=opener)
    changes = frame_changes.since_last(session, wave)
    last = frame_changes.last_before(session, wave)
    logged = log.renumbered(session, after=last.first_entry if last else None)
    found = registry_quality.renumbered(session, since=last.frozen_at if last else None)
    unlogged = audit.audit(session).unlogged
    held: Counter[str] = Counter()
    for row in waves.strata(session, wave.label):
        held[row.grid_code] += row.frame_size
    for grid in quality.grids:
        if grid.code in held:
            change = changes.get(grid.code, frame_changes.NONE)
            session.add(
                FrozenGrid(
                    wave_label=wave.label,
                    grid=grid.code,
                    households=held[grid.code],
                    missing=grid.counts.missing,
                    shared=grid.counts.shared,
                    staff=grid.counts.staff,
                    # A number swapped past the registry's log shows in the numbers themselves.
                    changed=max(logged.get(grid.code, 0), found.get(grid.code, 0)),
                    before=change.before,
                    gone=change.gone,
                    new=change.new,
                    registered=grid.counts.households,
                    twins=grid.counts.twins,
                    unlogged=unlogged.get(grid.code, 0),
                )
            )
    _compare(session, wave)
    session.flush()


def _compare(session: Session, wave: Wave) -> None:
    """Keep what others count beside what the registry holds: of grids that no frame has, too."""
    registered = outside.registered(session)
    for count in outside.latest(session):
        session.add(
            FrozenOutside(
                wave_label=wave.label,
                grid=count.grid_code,
                source=count.source,
                day=count.day,
                households=count.households,
                registered=registered.get(count.grid_code, 0),
            )
        )
