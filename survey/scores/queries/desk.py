"""A release by area, read once: what is frozen never changes, so it is kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.models import CorrectedRelease, ScoreRelease, WaveArea
from survey.scores.queries import releases
from survey.scores.rules import differences
from survey.scores.rules.desk import AreaDesk
from survey.scores.rules.differences import ReportedDifference
from survey.scores.rules.pipeline import GRID, OVERALL, RATED
from survey.scores.rules.release import ScoreRow

Key = tuple[str, str, datetime]
"""Label, digest of inputs, and when it was made: releases that are alike in these are alike."""


@dataclass(frozen=True, slots=True)
class ReadRelease:
    """A release by area: its desk, all rows of each area, and the response rates of its waves."""

    desk: AreaDesk
    rows: Mapping[str, Sequence[ScoreRow]]
    rates: Mapping[str, float]


class ReadReleases:
    """The releases that were read last, a few: pages of twenty thousand grids take a second to read."""

    def __init__(self, most: int = 3) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Key, ReadRelease](), Lock()

    def of(self, session: Session, label: str) -> ReadRelease:
        """Return the release of a wave; raise NotFound before its scores are computed."""
        key = _key(session, label)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = _read(session, label)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]


def change(session: Session, read: ReadReleases, label: str, code: str) -> ReportedDifference | None:
    """Return how an area stands against the wave before; None of a grid, and where either isn't shown."""
    here, former = read.of(session, label), releases.before(session, label)
    row = here.desk.rows.get(code)
    if former is None or row is None or row.level == GRID:
        return None
    then = read.of(session, former.wave_label)
    other = then.desk.rows.get(code)
    if other is None or other.estimate is None or row.estimate is None:
        return None
    return differences.of_rows(row, other, rates={**then.rates, **here.rates})


def _key(session: Session, label: str) -> Key:
    """Return the key of a wave's last release, without reading its body."""
    again, once = CorrectedRelease, ScoreRelease
    corrected = select(again.inputs_sha256, again.made_at).where(again.wave_label == label)
    first = select(once.inputs_sha256, once.made_at).where(once.wave_label == label)
    last = session.execute(corrected.order_by(again.number.desc()).limit(1)).one_or_none()
    found = last or session.execute(first).one_or_none()
    if found is None:
        raise NotFound(_("这一轮还没有得分。"))
    return label, found[0], found[1]


def _read(session: Session, label: str) -> ReadRelease:
    release = releases.get(session, label)
    rows: dict[str, list[ScoreRow]] = {}
    for row in releases.rows_of(release):
        rows.setdefault(row.unit, []).append(row)
    tree = select(WaveArea.code, WaveArea.parent_code).where(WaveArea.wave_label == label)
    parents = {code: above for code, above in session.execute(tree)}  # noqa: C416
    overall = [row for each in rows.values() for row in each if (row.item, row.den) == (OVERALL, RATED)]
    return ReadRelease(AreaDesk.of(overall, parents), rows, releases.response_rates(release))
