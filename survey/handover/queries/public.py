"""The package of a published release for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.handover.rules import public_package
from survey.handover.rules.auditing import with_digests
from survey.handover.rules.public_package import Place
from survey.models import Stratum, Wave
from survey.scores.queries import export, releases
from survey.scores.queries.report_areas import report_areas
from survey.scores.rules.pipeline import GRID, ODDS
from survey.scores.rules.release import ScoreRow
from survey.waves.queries import waves

KEPT = 4
"""So many packages stay made: what is published doesn't change."""


def of(session: Session, label: str) -> Mapping[str, bytes]:
    """Return the package of a wave's last release; raise NotFound unless its score is published."""
    wave = session.get(Wave, label)
    if wave is None or wave.state != "closed" or releases.find(session, label) is None:
        raise NotFound(_("这一轮还没有公布得分。"))
    release = releases.get(session, label)
    rate = releases.response_rates(release).get(label, 0.0)
    return _made(releases.rows_of(release), _frame(session, label), export.digest_of(release), rate)


@lru_cache(maxsize=KEPT)
def _made(
    rows: tuple[ScoreRow, ...], frame: tuple[Place, ...], digest: str, rate: float
) -> Mapping[str, bytes]:
    return with_digests(public_package.files(rows, frame, digest=digest, response_rate=rate, odds=ODDS))


def _frame(session: Session, label: str) -> tuple[Place, ...]:
    """The frame's households by area, as its design tells everybody."""
    rows = select(Stratum.stratum, Stratum.frame_size).where(Stratum.wave_label == label)
    sizes = {stratum: size for stratum, size in session.execute(rows)}  # noqa: C416
    return tuple(
        Place(area.code, area.level, area.parent, sum(sizes[stratum] for stratum in area.strata))
        for area in report_areas(session, label, waves.grids(session, label))
        if area.level != GRID
    )
