"""Share, mean and direct of a wave: as its score states them, or as it will."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from survey.drawing import result_entries
from survey.drawing.canonical import parse_canonical
from survey.drawing.grouped_tally import NOTHING
from survey.drawing.late_difference import digest
from survey.models import CampaignRelease, ScoreRelease, Wave
from survey.scores.queries import export, releases
from survey.scores.queries.releases import Release
from survey.scores.rules import release
from survey.scores.rules.pipeline import OVERALL, RATED
from survey.waves.queries import late_difference, wave_head, waves
from survey.waves.queries.wave_head import Figures
from survey.waves.rules.deadlines import is_in_time


def of(session: Session, wave: Wave) -> Figures | None:
    """Return the figures: from the ledger once they are there, before that as counted; None of version 1."""
    if wave.groups is None:
        return None
    if (published := wave_head.published(session, wave)) is not None:
        return published
    late = late_difference.tsv(session, wave)
    return wave_head.figures(session, wave, parse_canonical(score_line(session, wave, late=late)), late=late)


def score_line(session: Session, wave: Wave, *, late: bytes | None) -> bytes:
    """Return the `score` entry that follows from the answers as they are counted."""
    tallied, score = waves.grouped_tally(session, wave)
    return result_entries.score(
        score=score,
        state=tallied.state,
        direct=direct(session, wave),
        release=NOTHING if (made := _in_time(session, wave)) is None else export.digest_of(made),
        late=NOTHING if late is None else digest(late),
    )


def direct(session: Session, wave: Wave) -> str:
    """Return the release's figure of the city, in per cent with one digit.

    It is `none` where the release wasn't made within a week of the field's end, or shows no such figure.
    """
    if wave.is_campaign:
        return _of_campaign(session, wave)
    made = _in_time(session, wave)
    return NOTHING if made is None else city_figure(made)


def _in_time(session: Session, wave: Wave) -> ScoreRelease | None:
    """The first release, where it was made within a week of the field's end."""
    made = releases.first(session, wave.label)
    return None if made is None or not is_in_time(made.made_at, ended_at=wave.ended_at) else made


def _of_campaign(session: Session, wave: Wave) -> str:
    """Return the rate that a campaign's release froze of everything."""
    made = session.get(CampaignRelease, wave.label)
    if made is None or not is_in_time(made.made_at, ended_at=wave.ended_at):
        return NOTHING
    rate = json.loads(made.body)["rate"]
    return NOTHING if rate is None else f"{100 * rate:.1f}"


def city_figure(made: Release) -> str:
    """Return the city's figure of a release, whenever it was made."""
    row = release.city_row(releases.rows_of(made), item=OVERALL, den=RATED)
    return NOTHING if row is None or row.estimate is None else f"{100 * row.estimate:.1f}"
