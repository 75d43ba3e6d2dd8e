"""The fieldwork report of a wave, computed from its data files: whoever has them can compute it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any

from sampling.comparing.outcomes import rates
from survey.datafiles.rules.data_file import DataFile, Variable
from survey.datafiles.rules.order_effects import OrderEffect, effects
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED
from survey.fieldwork.rules.agreement import ITEMS, WaveAgreement, agreement_of
from survey.fieldwork.rules.call_backs import CheckedTalk, ItemPair

NAMES = ("RR1", "RR3", "COOP1", "REF1", "CON1")
LEAST = 10
"""No share is shown of fewer."""
VOIDED = 3
"""How the file of checks writes that an interview was voided."""
Row = Mapping[str, Any]
Rates = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of some households: counts by class, rates of counts and of design weights, and e.

    `rates` are None where fewer than ten were released.
    """

    place: str
    released: int
    classes: Mapping[str, int]
    rates: Rates | None
    weighted: Rates | None


@dataclass(frozen=True, slots=True)
class Silence:
    """How many were asked a question, and the shares of them that didn't know or refused."""

    item: str
    label: str
    asked: int
    unknown: float
    refused: float


@dataclass(frozen=True, slots=True)
class Hour:
    """Dials of one hour of the day, and the share of them that was answered by somebody."""

    hour: int
    dialled: int
    answered: float


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second person's call-backs told of the interviews: how they ended, how far the two agree.

    `doubted` interviews were disputed, `voided` ones count no more.
    """

    drawn: int
    verdicts: Mapping[str, int]
    agreement: WaveAgreement
    doubted: int
    voided: int


@dataclass(frozen=True, slots=True)
class FieldworkReport:
    """A wave's fieldwork: outcomes, effort, length, silence; shares from 0 to 1.

    `attempts` counts households by their counted attempts; `minutes` are the tenth, fifth and ninetieth
    percent of the completes' length, None of fewer than ten. `orders` says what asking first has done.
    """

    whole: Outcomes
    codes: Mapping[str, int]
    streets: Sequence[Outcomes]
    attempts: Mapping[int, int]
    hours: Sequence[Hour]
    dials: int
    minutes: tuple[float, float, float] | None
    silence: Sequence[Silence]
    modes: Mapping[str, int]
    verification: Verification | None
    orders: Sequence[OrderEffect]
    is_split: bool

    @property
    def dials_a_complete(self) -> float | None:
        """How many dials an interview took; None without one."""
        completes = self.whole.classes["I"]
        return self.dials / completes if completes else None


def report(files: Iterable[DataFile]) -> FieldworkReport:
    """Return the report of a wave's data files."""
    named = {file.name: file for file in files}
    cases, interviews = _rows(named["cases"]), _rows(named["interviews"])
    dials = _rows(named["dials"])
    return FieldworkReport(
        whole=_outcomes("", cases),
        codes=dict(Counter(row["outcome"] for row in cases).most_common()),
        streets=[_outcomes(street, held) for street, held in sorted(_by(cases, "street").items()) if street],
        attempts=dict(sorted(Counter(row["attempts"] for row in cases).items())),
        hours=_hours(dials),
        dials=len(dials),
        minutes=_minutes(row for row in interviews if row["status"] == "complete"),
        silence=_silence(named["interviews"].variables, interviews),
        modes=dict(Counter(row["mode"] for row in interviews)),
        verification=_verification(_rows(named["checks"])) if "checks" in named else None,
        orders=effects(interviews),
        is_split=any(row["order_overall"] for row in interviews),
    )


def _verification(rows: Sequence[Row]) -> Verification:
    return Verification(
        drawn=sum(row["reason"] is not None for row in rows),
        verdicts=Counter(row["verdict"] for row in rows if row["verdict"] is not None),
        agreement=agreement_of([_talk(row) for row in rows if row["held"] is not None]),
        doubted=sum(row["dispute"] > 0 for row in rows),
        voided=sum(row["dispute"] == VOIDED for row in rows),
    )


def _talk(row: Row) -> CheckedTalk:
    told = [(item, row[f"{item.lower()}_interview"], row[f"{item.lower()}_again"]) for item in ITEMS]
    return CheckedTalk(row["held"], [ItemPair(*each) for each in told if each[1] is not None])


def _rows(file: DataFile) -> list[Row]:
    names = [variable.name for variable in file.variables]
    return [dict(zip(names, row, strict=True)) for row in file.rows]


def _by(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def _outcomes(place: str, rows: Sequence[Row]) -> Outcomes:
    classes, weights = Counter(row["outcome_class"] for row in rows), Counter[str]()
    for row in rows:
        weights[row["outcome_class"]] += row["design_weight"]
    shown = len(rows) >= LEAST
    return Outcomes(
        place,
        len(rows),
        classes,
        _rates(classes) if shown else None,
        _rates(weights) if shown else None,
    )


def _rates(counts: Mapping[str, float]) -> Rates:
    found = rates(counts)
    return {name: None if (rate := found[name]) is None else float(rate) for name in (*NAMES, "e")}


def _hours(dials: Iterable[Row]) -> list[Hour]:
    found: dict[int, list[bool]] = {}
    for row in dials:
        found.setdefault(row["started_at"].hour, []).append(row["answered_at"] is not None)
    return [
        Hour(hour, len(each), sum(each) / len(each))
        for hour, each in sorted(found.items())
        if len(each) >= LEAST
    ]


def _minutes(completes: Iterable[Row]) -> tuple[float, float, float] | None:
    spans = [_span(row["started_at"], row["finished_at"]) for row in completes if row["finished_at"]]
    if len(spans) < LEAST:
        return None
    tenths = quantiles(spans, n=10, method="inclusive")
    return tenths[0], tenths[4], tenths[8]


def _span(began: datetime, finished: datetime) -> float:
    return (finished - began).total_seconds() / 60


def _silence(variables: Iterable[Variable], rows: Sequence[Row]) -> list[Silence]:
    found = []
    for variable in variables:
        asked = (
            [row[variable.name] for row in rows if row[variable.name] is not None] if variable.missing else []
        )
        if len(asked) >= LEAST:
            shares = (asked.count(DONT_KNOW) / len(asked), asked.count(REFUSED) / len(asked))
            found.append(Silence(variable.name, variable.label, len(asked), *shares))
    return found
