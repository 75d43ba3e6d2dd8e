"""What a wave's scores are computed from: released units, sizes of strata, and the areas of the report."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import bound_answers
from survey.models import (
    OF_REGISTRY,
    AnswerCommitment,
    Attempt,
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
from survey.scores.queries.report_areas import report_areas
from survey.scores.rules import categories, estimation, items
from survey.scores.rules.areas import ReportArea
from survey.scores.rules.columns import Margin
from survey.scores.rules.estimation import Unit, response_rate
from survey.scores.rules.pipeline import GRID
from survey.scores.rules.release import Facts
from survey.scores.rules.waves_pooled import MOST, Cell, WaveAnswers, tag
from survey.waves.queries import in_force, sealed, terms, waves

PHONE = "phone"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """Released units by their codes, households of each stratum's frame, and the areas of the report.

    `complaints` are the cases of each grid that the deposits of a year tell of, if there are any.
    `table` holds the margins from outside that the wave sealed.
    `former` are the inputs of waves before that a grid's score pools, the last one last. `number` is the
    release of which they are the inputs.
    """

    label: str
    units: Mapping[str, Unit]
    sizes: Mapping[str, int]
    areas: Sequence[ReportArea]
    facts: Facts
    complaints: Mapping[str, int]
    former: Sequence[ScoreInputs] = ()
    table: CityMargins | None = None
    number: int = 1

    @property
    def answers(self) -> WaveAnswers:
        """The wave as figures are made of it."""
        return WaveAnswers(
            self.tag, list(self.units.values()), self.sizes, self.areas, self.complaints, self.margins
        )

    @property
    def tag(self) -> str:
        """How rows name the wave, and its release where that isn't the first."""
        return tag(self.label, self.number)

    @property
    def read(self) -> dict[str, int]:
        """Which release of each wave before was read."""
        return {wave.label: wave.number for wave in self.former}

    @property
    def margins(self) -> Sequence[Margin]:
        """The city's margins that the wave sealed."""
        return categories.margins(self.table)

    @property
    def used(self) -> dict[str, object]:
        """What the release says of the margins: which table, which of them weigh, who has no telephone."""
        if self.table is None:
            return {}
        said = {"source": self.table.source, "day": self.table.day.isoformat(), "sha256": self.table.sha256}
        return {**said, "met": list(self.facts.met), "without_phone": round(self.table.without_phone, 3)}

    @property
    def response_rates(self) -> dict[str, float]:
        """RR1 of each wave, as finely as it is published."""
        every = [*self.former, self]
        outcomes = {wave.label: Counter(unit.code for unit in wave.units.values()) for wave in every}
        return {label: round(response_rate(codes) or 0.0, 3) for label, codes in outcomes.items()}

    @property
    def digest(self) -> str:
        """Digest of everything that the figures are computed from."""
        inputs = {
            "units": [[unit, one.stratum, one.code, one.said] for unit, one in sorted(self.units.items())],
            "sizes": self.sizes,
            "facts": {"early": self.facts.early, "margins": self.facts.margins},
            # The key is part of the digest of every release there is.
            "places": [[area.level, area.code, area.parent, sorted(area.strata)] for area in self.areas],
        }
        if self.complaints:
            inputs["complaints"] = self.complaints
        if self.table:
            inputs["margins"] = self.table.sha256
            inputs["told"] = {unit: dict(one.told) for unit, one in self.units.items() if one.told}
        if self.former:
            inputs["former"] = [[wave.label, wave.digest] for wave in self.former]
        return sha256(text(inputs).encode()).hexdigest()


def text(body: object) -> str:
    """Return what is digested and kept, as canonical JSON."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


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
    own = of_wave(session, label, number=number)
    uncorrected = frozenset(each.tag for each in former if not each.facts.margins)
    return replace(own, former=former, facts=replace(own.facts, uncorrected=uncorrected))


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
    return replace(found, facts=_with_margins(found))


def margins_of(wave: Wave) -> CityMargins | None:
    """Return the margins that a wave sealed; None where it sealed none."""
    return of_sealed(terms.read(wave.terms.encode()).get("margins")) if wave.terms else None


def _with_margins(inputs: ScoreInputs) -> Facts:
    """What came of the margins: whether any weigh, and whether those without a telephone are missing."""
    if not inputs.margins:
        return inputs.facts
    units = inputs.units.values()
    met = estimation.met(units, sizes=inputs.sizes, areas=inputs.areas, margins=inputs.margins)
    return replace(inputs.facts, margins=bool(met), met=met, phoneless=PHONE not in met)


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
    session: Session, labels: Sequence[str], *, until: datetime
) -> dict[Cell, list[frozenset[str]]]:
    """Return the waves of every figure of a grid that the releases of these waves, made `until`, show."""
    found: dict[Cell, list[frozenset[str]]] = {}
    for label in labels:
        for made in releases.every(session, label):
            if made.made_at > until:
                continue
            for row in releases.rows_of(made):
                if row.level == GRID and row.estimate is not None:
                    cell = (row.unit, row.item, row.den)
                    found.setdefault(cell, []).append(frozenset(row.wave.split("+")))
    return found


def undone(session: Session, label: str, *, number: int) -> dict[str, str]:
    """Return the outcome of each complete that a release of a wave counts no more."""
    columns = select(UndoneComplete.unit, UndoneComplete.to_code)
    mine = columns.where(UndoneComplete.wave_label == label, UndoneComplete.number <= number)
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
