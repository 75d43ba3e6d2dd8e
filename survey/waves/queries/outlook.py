"""What the rules need to say what a design will tell: parts of levels; and what was said of a wave."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Area, WaveOutlook
from survey.waves.queries import eligible
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.outlook import DesignOutlook, Expectation, LevelOutlook, outlook


@dataclass(frozen=True, slots=True)
class KeptDesignOutlook:
    """What a wave was expected to tell when it was frozen; `why` is empty where it shows something."""

    expected: Expectation
    outlook: DesignOutlook
    why: str


def of_request(session: Session, request: FreezeRequest, *, expected: Expectation) -> DesignOutlook:
    """Return what the design that is asked for will tell, by the registry and the map as they are."""
    held = eligible.counts(session, request.scope)
    sizes = {grid: size for grid, size in request.sizes_among(held).items() if grid in held}
    return outlook(sizes, held=held, parts=_parts(session, held), rules=request.rules, expected=expected)


def _parts(session: Session, grids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Of the levels between city and grid: to which part each grid belongs."""
    rows = session.execute(select(Area.code, Area.parent_code, Area.level, Area.grid_type)).all()
    above = {code: parent for code, parent, _level, _kind in rows}
    streets = {code for code, _parent, level, _kind in rows if level == "street"}
    kinds = {code: kind for code, _parent, _level, kind in rows if code in grids and kind}
    street_of = {grid: found for grid in grids for found in eligible.line(grid, above) if found in streets}
    known = {"street": street_of, "type": kinds}
    return {level: part_of for level, part_of in known.items() if len(set(part_of.values())) > 1}


def kept(session: Session, label: str) -> KeptDesignOutlook | None:
    """Return what was said of a wave before it was frozen, None for waves of before that was asked."""
    row = session.get(WaveOutlook, label)
    if row is None:
        return None
    levels = tuple(LevelOutlook(**each) for each in json.loads(row.levels)["levels"])
    return KeptDesignOutlook(
        Expectation(row.response / 1000, row.eligible / 1000), DesignOutlook(levels), row.why
    )
