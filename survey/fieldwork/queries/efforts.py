"""How hard each street of a wave was tried."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries.traits import street_of_strata
from survey.fieldwork.rules.dispositions import group_of
from survey.fieldwork.rules.effort_audit import EffortAudit, audit
from survey.fieldwork.rules.traits import STREET
from survey.models import SampledCase, WaveArea
from survey.waves.queries import in_force

UNREACHED = frozenset({"NC", "UH", "UO"})
"""Of these alone the number of attempts is ours to choose: a contact ends the trying by itself."""


def of(session: Session, label: str) -> EffortAudit:
    """Return how hard the streets of a wave were tried, by those households whom nobody reached."""
    streets, names = street_of_strata(session, label), street_names(session, label)
    rows = select(SampledCase.stratum, SampledCase.counted, in_force.outcome())
    found: dict[str, Counter[int]] = {}
    for stratum, counted, code in session.execute(rows.where(SampledCase.wave_label == label)):
        if code is not None and group_of(code) in UNREACHED:
            street = streets.get(stratum, "")
            found.setdefault(names.get(street, street), Counter())[counted] += 1
    return audit(found)


def street_names(session: Session, label: str) -> dict[str, str]:
    """Return the names of a wave's streets by their codes."""
    of_wave = select(WaveArea.code, WaveArea.name).where(WaveArea.wave_label == label)
    rows = session.execute(of_wave.where(WaveArea.level == STREET))
    return {row.code: row.name for row in rows}
