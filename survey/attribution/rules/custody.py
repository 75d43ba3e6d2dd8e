"""Each holder's part: of the city, of each street, and the worker's of each grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from sampling.comparing.attribution import CustodyCase, HolderRate, answerable, holder_rates, unresolved
from survey.attribution.rules import remit
from survey.attribution.rules.inputs import AttributionInputs
from survey.attribution.rules.places import DIGITS, EVERYTHING, by_street, city_name
from survey.attribution.rules.rows import HolderRow, Totals
from survey.attribution.rules.sharing import UNKNOWN, SharedCase, silent_by_stratum
from survey.scores.rules.pipeline import CITY, GRID, STREET
from survey.scores.rules.suppression import FREE, LEAST

WORKER = "worker"
DEPARTMENT = "dept:"


@dataclass(frozen=True, slots=True)
class CustodyScope:
    """A place whose holders are told: its level, code and name, its cases, who works there.

    `tells_calls` where what was said on the telephone may be told of the place.
    """

    level: str
    area: str
    name: str
    cases: Sequence[SharedCase]
    staff: str = ""
    tells_calls: bool = False


def holder_rows(scope: CustodyScope, inputs: AttributionInputs, *, leads: remit.Leads) -> list[HolderRow]:
    """Return a row for each holder of a place's cases, by name; of a grid the worker's alone."""
    known = holder_rates([case.known for case in scope.cases if case.known is not None])
    called = _with_called(scope.cases, least=False) if scope.tells_calls else {}
    least = _with_called(scope.cases, least=True) if called else {}
    holders = {holder for case in scope.cases for holder in case.told.hours if answerable(holder)}
    holders |= known.keys()
    return [
        _with_calls(_row(scope, each, known.get(each), inputs, leads), called.get(each), least.get(each))
        for each in sorted(holders)
        if scope.level != GRID or each == WORKER
    ]


def scopes(
    cases: Sequence[SharedCase], inputs: AttributionInputs, *, shown: Mapping[str, str]
) -> Iterator[CustodyScope]:
    """Yield the city and its streets, by code; `shown` is the status of each place's rate."""
    names = inputs.places
    free = {area for area, status in shown.items() if status == FREE}
    yield CustodyScope(CITY, EVERYTHING, city_name(names), cases, tells_calls=EVERYTHING in free)
    for street, of in sorted(by_street(cases).items()):
        name = names[street].name if street in names else ""
        yield CustodyScope(STREET, street, name, of, tells_calls=street in free)


def totals(cases: Sequence[SharedCase], *, by_receipt: int) -> Totals:
    """Return what must agree: as many unresolved cases as there is blame."""
    known = holder_rates([case.known for case in cases if case.known is not None])
    both, silent = _counted(cases, least=False), silent_by_stratum(cases)
    with_called: tuple[float | None, float | None] = None, None
    if sum(bool(each.called) for each in both) >= LEAST:
        whole = holder_rates(both, silent=silent)
        with_called = round(unresolved(both, silent=silent), DIGITS), _sum(whole)
    return Totals(sum(case.is_unresolved for case in cases), _sum(known), *with_called, by_receipt)


def _sum(rates: Mapping[str, HolderRate]) -> float:
    return round(fsum(rate.blame for rate in rates.values()), DIGITS)


def _counted(cases: Iterable[SharedCase], *, least: bool) -> list[CustodyCase]:
    found = (case.known or (case.least if least else case.called) for case in cases)
    return [case for case in found if case is not None]


def _with_called(cases: Sequence[SharedCase], *, least: bool) -> dict[str, HolderRate]:
    """The rates with those who were called; nothing where fewer than ten were."""
    counted = _counted(cases, least=least)
    if sum(bool(case.called) for case in counted) < LEAST:
        return {}
    return holder_rates(counted, silent=silent_by_stratum(cases))


def _row(
    scope: CustodyScope,
    holder: str,
    rate: HolderRate | None,
    inputs: AttributionInputs,
    leads: remit.Leads,
) -> HolderRow:
    had = [case for case in scope.cases if case.told.hours.get(holder)]
    over = [max(0.0, case.told.hours[holder] - case.told.allowed[holder]) for case in had]
    sounded = [
        each for case in scope.cases for each in case.told.whistles if f"dept:{each.department}" == holder
    ]
    row = HolderRow(
        scope.level,
        scope.area,
        scope.name,
        holder,
        scope.staff,
        confirmed=int(rate.confirmed) if rate else 0,
        blame=_rounded(rate.blame) if rate else 0.0,
        closed_falsely=rate.closed_falsely if rate else 0,
        rate=None,
        low=None,
        high=None,
        on_worker=_on_worker(scope.cases) if holder == WORKER else None,
        hours=round(fsum(case.told.hours[holder] for case in had), 1),
        over=round(fsum(over), 1),
        held=len(had),
        in_time=sum(not each for each in over),
        whistles=len(sounded),
        whistles_in_time=sum(each.answered is not None and each.answered <= each.due for each in sounded),
        imposed=_imposed(had, inputs, leads) if holder == WORKER else 0.0,
        returned=round(fsum(case.told.returned.get(holder, 0.0) for case in scope.cases), 1),
    )
    if rate is None or rate.value is None or rate.low is None or rate.high is None or holder == UNKNOWN:
        return row
    return replace(row, rate=_rounded(rate.value), low=_rounded(rate.low), high=_rounded(rate.high))


def _with_calls(row: HolderRow, called: HolderRate | None, least: HolderRate | None) -> HolderRow:
    """Tell the rate with those who were called, where ten of the holder's cases or more were."""
    if called is None or called.called < LEAST:
        return row
    if called.value is None or called.low is None or called.high is None:
        return row
    bound = None if least is None or least.value is None else _rounded(least.value)
    low, high = _rounded(called.low), _rounded(called.high)
    return replace(row, called_rate=_rounded(called.value), called_low=low, called_high=high, least=bound)


def _on_worker(cases: Sequence[SharedCase]) -> float | None:
    """The rate that a worker would have with every unresolved case on them, as if nobody else had hours."""
    solved = sum(case.known is not None and case.known.solved for case in cases)
    unsolved = sum(case.is_unresolved for case in cases)
    return _rounded(solved / (solved + unsolved)) if solved + unsolved else None


def _imposed(cases: Iterable[SharedCase], inputs: AttributionInputs, leads: remit.Leads) -> float:
    """A worker's hours in cases that, by the remit when they were opened, are a department's."""
    told = (case.told for case in cases)
    hours = (
        each.hours[WORKER]
        for each in told
        if remit.is_departments(each.category, each.grid, at=each.opened, rows=leads, places=inputs.places)
    )
    return round(fsum(hours), 1)


def _rounded(value: float) -> float:
    return round(value, DIGITS)
