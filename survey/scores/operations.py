"""Scores of a wave that is over: estimated once, hidden where few answered, frozen with a digest."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey import campaign
from survey.models import ScoreRelease
from survey.scores.queries import releases, score_inputs
from survey.scores.rules import estimation
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
    inputs = score_inputs.read(session, label)
    rows = estimation.rows(label, units=list(inputs.units.values()), sizes=inputs.sizes, areas=inputs.areas)
    body = {"format": FORMAT, "wave": label, "rows": [asdict(row) for row in rows]}
    release = ScoreRelease(
        wave_label=label, made_at=now, inputs_sha256=inputs.digest, body=score_inputs.text(body)
    )
    session.add(release)
    session.flush()
    return release
