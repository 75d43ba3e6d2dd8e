"""Score releases: of which waves there are any, and what they froze."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.drawing.grouped_tally import NOTHING
from survey.models import OF_REGISTRY, CorrectedRelease, ScoreRelease, Wave
from survey.scores.rules.release import ScoreRow
from survey.scores.rules.release_making import FORMAT

Release = ScoreRelease | CorrectedRelease
"""The first scores of a wave, or those made again."""
KEPT = 3
"""So many bodies stay read: the one that is looked at, its former ones, the wave before."""


@dataclass(frozen=True, slots=True)
class ReadBody:
    """What a release froze, read: its rows, and what else it says."""

    rows: tuple[ScoreRow, ...]
    said: Mapping[str, Any]


@lru_cache(maxsize=KEPT)
def _read(body: str) -> ReadBody:
    """Read a body once: that of twenty thousand grids takes seconds."""
    said = json.loads(body)
    given, is_current = said.pop("rows"), said.get("format") == FORMAT
    return ReadBody(tuple(ScoreRow(**(row if is_current else _of_v1(row))) for row in given), said)


@dataclass(frozen=True, slots=True)
class FinishedWave:
    """A wave that is over, and whether its scores were computed."""

    wave: Wave
    scored: bool


def finished_waves(session: Session) -> list[FinishedWave]:
    """Return the waves that are over, the newest first."""
    ended = or_(Wave.state == "closed", Wave.ended_at.is_not(None))
    over = session.scalars(select(Wave).where(OF_REGISTRY, ended).order_by(Wave.first_entry.desc()))
    scored = set(session.scalars(select(ScoreRelease.wave_label)))
    return [FinishedWave(wave, wave.label in scored) for wave in over]


def first(session: Session, label: str) -> ScoreRelease | None:
    """Return the first release of a wave, by which the ledger's score stands; None before it is computed."""
    return session.scalar(select(ScoreRelease).where(ScoreRelease.wave_label == label))


def every(session: Session, label: str) -> list[Release]:
    """Return all releases of a wave, the first one first."""
    made = first(session, label)
    if made is None:
        return []
    again = select(CorrectedRelease).where(CorrectedRelease.wave_label == label)
    return [made, *session.scalars(again.order_by(CorrectedRelease.number))]


def find(session: Session, label: str) -> Release | None:
    """Return the last release of a wave; None before its scores are computed."""
    return next(reversed(every(session, label)), None)


def get(session: Session, label: str, *, number: int | None = None) -> Release:
    """Return a release of a wave by its number, else the last one; raise NotFound where there is none."""
    found = every(session, label)
    if not found:
        raise NotFound(_("这一轮还没有得分。"))
    if number is None:
        return found[-1]
    if not 1 <= number <= len(found):
        raise NotFound(_("这一轮没有这一次公布。"))
    return found[number - 1]


def pinned(release: Release) -> Mapping[str, int]:
    """Return which release of each wave before a release has read; the first one where it doesn't say."""
    found: Mapping[str, int] = _read(release.body).said.get("read", {})
    return found


@dataclass(frozen=True, slots=True)
class Corrects:
    """What a corrected release says: how many answers count no more, and which release it follows."""

    undone: int
    follows: str


def change(release: Release) -> Corrects | None:
    """Return what a release changed; None of a first one."""
    found = _read(release.body).said.get("corrects")
    return Corrects(found["undone"], found["sha256"]) if found else None


def rows_of(release: Release) -> tuple[ScoreRow, ...]:
    """Return the rows that a release froze; those of the first format had no band."""
    return _read(release.body).rows


def mean_of(release: Release) -> str:
    """Return the mean of the five answers, unadjusted, as the ledger writes it; `none` of old releases."""
    return str(_read(release.body).said.get("mean", NOTHING))


def response_rates(release: Release) -> Mapping[str, float]:
    """Return RR1 of each wave that a release holds; nothing of releases that didn't say so."""
    found: Mapping[str, float] = _read(release.body).said.get("response_rates", {})
    return found


def complaints(release: Release) -> Mapping[str, float]:
    """Return the coefficient of complaints in the scores of grids, by denominator; nothing without any."""
    found: Mapping[str, float] = _read(release.body).said.get("complaints", {})
    return found


@dataclass(frozen=True, slots=True)
class UsedMargins:
    """The table from outside that a release used: which of its margins weigh, who has no telephone."""

    source: str
    day: str
    sha256: str
    met: Sequence[str]
    without_phone: float


def margins(release: Release) -> UsedMargins | None:
    """Return what a release says of margins from outside; None where it had none."""
    found = _read(release.body).said.get("margins")
    return UsedMargins(**found) if found else None


def before(session: Session, label: str) -> Release | None:
    """Return the last release of the last scored wave before this one; None where it is the first."""
    here = select(Wave.first_entry).where(Wave.label == label).scalar_subquery()
    earlier = select(ScoreRelease.wave_label).join(Wave, Wave.label == ScoreRelease.wave_label)
    last = earlier.where(Wave.first_entry < here).order_by(Wave.first_entry.desc()).limit(1)
    found = session.scalar(last)
    return None if found is None else find(session, found)


def _of_v1(row: dict[str, Any]) -> dict[str, Any]:
    same = {name: row[name] for name in ("wave", "level", "name", "type", "item", "den", "footnotes")}
    return same | {
        "unit": row["unit_id"],
        "asked": row["n_issued"],
        "n": row["n_item"],
        "estimate": row["est_direct"],
        "low": row["lo95_direct"],
        "high": row["hi95_direct"],
        "unweighted": None,
        "frame_covered": None,
        "position": None,
        "status": row["OBS_STATUS"],
    }
