"""What a campaign's answers add up to, and what its release froze."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.campaigns.queries import frames
from survey.campaigns.rules.figures import CONFIRMS, EVERYTHING, CampaignFigure, StreetCounts
from survey.campaigns.rules.second_phase import BothPhases
from survey.campaigns.rules.standing import RowStanding
from survey.fieldwork.queries import bound_answers
from survey.kinds import HEADLINES
from survey.models import OF_REGISTRY, CampaignRelease, SampledCase, Wave, WaveArea
from survey.waves.queries import waves

FORMAT = "huying-campaign/v1"
KNOWN = frozenset({RowStanding.CONFIRMED, RowStanding.DENIED, RowStanding.OVERDUE})


@dataclass(frozen=True, slots=True)
class CampaignState:
    """A campaign, and whether its figures are frozen."""

    wave: Wave
    counted: bool


def every(session: Session) -> list[CampaignState]:
    """Return every campaign, the one frozen last first."""
    found = session.scalars(select(Wave).where(~OF_REGISTRY).order_by(Wave.frozen_at.desc()))
    counted = set(session.scalars(select(CampaignRelease.wave_label)))
    return [CampaignState(wave, wave.label in counted) for wave in found]


def get(session: Session, label: str) -> Wave:
    """Return a campaign; raise NotFound for a wave of the registry."""
    wave = waves.find(session, label)
    if not wave.is_campaign:
        raise NotFound(_("没有 %(label)s 这一次核实。", label=label))
    return wave


def counts(session: Session, wave: Wave) -> dict[str, StreetCounts]:
    """Return the counts of each street; raise Refused where an answer isn't the one that the ledger binds."""
    known, item = frames.counted(session, wave), HEADLINES[wave.kind]
    said = {unit: answers.get(item) for unit, answers in bound_answers.read(session, wave).items()}
    drawn, reached, confirmed = Counter[str](), Counter[str](), Counter[str]()
    cases = select(SampledCase.unit, SampledCase.stratum).where(SampledCase.wave_label == wave.label)
    for unit, street in session.execute(cases):
        answer = said.get(unit)
        drawn[street] += 1
        reached[street] += answer in range(1, 6)
        confirmed[street] += answer in CONFIRMS
    return {
        street: _counts(how, drawn[street], reached[street], confirmed[street])
        for street, how in known.items()
    }


def _counts(how: Mapping[RowStanding, int], drawn: int, reached: int, confirmed: int) -> StreetCounts:
    return StreetCounts(
        due=sum(how.values()),
        replied=sum(n for standing, n in how.items() if standing in KNOWN),
        confirmed=how.get(RowStanding.CONFIRMED, 0),
        overdue=how.get(RowStanding.OVERDUE, 0),
        drawn=drawn,
        reached=reached,
        confirmed_on_call=confirmed,
    )


def names(session: Session, wave: Wave) -> dict[str, str]:
    """Return the names of a campaign's streets, as they were at its freeze."""
    rows = select(WaveArea.code, WaveArea.name).where(WaveArea.wave_label == wave.label)
    return {**dict(session.execute(rows).all()), frames.UNPLACED: _("未定位"), EVERYTHING: _("全部")}


def release(session: Session, label: str) -> CampaignRelease | None:
    """Return what was frozen of a campaign; None before it was counted."""
    return session.get(CampaignRelease, label)


def rows_of(made: CampaignRelease) -> Sequence[CampaignFigure]:
    """Return the rows that a release froze; none of a second phase."""
    return [CampaignFigure(**row) for row in json.loads(made.body).get("rows", ())]


def both_of(made: CampaignRelease) -> BothPhases | None:
    """Return what the release of a second phase froze; None of other campaigns."""
    found = json.loads(made.body).get("both")
    return BothPhases(**found) if found else None


def rate_of(made: CampaignRelease) -> float | None:
    """Return the one rate of a release; None where it may not be told."""
    rate: float | None = json.loads(made.body)["rate"]
    return rate
