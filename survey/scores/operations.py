"""Scores of a wave that is over: loaded once, estimated, hidden where few answered, frozen with a digest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey import campaign
from survey.models import AnswerCommitment, SampledCase, ScoreRelease, Stratum, WaveArea
from survey.scores.queries import releases
from survey.scores.rules import estimation
from survey.scores.rules.estimation import EVERYTHING, ReportArea, Unit
from survey.waves.queries import waves

FORMAT = "huying-scores/v1"


def estimate(session: Session, label: str, *, now: datetime) -> ScoreRelease:
    """Compute and freeze the scores of a wave, once: the first release stands. Refused before the close."""
    wave = waves.find(session, label)
    if wave.state != "closed":
        raise Refused(_("这一轮还没有结束，不能计算得分。"))
    campaign.campaign_lock(session)
    if (frozen := releases.find(session, label)) is not None:
        return frozen
    units = _units(session, label)
    sizes = _sizes(session, label)
    areas = _report_areas(session, label, waves.grids(session, label))
    rows = estimation.rows(label, units=list(units.values()), sizes=sizes, areas=areas)
    body = {"format": FORMAT, "wave": label, "rows": [asdict(row) for row in rows]}
    release = ScoreRelease(
        wave_label=label, made_at=now, inputs_sha256=_digest(units, sizes, areas), body=_text(body)
    )
    session.add(release)
    session.flush()
    return release


def _text(body: object) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _digest(units: Mapping[str, Unit], sizes: Mapping[str, int], areas: Sequence[ReportArea]) -> str:
    """Digest of everything that the figures were computed from."""
    inputs = {
        "units": [[unit, one.stratum, one.code, one.answer] for unit, one in sorted(units.items())],
        "sizes": sizes,
        # The key is part of the digest of every release there is.
        "places": [[area.level, area.code, area.parent, sorted(area.strata)] for area in areas],
    }
    return sha256(_text(inputs).encode()).hexdigest()


def _units(session: Session, label: str) -> dict[str, Unit]:
    columns = (
        select(SampledCase.unit, SampledCase.stratum, SampledCase.final_code, AnswerCommitment.answer)
        .outerjoin(AnswerCommitment, AnswerCommitment.unit == SampledCase.unit)
        .where(SampledCase.wave_label == label)
        .order_by(SampledCase.unit)
    )
    return {
        unit: Unit(stratum, code or "not_attempted", answer)
        for unit, stratum, code, answer in session.execute(columns)
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
