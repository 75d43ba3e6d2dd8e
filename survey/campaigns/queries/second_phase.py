"""What two phases found: the wave's strata, its share by telephone, the answers of whom no number reached."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from sampling.estimates.two_phase import FirstPhase
from survey.campaigns.queries.dead_numbers import DEAD
from survey.campaigns.rules.figures import CONFIRMS
from survey.campaigns.rules.second_phase import BothPhases, TelephoneShare, both
from survey.fieldwork.queries import bound_answers
from survey.kinds import HEADLINES
from survey.models import SampledCase, Wave
from survey.scores.queries import releases
from survey.scores.rules import release
from survey.scores.rules.pipeline import OVERALL, RATED
from survey.waves.queries import in_force, waves


def of(session: Session, wave: Wave) -> BothPhases:
    """Return the share of both phases; raise Refused before the first one's scores are computed."""
    first = str(wave.phase_of)
    strata = _strata(session, first)
    places = {stratum: place for place, stratum in enumerate(strata)}
    stratum_of = dict(
        session.execute(
            select(SampledCase.unit, SampledCase.stratum).where(SampledCase.wave_label == wave.label)
        ).all()
    )
    said = {
        unit: answers.get(HEADLINES[wave.kind]) for unit, answers in bound_answers.read(session, wave).items()
    }
    answers = [
        (places[stratum_of[unit]], answer in CONFIRMS)
        for unit, answer in sorted(said.items())
        if answer in range(1, 6)
    ]
    telephone = _by_telephone(session, first)
    return both(list(strata.values()), telephone=telephone, answers=answers, asked=len(stratum_of))


def _strata(session: Session, label: str) -> dict[str, FirstPhase]:
    """The strata of a wave by name: how many households, how many called, how many without a live number."""
    drawn, dead = Counter[str](), Counter[str]()
    outcomes = select(SampledCase.stratum, in_force.outcome()).where(SampledCase.wave_label == label)
    for stratum, code in session.execute(outcomes):
        drawn[stratum] += 1
        dead[stratum] += code == DEAD
    return {
        row.stratum: FirstPhase(row.frame_size, drawn[row.stratum], dead[row.stratum])
        for row in waves.strata(session, label)
    }


def _by_telephone(session: Session, label: str) -> TelephoneShare | None:
    """The city's share that the first wave's release shows, None where it shows none."""
    made = releases.find(session, label)
    if made is None:
        raise Refused(_("请先计算 %(label)s 这一轮的得分。", label=label))
    row = release.city_row(releases.rows_of(made), item=OVERALL, den=RATED)
    if row is None or row.estimate is None or row.low is None or row.high is None:
        return None
    return TelephoneShare(row.estimate, row.low, row.high)
