"""What a release is computed from, as plain values: rows without a name, sizes of strata, areas, margins."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from survey.registry.rules.margins import CityMargins
from survey.scores.rules import categories, estimation
from survey.scores.rules.areas import ReportArea
from survey.scores.rules.columns import Margin
from survey.scores.rules.estimation import Unit, response_rate
from survey.scores.rules.release import Facts
from survey.scores.rules.waves_pooled import WaveAnswers, tag

PHONE = "phone"


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
        return WaveAnswers(self.tag, self.rows, self.sizes, self.areas, self.complaints, self.margins)

    @property
    def rows(self) -> list[Unit]:
        """The units in an order that hangs on nothing but what they say: a sum's last bits hang on it."""
        return sorted(self.units.values(), key=_said)

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


def _said(unit: Unit) -> tuple[object, ...]:
    return unit.stratum, unit.code, *unit.said.values(), *sorted(unit.told.items())


def pooling(own: ScoreInputs, former: Sequence[ScoreInputs]) -> ScoreInputs:
    """Return the inputs of a wave with those of the waves before that its grids' scores pool."""
    uncorrected = frozenset(each.tag for each in former if not each.facts.margins)
    return replace(own, former=former, facts=replace(own.facts, uncorrected=uncorrected))


def with_margins(inputs: ScoreInputs) -> ScoreInputs:
    """Return inputs that know what came of their margins: which weigh, whether too few lack a telephone."""
    if not inputs.margins:
        return inputs
    met = estimation.met(inputs.rows, sizes=inputs.sizes, areas=inputs.areas, margins=inputs.margins)
    return replace(
        inputs, facts=replace(inputs.facts, margins=bool(met), met=met, phoneless=PHONE not in met)
    )


def text(body: object) -> str:
    """Return what is digested and kept, as canonical JSON."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
