"""What a wave's scores are computed from: released units, sizes of strata, and the areas of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import bound_answers
from survey.models import (
    OF_REGISTRY,
    AnswerCommitment,
    Attempt,
    CorrectedRelease,
    Deposit,
    DepositedCase,
    DroppedAnswer,
    SampledCase,
    ScoreRelease,
    Stratum,
    UndoneComplete,
    Wave,
)
from survey.registry.rules.margins import CityMargins, of_sealed
from survey.scores.queries import releases
from survey.scores.queries.releases import Release
from survey.scores.queries.report_areas import report_areas
from survey.scores.rules import categories, items
from survey.scores.rules.estimation import Unit
from survey.scores.rules.inputs import ScoreInputs, pooling, with_margins
from survey.scores.rules.pipeline import GRID
from survey.scores.rules.release import Facts
from survey.scores.rules.waves_pooled import MOST, Cell
from survey.waves.queries import in_force, sealed, terms, waves

YEAR = timedelta(days=365)


def read(
    session: Session, label: str, *, number: int = 1, pinned: Mapping[str, int] | None = None
) -> ScoreInputs:
    """Return the inputs of a release of a wave, with those of the waves that its grids' scores pool.

    Of these the releases `pinned` are read, all of them by their first where it is silent of one; the last
    ones without it.
    """
    former = [
        of_wave(session, each, number=_last(session, each) if pinned is None else pinned.get(each, 1))
        for each in _former(session, label)
    ]
    return pooling(of_wave(session, label, number=number), former)


def read_again(session: Session, release: Release) -> ScoreInputs:
    """Return the inputs of a release that is frozen, as it names those of the waves before."""
    pins = releases.pinned(release)
    labels = session.scalars(select(Wave.label).where(Wave.label.in_(pins)).order_by(Wave.first_entry))
    former = [of_wave(session, each, number=pins[each]) for each in labels]
    return pooling(of_wave(session, release.wave_label, number=release.number), former)


def _last(session: Session, label: str) -> int:
    return releases.get(session, label).number


def of_wave(session: Session, label: str, *, number: int = 1) -> ScoreInputs:
    """Return what a release of a wave is computed from, of this wave alone."""
    wave = waves.find(session, label)
    found = ScoreInputs(
        label=label,
        units=_units(session, label, number=number),
        sizes=_sizes(session, label),
        areas=report_areas(session, label, waves.grids(session, label)),
        facts=Facts(early=sealed.ended_early(session, wave) is not None),
        complaints=_complaints(session, wave),
        table=margins_of(wave),
        number=number,
    )
    return with_margins(found)


def margins_of(wave: Wave) -> CityMargins | None:
    """Return the margins that a wave sealed; None where it sealed none."""
    return of_sealed(terms.read(wave.terms.encode()).get("margins")) if wave.terms else None


def _complaints(session: Session, wave: Wave) -> dict[str, int]:
    """Cases of each grid that the deposits tell of which were accepted in the year before the field's end."""
    if (end := wave.ended_at or wave.closed_at) is None:
        return {}
    counted = (
        select(DepositedCase.area_code, func.count(DepositedCase.code.distinct()))
        .join(Deposit, Deposit.period == DepositedCase.period)
        .where(Deposit.accepted_at <= end, Deposit.accepted_at > end - YEAR)
        .group_by(DepositedCase.area_code)
    )
    return dict(sorted((area, count) for area, count in session.execute(counted)))


def _former(session: Session, label: str) -> list[str]:
    """Scored waves before this one whose answers are all there, as many as are pooled, the oldest first."""
    before = (
        select(Wave.label)
        .join(ScoreRelease, ScoreRelease.wave_label == Wave.label)
        .where(OF_REGISTRY, Wave.terms.is_not(None))
        .where(Wave.first_entry < waves.find(session, label).first_entry)
        .order_by(Wave.first_entry.desc())
    )
    dropped = exists().where(DroppedAnswer.commitment == AnswerCommitment.commitment)
    erased = select(AnswerCommitment.wave_label).where(AnswerCommitment.nonce == "", ~dropped)
    found = session.scalars(before.where(Wave.label.not_in(erased)).limit(MOST - 1))
    return list(reversed(found.all()))


def shown_before(
    session: Session, labels: Sequence[str], *, until: datetime | None = None
) -> dict[Cell, list[frozenset[str]]]:
    """Return the waves of every figure of a grid that the releases of these waves show, or did by then."""
    found: dict[Cell, list[frozenset[str]]] = {}
    for label in labels:
        for made in releases.every(session, label):
            if until is not None and made.made_at > until:
                continue
            for row in releases.rows_of(made):
                if row.level == GRID and row.estimate is not None:
                    cell = (row.unit, row.item, row.den)
                    found.setdefault(cell, []).append(frozenset(row.wave.split("+")))
    return found


def undone(session: Session, label: str, *, number: int) -> dict[str, str]:
    """Return the outcome of each complete that a release of a wave counts no more.

    Of a release that isn't made yet, those too that are confirmed and that none leaves out so far.
    """
    columns = select(UndoneComplete.unit, UndoneComplete.to_code)
    gone = UndoneComplete.number <= number
    last = select(func.max(CorrectedRelease.number)).where(CorrectedRelease.wave_label == label)
    if number > (session.scalar(last) or 1):
        gone = or_(gone, UndoneComplete.number.is_(None) & UndoneComplete.confirmed_at.is_not(None))
    mine = columns.where(UndoneComplete.wave_label == label, gone)
    return dict(session.execute(mine.order_by(UndoneComplete.unit)).all())


def _units(session: Session, label: str, *, number: int) -> dict[str, Unit]:
    gone = undone(session, label, number=number)
    columns = (
        select(SampledCase.unit, SampledCase.stratum, in_force.outcome())
        .where(SampledCase.wave_label == label)
        .order_by(SampledCase.unit)
    )
    given = bound_answers.read(session, waves.find(session, label))
    said = {unit: items.read(answers) for unit, answers in given.items()}
    dialled = select(Attempt.unit).join(SampledCase, SampledCase.unit == Attempt.unit)
    dialled = dialled.where(SampledCase.wave_label == label, Attempt.dialled_at.is_not(None))
    reached = set(session.scalars(dialled))
    told = {unit: categories.told(answers, reached=unit in reached) for unit, answers in given.items()}
    known = {
        unit: Unit(stratum, code or "not_attempted", said.get(unit, items.SILENT), told.get(unit, {}))
        for unit, stratum, code in session.execute(columns)
    }
    return known | {unit: Unit(known[unit].stratum, code, items.SILENT) for unit, code in gone.items()}


def _sizes(session: Session, label: str) -> dict[str, int]:
    rows = select(Stratum.stratum, Stratum.frame_size).where(Stratum.wave_label == label)
    return dict(sorted(session.execute(rows).all()))
