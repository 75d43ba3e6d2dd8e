"""Confirmed resolution of the city and its streets: who spoke, and of the silent those who were called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sampling.comparing.resolution import CalledStratum, Resolution, stratified
from sampling.comparing.standardise import CaseMix, case_mix
from sampling.errors import SamplingError
from survey.attribution.rules.inputs import PlaceName
from survey.attribution.rules.rows import PlaceRow
from survey.attribution.rules.sharing import UNCOVERED, SharedCase
from survey.campaigns.rules.standing import RowStanding
from survey.scores.rules.pipeline import CITY, STREET
from survey.scores.rules.suppression import FREE, ScoreCell, statuses

EVERYTHING = "all"
DIGITS = 4


def place_rows(cases: Sequence[SharedCase], *, names: Mapping[str, PlaceName]) -> list[PlaceRow]:
    """Return the row of the city, then those of its streets by code; few answers are hidden."""
    counted = [case for case in cases if is_due(case)]
    streets = by_street(counted)
    cells = [ScoreCell(EVERYTHING, None, _reached(counted))]
    cells += [ScoreCell(street, EVERYTHING, _reached(of)) for street, of in streets.items()]
    told, rates = statuses(cells), _city_rates(counted)
    rows = [_row(CITY, EVERYTHING, city_name(names), counted, told[EVERYTHING], rates={})]
    for street in sorted(streets):
        name = names[street].name if street in names else ""
        rows.append(_row(STREET, street, name, streets[street], told[street], rates=rates))
    return rows


def city_name(names: Mapping[str, PlaceName]) -> str:
    """Return the name of the city; empty where the areas have none."""
    return next((place.name for _code, place in sorted(names.items()) if place.level == CITY), "")


def is_due(case: SharedCase) -> bool:
    """Tell whether a rate is taken of a case too: not of an open one that nobody overran."""
    overdue = case.told.standing is RowStanding.OVERDUE
    return not overdue or case.is_unresolved


def by_street(cases: Iterable[SharedCase]) -> dict[str, list[SharedCase]]:
    """Return the cases of each street."""
    found: dict[str, list[SharedCase]] = {}
    for case in cases:
        found.setdefault(case.told.street, []).append(case)
    return found


def _reached(cases: Iterable[SharedCase]) -> int:
    return sum(case.called is not None for case in cases)


def _is_confirmed(case: SharedCase) -> bool:
    return case.known is not None and case.known.solved


def _row(
    level: str,
    area: str,
    name: str,
    cases: Sequence[SharedCase],
    status: str,
    *,
    rates: Mapping[str, float],
) -> PlaceRow:
    known = [case for case in cases if not case.is_silent]
    confirmed = sum(map(_is_confirmed, known))
    overdue = sum(case.told.standing is RowStanding.OVERDUE for case in known)
    silent = len(cases) - len(known)
    row = PlaceRow(
        level,
        area,
        name,
        due=len(cases),
        replied=len(known) - overdue,
        confirmed=confirmed,
        overdue=overdue,
        silent=silent,
        uncovered=sum(case.stratum == UNCOVERED for case in cases),
        status=status,
        repliers=_rounded(confirmed / (len(known) - overdue)) if len(known) > overdue else None,
        as_silence=_rounded((confirmed + silent) / len(cases)) if cases else None,
    )
    row = _with_mix(row, _mix(known, rates))
    found = _rate(cases, least=False) if status == FREE else None
    if found is None:
        return row
    bound = _rate(cases, least=True)
    return replace(
        row,
        reached=_reached(cases),
        rate=_rounded(found.value),
        low=_rounded(found.low),
        high=_rounded(found.high),
        least=None if bound is None else _rounded(bound.value),
    )


def _rate(cases: Sequence[SharedCase], *, least: bool) -> Resolution | None:
    """Return the rate by strata; None where silent cases are and none was called."""
    known = [case for case in cases if not case.is_silent]
    silent = Counter(case.stratum for case in cases if case.is_silent)
    called = Counter[str]()
    said = Counter[str]()
    for case in cases:
        one = case.least if least else case.called
        if one is not None:
            called[case.stratum] += 1
            said[case.stratum] += one.solved
    parts = [CalledStratum(n, 0, 0, called[name], said[name]) for name, n in sorted(silent.items())]
    if known:
        parts.insert(0, CalledStratum(len(known), len(known), sum(map(_is_confirmed, known)), 0, 0))
    try:
        return stratified(parts) if parts else None
    except SamplingError:
        return None


def _city_rates(cases: Iterable[SharedCase]) -> dict[str, float]:
    """The city's share of confirmed cases of each category, of those known without a call."""
    all_of, confirmed = Counter[str](), Counter[str]()
    for case in cases:
        if not case.is_silent:
            all_of[case.told.category] += 1
            confirmed[case.told.category] += _is_confirmed(case)
    return {category: confirmed[category] / n for category, n in all_of.items()}


def _mix(known: Sequence[SharedCase], rates: Mapping[str, float]) -> CaseMix | None:
    """How the confirmed compare with the city's share of the same kinds of case; None of the city."""
    if not rates or not known:
        return None
    all_of = Counter(case.told.category for case in known)
    confirmed = Counter(case.told.category for case in known if _is_confirmed(case))
    kinds = sorted(all_of)
    try:
        return case_mix([confirmed[k] for k in kinds], [all_of[k] for k in kinds], [rates[k] for k in kinds])
    except SamplingError:
        return None


def _with_mix(row: PlaceRow, mix: CaseMix | None) -> PlaceRow:
    if mix is None:
        return row
    return replace(
        row,
        expected=round(mix.expected, 1),
        mix=_rounded(mix.ratio),
        mix_low=_rounded(mix.low),
        mix_high=_rounded(mix.high),
    )


def _rounded(value: float) -> float:
    return round(value, DIGITS)
