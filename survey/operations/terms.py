"""The terms of a wave: its rules, the kinds of its grids and what the kinds mean, sealed with the design."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.drawing.canonical import canonical
from survey.models import Area, Stratum, Wave, WaveArea


def build(rules: str, types: Mapping[str, str]) -> bytes:
    """Return `terms.json`: one canonical line of the rules' text and each grid's type."""
    return canonical({"rules": json.loads(rules), "types": dict(types)}) + b"\n"


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) that the `design` entry records."""
    return sha256(data).hexdigest()


def now(session: Session, rules: str, *, grids: Iterable[str]) -> bytes:
    """Return the terms of a wave that is being frozen, by the map as it is."""
    wanted = set(grids)
    rows = session.execute(select(Area.code, Area.grid_type).where(Area.level == "grid")).all()
    return build(rules, {code: kind for code, kind in rows if code in wanted and kind})


def of(session: Session, wave: Wave) -> bytes:
    """Return the terms of a wave, from what its freeze has kept."""
    strata = select(Stratum.stratum).where(Stratum.wave_label == wave.label)
    rows = select(WaveArea.code, WaveArea.grid_type).where(
        WaveArea.wave_label == wave.label, WaveArea.level == "grid", WaveArea.code.in_(strata)
    )
    return build(wave.rules, {code: kind for code, kind in session.execute(rows) if kind})


def read(data: bytes) -> Mapping[str, Any]:
    """Return what terms say."""
    found: Mapping[str, Any] = json.loads(data)
    return found
