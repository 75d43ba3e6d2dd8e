"""What campaigns found of deposited rows: which could be drawn, which were, what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.deposit.tables import POSTERS
from survey.attribution.rules.inputs import AskedRow, PlaceName, TriedRow
from survey.attribution.rules.periods import AttributedPeriod
from survey.attribution.rules.remit import street_of
from survey.campaigns.rules.figures import CONFIRMS
from survey.fieldwork.queries import bound_answers
from survey.kinds import HEADLINES
from survey.models import CampaignRelease, DepositedRow, FrameUnit, SampledCase, Wave


@dataclass(frozen=True, slots=True)
class CalledRows:
    """The rows of the counted campaigns of a kind by code, and the digest of each campaign's release."""

    rows: Mapping[str, AskedRow]
    digests: Mapping[str, str]
    waves: Mapping[str, Wave]


def of(session: Session, kind: str) -> CalledRows:
    """Return what counted campaigns found. A row of several frames counts in the first, drawn there or not.

    Else what is known of a row would hang on whether it was drawn.
    """
    counted = (
        select(Wave, CampaignRelease.body)
        .join(CampaignRelease, CampaignRelease.wave_label == Wave.label)
        .where(Wave.kind == kind)
        .order_by(Wave.first_entry)
    )
    rows: dict[str, AskedRow] = {}
    digests: dict[str, str] = {}
    waves: dict[str, Wave] = {}
    for wave, body in session.execute(counted).all():
        digests[wave.label], waves[wave.label] = sha256(body.encode()).hexdigest(), wave
        rows = _frame(session, wave) | rows
    return CalledRows(rows, digests, waves)


def _frame(session: Session, wave: Wave) -> dict[str, AskedRow]:
    """The rows of a campaign's frame; strata bear its name, since others drew at other rates."""
    item = HEADLINES[wave.kind]
    said = {unit: answers.get(item) for unit, answers in bound_answers.read(session, wave).items()}
    drawn = set(session.scalars(select(SampledCase.unit).where(SampledCase.wave_label == wave.label)))
    units = select(FrameUnit.unit, FrameUnit.stratum, FrameUnit.row_code).where(
        FrameUnit.wave_label == wave.label
    )
    return {
        str(row): AskedRow(f"{wave.label}/{stratum}", unit in drawn, _found(said.get(unit)))
        for unit, stratum, row in session.execute(units)
    }


def _found(answer: object) -> bool | None:
    return answer in CONFIRMS if answer in range(1, 6) else None


def posters(
    session: Session,
    period: AttributedPeriod,
    *,
    places: Mapping[str, PlaceName],
    campaigns: CalledRows,
) -> list[TriedRow]:
    """Return the posters of the test calls that were frozen in the period, with what was found, by code."""
    found: dict[str, TriedRow] = {}
    for wave in campaigns.waves.values():
        if not period.holds(wave.frozen_at):
            continue
        rows = select(DepositedRow.code, DepositedRow.area_code).where(
            DepositedRow.kind == POSTERS.name, DepositedRow.period == wave.deposit_period
        )
        for code, area in session.execute(rows.order_by(DepositedRow.code)):
            asked = campaigns.rows.get(code)
            found.setdefault(code, TriedRow(code, area, street_of(area, places), "", asked))
    return sorted(found.values(), key=lambda row: row.code)
