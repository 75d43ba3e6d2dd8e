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


def build(
    rules: str, types: Mapping[str, str], *, split: Iterable[str] = (), more: Mapping[str, Any] | None = None
) -> bytes:
    """Return `terms.json`: a canonical line of the rules, each grid's type, and the grids drawn in two.

    `more` is sealed beside them: windows of calling, holidays, how the scores are computed.
    """
    apart = sorted(split)
    named = {"split": apart} if apart else {}
    return canonical({"rules": json.loads(rules), "types": dict(types), **named, **(more or {})}) + b"\n"


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) that the `design` entry records."""
    return sha256(data).hexdigest()


def now(
    session: Session,
    rules: str,
    *,
    grids: Iterable[str],
    split: Iterable[str] = (),
    more: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the terms of a wave that is being frozen, by the map as it is."""
    wanted = set(grids)
    rows = session.execute(select(Area.code, Area.grid_type).where(Area.level == "grid")).all()
    types = {code: kind for code, kind in rows if code in wanted and kind}
    return build(rules, types, split=split, more=more)


def of(session: Session, wave: Wave) -> bytes:
    """Return the terms of a wave: as sealed, or of version 1 from what its freeze has kept."""
    if wave.terms is not None:
        return wave.terms.encode()
    grids = select(Stratum.grid_code).where(Stratum.wave_label == wave.label)
    rows = select(WaveArea.code, WaveArea.grid_type).where(
        WaveArea.wave_label == wave.label, WaveArea.level == "grid", WaveArea.code.in_(grids)
    )
    types = {code: kind for code, kind in session.execute(rows) if kind}
    return build(wave.rules, types, split=split(session, wave.label))


def split(session: Session, label: str) -> frozenset[str]:
    """Return the grids of a wave that were drawn in two: those on a worker's list, and the others."""
    apart = select(Stratum.grid_code).where(Stratum.wave_label == label, Stratum.stratum != Stratum.grid_code)
    return frozenset(session.scalars(apart))


def read(data: bytes) -> Mapping[str, Any]:
    """Return what terms say."""
    found: Mapping[str, Any] = json.loads(data)
    return found
