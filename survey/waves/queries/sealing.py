"""Files sealed beside a design: how strata are grouped, which outcomes there are, the windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.drawing import groups
from survey.drawing.binding import codes_txt
from survey.drawing.design import DesignRow
from survey.models import Area
from survey.registry.rules.margins import CityMargins
from survey.waves.rules.final_codes import FINAL
from survey.waves.rules.release_terms import TERMS
from survey.waves.rules.slots import ORDINARY, SLOTS, Calendar
from survey.waves.rules.wave_rules import WaveRules

CODES = codes_txt(FINAL)
"""`codes.txt` of every wave."""


def more_terms(margins: CityMargins | None = None, *, calendar: Calendar = ORDINARY) -> Mapping[str, Any]:
    """Return what the terms say of the windows of calling, of days off, and of how scores are computed."""
    slots = [
        [slot.window, "weekday" if slot.weekday else "weekend", f"{slot.start:%H:%M}", f"{slot.stop:%H:%M}"]
        for slot in SLOTS
    ]
    days = {"holidays": calendar.holidays, "workdays": calendar.workdays}
    named = {name: sorted(day.isoformat() for day in held) for name, held in days.items()}
    return {"slots": slots, **named, **TERMS, **({"margins": margins.sealed} if margins else {})}


def groups_tsv(
    session: Session, design: Sequence[DesignRow], *, grid_of: Mapping[str, str], rules: WaveRules
) -> bytes:
    """Return `groups.tsv`: streets, and types within the large ones, as the map stands now."""
    areas = {code: (parent, level, kind) for code, parent, level, kind in session.execute(
        select(Area.code, Area.parent_code, Area.level, Area.grid_type)
    )}  # fmt: skip
    planned = {row.stratum: min(row.sample, rules.plan) if rules.plan else row.sample for row in design}
    streets = {row.stratum: _street(grid_of[row.stratum], areas) for row in design}
    kinds = {row.stratum: areas.get(grid_of[row.stratum], (None, "", ""))[2] for row in design}
    return groups.build(groups.by_street(planned, street_of=streets, type_of=kinds))


def _street(grid: str, areas: Mapping[str, tuple[str | None, str, str]]) -> str:
    seen, at = set[str](), grid
    while at in areas and at not in seen:
        seen.add(at)
        parent, level, _kind = areas[at]
        if level == "street":
            return at
        at = parent or ""
    return ""
