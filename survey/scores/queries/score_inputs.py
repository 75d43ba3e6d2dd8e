"""What a wave's scores are computed from: released units, sizes of strata, and the areas of the report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.fieldwork.queries import bound_answers
from survey.models import SampledCase, Stratum, WaveArea
from survey.scores.rules.estimation import EVERYTHING, ReportArea, Unit
from survey.waves.queries import in_force, waves


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """Released units by their codes, households of each stratum's frame, and the areas of the report."""

    units: Mapping[str, Unit]
    sizes: Mapping[str, int]
    areas: Sequence[ReportArea]

    @property
    def digest(self) -> str:
        """Digest of everything that the figures are computed from."""
        inputs = {
            "units": [[unit, one.stratum, one.code, one.answer] for unit, one in sorted(self.units.items())],
            "sizes": self.sizes,
            # The key is part of the digest of every release there is.
            "places": [[area.level, area.code, area.parent, sorted(area.strata)] for area in self.areas],
        }
        return sha256(text(inputs).encode()).hexdigest()


def text(body: object) -> str:
    """Return what is digested and kept, as canonical JSON."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read(session: Session, label: str) -> ScoreInputs:
    """Return the inputs of a wave's scores."""
    areas = _report_areas(session, label, waves.grids(session, label))
    return ScoreInputs(_units(session, label), _sizes(session, label), areas)


def _units(session: Session, label: str) -> dict[str, Unit]:
    columns = (
        select(SampledCase.unit, SampledCase.stratum, in_force.outcome())
        .where(SampledCase.wave_label == label)
        .order_by(SampledCase.unit)
    )
    answer_of = bound_answers.read(session, waves.find(session, label))
    return {
        unit: Unit(stratum, code or "not_attempted", answer_of.get(unit))
        for unit, stratum, code in session.execute(columns)
    }


def _sizes(session: Session, label: str) -> dict[str, int]:
    rows = select(Stratum.stratum, Stratum.frame_size).where(Stratum.wave_label == label)
    return dict(sorted(session.execute(rows).all()))


def _report_areas(session: Session, label: str, grid_of: Mapping[str, str]) -> list[ReportArea]:
    """Return grids, their streets and the city; grids that no deposit told of stand under the city alone."""
    mapped = {
        area.code: area for area in session.scalars(select(WaveArea).where(WaveArea.wave_label == label))
    }
    strata = _gathered(grid_of)
    street_of = {grid: _above(mapped, grid, level="street") for grid in strata}
    cities = {_above(mapped, grid, level="city") for grid in strata}
    city = next(iter(cities)) if len(cities) == 1 else None
    top = city.code if city else EVERYTHING
    whole = ReportArea("city", top, city.name if city else _("全部"), "", None, frozenset(grid_of))
    grids = _grids(mapped, street_of, strata=strata, top=top)
    return [*grids, *_streets(street_of, strata=strata, top=top), whole]


def _gathered(grid_of: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the strata of every grid."""
    found: dict[str, set[str]] = {}
    for stratum, grid in grid_of.items():
        found.setdefault(grid, set()).add(stratum)
    return {grid: frozenset(strata) for grid, strata in found.items()}


def _grids(
    areas: Mapping[str, WaveArea],
    street_of: Mapping[str, WaveArea | None],
    *,
    strata: Mapping[str, frozenset[str]],
    top: str,
) -> list[ReportArea]:
    found = []
    for grid, street in sorted(street_of.items()):
        area = areas.get(grid)
        name, kind = (area.name, area.grid_type) if area else (grid, "")
        parent = street.code if street else top
        found.append(ReportArea("grid", grid, name, kind, parent, strata[grid]))
    return found


def _streets(
    street_of: Mapping[str, WaveArea | None], *, strata: Mapping[str, frozenset[str]], top: str
) -> list[ReportArea]:
    inside: dict[str, set[str]] = {}
    for grid, street in street_of.items():
        if street is not None:
            inside.setdefault(street.code, set()).update(strata[grid])
    named = {street.code: street.name for street in _known(street_of.values())}
    return [
        ReportArea("street", code, named[code], "", top, frozenset(within))
        for code, within in sorted(inside.items())
    ]


def _known(areas: Iterable[WaveArea | None]) -> Iterable[WaveArea]:
    return (area for area in areas if area is not None)


def _above(areas: Mapping[str, WaveArea], code: str, *, level: str) -> WaveArea | None:
    """Return the area of that level over `code`; None where the tree doesn't tell."""
    seen: set[str] = set()
    area = areas.get(code)
    while area is not None and area.level != level and area.code not in seen:
        seen.add(area.code)
        area = areas.get(area.parent_code or "")
    return area if area is not None and area.level == level else None
