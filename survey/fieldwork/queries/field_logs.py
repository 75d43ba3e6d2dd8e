"""The log of a wave's fieldwork, as the replay of its offers reads it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import field_rules, histories, voided
from survey.fieldwork.queries.queue import FOR_ANOTHER
from survey.fieldwork.queries.traits import street_of_strata
from survey.fieldwork.rules.field_log import (
    FieldLog,
    LoggedAttempt,
    LoggedCase,
    LoggedOffer,
    LoggedPlacement,
    LoggedRefresh,
    LoggedTrait,
)
from survey.fieldwork.rules.queue import ORDINARY
from survey.fieldwork.rules.traits import LANGUAGE, STREET
from survey.models import (
    Attempt,
    DoNotCall,
    FitRefresh,
    FrameUnit,
    InterviewerTrait,
    Offer,
    Outcome,
    Placement,
    SampledCase,
    Wave,
)

TOGETHER = 500


def of(session: Session, wave: Wave) -> FieldLog:
    """Return everything that decided whom the interviewers of a wave were offered."""
    return FieldLog(
        cases=_cases(session, wave),
        offers=_offers(session, wave.label),
        placements=_placements(session, wave.label),
        refreshes=_refreshes(session, wave),
        traits=_traits(session, wave.label),
    )


def offers_of(session: Session, unit: str) -> Sequence[LoggedOffer]:
    """Return the offers of one case, in their order."""
    return [
        _offer(row) for row in session.scalars(select(Offer).where(Offer.unit == unit).order_by(Offer.seq))
    ]


def _offers(session: Session, label: str) -> list[LoggedOffer]:
    mine = select(Offer).join(SampledCase, SampledCase.unit == Offer.unit)
    rows = session.scalars(mine.where(SampledCase.wave_label == label).order_by(Offer.seq))
    return [_offer(row) for row in rows if row.offered_as is not None]


def _offer(row: Offer) -> LoggedOffer:
    shown = row.offered_as or 0
    by = (row.fit or 0) if shown >= ORDINARY or row.due is None else row.due
    filtered: Mapping[str, int] = json.loads(row.filtered or "{}")
    key = (shown, by, row.counted or 0, row.rank or 0)
    return LoggedOffer(row.seq, row.at, row.interviewer_id, row.unit, key, filtered)


def _placements(session: Session, label: str) -> list[LoggedPlacement]:
    mine = select(Placement).join(SampledCase, SampledCase.unit == Placement.unit)
    return [
        LoggedPlacement(
            row.seq,
            row.unit,
            row.after_offer,
            row.priority,
            row.due,
            row.counted,
            row.attempts,
            row.pinned_id,
            row.language,
        )
        for row in session.scalars(mine.where(SampledCase.wave_label == label).order_by(Placement.seq))
    ]


def _refreshes(session: Session, wave: Wave) -> list[LoggedRefresh]:
    seed = histories.field_seed(wave)
    rows = session.scalars(
        select(FitRefresh).where(FitRefresh.wave_label == wave.label).order_by(FitRefresh.seq)
    )
    return [
        LoggedRefresh(row.at, row.after_offer, row.stamp, field_rules.season(row, seed=seed)) for row in rows
    ]


def _traits(session: Session, label: str) -> list[LoggedTrait]:
    strata = street_of_strata(session, label).items()
    found: list[LoggedTrait] = []
    for row in session.scalars(select(InterviewerTrait).where(InterviewerTrait.kind.in_((STREET, LANGUAGE)))):
        values = [row.value] if row.kind == LANGUAGE else [at for at, street in strata if street == row.value]
        kind = LANGUAGE if row.kind == LANGUAGE else STREET
        found += [LoggedTrait(row.account_id, kind, each, row.set_at, row.ended_at) for each in values]
    return found


def _cases(session: Session, wave: Wave) -> dict[str, LoggedCase]:
    rows = session.execute(
        select(SampledCase.unit, SampledCase.stratum, SampledCase.rank, SampledCase.released_at)
        .where(SampledCase.wave_label == wave.label)
        .order_by(SampledCase.unit)
    ).all()
    units = [row.unit for row in rows]
    attempts, wishes, closed = (
        _attempts(session, units),
        _wishes(session, wave.label),
        _closed(session, units),
    )
    return {
        unit: LoggedCase(
            unit=unit,
            stratum=stratum,
            rank=rank,
            released=released,
            attempts=attempts.get(unit, ()),
            wishes=wishes.get(unit, ()),
            closed=closed.get(unit, ()),
        )
        for unit, stratum, rank, released in rows
        if released is not None
    }


def _attempts(session: Session, units: Sequence[str]) -> Mapping[str, Sequence[LoggedAttempt]]:
    found: dict[str, list[LoggedAttempt]] = defaultdict(list)
    for start in range(0, len(units), TOGETHER):
        several = units[start : start + TOGETHER]
        dialled = {unit: iter(each) for unit, each in histories.of_units(session, several).items()}
        void = voided.last_calls(session, several)
        rows = select(Attempt).where(Attempt.unit.in_(several)).order_by(Attempt.unit, Attempt.n)
        for row in session.scalars(rows):
            found[row.unit].append(
                LoggedAttempt(
                    n=row.n,
                    interviewer=row.interviewer_id,
                    started=row.started_at,
                    ended=row.ended_at,
                    for_another=row.code in FOR_ANOTHER or row.ended_by == "hand_back" or row.id in void,
                    is_back=row.is_back,
                    dialled=next(dialled[row.unit]) if row.dialled_at is not None else None,
                )
            )
    return found


def _wishes(session: Session, label: str) -> Mapping[str, Sequence[tuple[datetime, datetime | None]]]:
    rows = session.execute(
        select(FrameUnit.unit, DoNotCall.at, DoNotCall.lifted_at)
        .join(DoNotCall, DoNotCall.household_code == FrameUnit.household_code)
        .where(FrameUnit.wave_label == label)
    )
    found: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for unit, at, lifted in rows:
        found[unit].append((at, lifted))
    return found


def _closed(session: Session, units: Sequence[str]) -> Mapping[str, Sequence[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    for start in range(0, len(units), TOGETHER):
        several = units[start : start + TOGETHER]
        # What was closed and voided later was in nobody's queue meanwhile.
        void = voided.at(session, several)
        for unit, at in session.execute(select(Outcome.unit, Outcome.at).where(Outcome.unit.in_(several))):
            if unit not in void or at > void[unit]:
                found[unit].append(at)
    return found
