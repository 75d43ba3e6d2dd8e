"""A period's release, made of its inputs: every table whole, in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from survey.attribution.rules import checks, custody, departments, places, remit, sharing, workers
from survey.attribution.rules.inputs import AttributionInputs
from survey.attribution.rules.rows import (
    AsideRow,
    CheckRow,
    DepartmentScoreRow,
    HolderRow,
    PlaceRow,
    StaffItemsRow,
    Totals,
    WorkerScoreRow,
)
from survey.attribution.rules.sharing import SharedCase
from survey.scores.rules.pipeline import GRID

FORMAT = "huying-attribution/v1"
CLOCK = "calendar"
"""Hours of nights and days off count as others do: one clock for everybody."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose hours a period's were: what it was computed from, and the tables."""

    period: str
    deposits: Sequence[tuple[str, str]]
    campaigns: Mapping[str, str]
    wave: tuple[str, str] | None
    weights: Mapping[str, float]
    totals: Totals
    places: Sequence[PlaceRow]
    holders: Sequence[HolderRow]
    scores: Sequence[WorkerScoreRow]
    department_scores: Sequence[DepartmentScoreRow]
    visits: Sequence[CheckRow]
    test_calls: Sequence[CheckRow]
    asides: Sequence[AsideRow]
    staff_items: Sequence[StaffItemsRow]


def attribution(inputs: AttributionInputs) -> Attribution:
    """Return the release of a period's inputs; the same inputs give the same release."""
    cases = sharing.shared(inputs.cases, inputs.asked)
    due = places.place_rows(cases, names=inputs.places)
    leads = remit.leads(inputs.remit)
    shown = {row.area: row.status for row in due}
    places_told = list(custody.scopes(cases, inputs, shown=shown))
    holders = [row for scope in places_told for row in custody.holder_rows(scope, inputs, leads=leads)]
    test_calls = checks.call_rows(inputs)
    own, scores = _workers(cases, inputs, test_calls=test_calls, leads=leads)
    return Attribution(
        inputs.period.name,
        inputs.deposits,
        inputs.campaigns,
        inputs.wave,
        inputs.weights,
        custody.totals(cases, by_receipt=sum(case.by_receipt for case in inputs.cases)),
        due,
        [*holders, *own],
        scores,
        [departments.score(scope, inputs) for scope in places_told],
        checks.visit_rows(inputs),
        test_calls,
        workers.asides(cases, inputs),
        _staff_items(inputs),
    )


def _workers(
    cases: Sequence[SharedCase],
    inputs: AttributionInputs,
    *,
    test_calls: Sequence[CheckRow],
    leads: remit.Leads,
) -> tuple[list[HolderRow], list[WorkerScoreRow]]:
    called = {row.area: row for row in test_calls if row.level == GRID}
    own: list[HolderRow] = []
    scores: list[WorkerScoreRow] = []
    for worker in workers.of_workers(cases, inputs):
        rows = custody.holder_rows(workers.scope_of(worker, inputs), inputs, leads=leads)
        own += rows
        row = rows[0] if rows else None
        scores.append(workers.score(worker, row, called.get(worker.grid), inputs))
    return own, scores


def _staff_items(inputs: AttributionInputs) -> list[StaffItemsRow]:
    kept: dict[str, list[bool]] = {}
    for case in inputs.cases:
        if case.is_staffs:
            kept.setdefault(case.grid, []).append(case.state in OVER)
    names = inputs.places
    return [
        StaffItemsRow(grid, names[grid].name if grid in names else "", len(of), sum(of))
        for grid, of in sorted(kept.items())
    ]


OVER = frozenset({"confirmed", "unconfirmed", "ended"})


def body_of(found: Attribution) -> dict[str, Any]:
    """Return a release as what is frozen."""
    return {"format": FORMAT, "clock": CLOCK, **asdict(found)}


def read(body: Mapping[str, Any]) -> Attribution:
    """Return what was frozen as a release again."""
    wave = body["wave"]
    return Attribution(
        body["period"],
        [(period, digest) for period, digest in body["deposits"]],
        body["campaigns"],
        None if wave is None else (wave[0], wave[1]),
        body["weights"],
        Totals(**body["totals"]),
        [PlaceRow(**row) for row in body["places"]],
        [HolderRow(**row) for row in body["holders"]],
        [WorkerScoreRow(**{**row, "missing": tuple(row["missing"])}) for row in body["scores"]],
        [
            DepartmentScoreRow(**{**row, "missing": tuple(row["missing"])})
            for row in body["department_scores"]
        ],
        [CheckRow(**row) for row in body["visits"]],
        [CheckRow(**row) for row in body["test_calls"]],
        [AsideRow(**row) for row in body["asides"]],
        [StaffItemsRow(**row) for row in body["staff_items"]],
    )
