"""What a campaign could draw from now: the latest deposit in counts, the waves with dead numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.campaigns.queries import frames
from survey.campaigns.queries.dead_numbers import DEAD
from survey.campaigns.rules.standing import RowStanding
from survey.deposits import queries as deposits
from survey.kinds import FROM_DEPOSITS, PHASE2
from survey.models import OF_REGISTRY, Deposit, SampledCase, Wave
from survey.waves.queries import in_force


@dataclass(frozen=True, slots=True)
class CampaignOffer:
    """The latest deposit, None before the first; how many of each kind could be asked about, by street.

    `dead` counts of each wave that is over the households that no number reached.
    """

    deposit: Deposit | None
    streets: Mapping[str, Counter[str]]
    dead: Mapping[str, int]

    @property
    def kinds(self) -> list[str]:
        """The kinds of campaigns for which there is anything to draw."""
        return [*(kind for kind, found in self.streets.items() if found), *([PHASE2] if self.dead else ())]


def now(session: Session) -> CampaignOffer:
    """Return what there is."""
    deposit = deposits.latest(session)
    streets = {kind: _streets(session, deposit, kind) for kind in FROM_DEPOSITS} if deposit else {}
    dead = (
        select(SampledCase.wave_label, func.count())
        .join(Wave, Wave.label == SampledCase.wave_label)
        .where(OF_REGISTRY, Wave.ended_at.is_not(None), in_force.outcome() == DEAD)
        .group_by(SampledCase.wave_label)
        .order_by(SampledCase.wave_label.desc())
    )
    return CampaignOffer(deposit, streets, dict(session.execute(dead).all()))


def _streets(session: Session, deposit: Deposit, kind: str) -> Counter[str]:
    rows = frames.standing_rows(session, deposit, kind=kind)
    return Counter(each.street for each in rows if each.standing is RowStanding.SILENT)
