"""Each worker's own: of which cases, with which score, and what is set aside by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sampling.comparing.attribution import overrun
from sampling.comparing.composite import composed
from survey.attribution.rules import remit
from survey.attribution.rules.custody import WORKER, CustodyScope
from survey.attribution.rules.inputs import AttributionInputs, HeldPost, ToldCase
from survey.attribution.rules.parts import of_counts, of_released, of_share
from survey.attribution.rules.rows import AsideRow, CheckRow, HolderRow, WorkerScoreRow
from survey.attribution.rules.sharing import UNKNOWN, SharedCase
from survey.scores.rules.pipeline import GRID

NEARLY = 0.9
"""The share of a time for which somebody has to have held a grid, to answer for what happened in it."""
INSTANT = timedelta(seconds=1)
ELSEWHERE, TWO_WORKERS, VACANT, NOT_DUE, UNDECLARED = (
    "elsewhere",
    "two_workers",
    "vacant",
    "not_due",
    "undeclared",
)
"""Why a case isn't held against a worker."""
NO_SATISFACTION, CHANGED_HANDS = "no_satisfaction", "changed_hands"
"""Why a worker has no score."""


@dataclass(frozen=True, slots=True)
class WorkerCases:
    """A worker of a grid: the cases that were theirs alone, and whether the grid nearly always was."""

    grid: str
    staff: str
    cases: Sequence[SharedCase]
    is_alone: bool


def of_workers(cases: Iterable[SharedCase], inputs: AttributionInputs) -> list[WorkerCases]:
    """Return the workers who held a grid in the period, by grid and staff code."""
    period, posts = inputs.period, _by_grid(inputs.posts)
    kept: dict[tuple[str, str], list[SharedCase]] = {}
    mostly: set[tuple[str, str]] = set()
    for grid, held in posts.items():
        there = _times(held, period.start, period.stop)
        kept |= {(grid, staff): [] for staff in there}
        mostly |= {(grid, staff) for staff in _main(there)}
    for case in cases:
        if staff := holder_of(case.told, posts):
            kept.setdefault((case.told.grid, staff), []).append(case)
    return [WorkerCases(*key, of, is_alone=key in mostly) for key, of in sorted(kept.items())]


def scope_of(worker: WorkerCases, inputs: AttributionInputs) -> CustodyScope:
    """Return a worker's cases as a place whose holder is told."""
    name = inputs.places[worker.grid].name if worker.grid in inputs.places else ""
    return CustodyScope(GRID, worker.grid, name, worker.cases, worker.staff)


def holder_of(case: ToldCase, posts: Mapping[str, Sequence[HeldPost]]) -> str:
    """Return the worker who held a case's grid for nearly all of its time; empty where nobody did."""
    end = max(case.until, case.opened + INSTANT)
    return next(iter(_main(_times(posts.get(case.grid, ()), case.opened, end))), "")


def _times(posts: Iterable[HeldPost], start: datetime, end: datetime) -> dict[str, timedelta]:
    """How long each worker held a grid within a time, those who did."""
    found: dict[str, timedelta] = {}
    for post in posts:
        if held := post.within(start, end):
            found[post.staff] = found.get(post.staff, timedelta()) + held
    return found


def _main(times: Mapping[str, timedelta]) -> list[str]:
    """The one who held it for nearly all of the time that anybody did: a night's cover changes nothing."""
    whole = sum(times.values(), timedelta())
    return [staff for staff, held in times.items() if held >= NEARLY * whole]


def _by_grid(posts: Iterable[HeldPost]) -> dict[str, list[HeldPost]]:
    found: dict[str, list[HeldPost]] = {}
    for post in posts:
        found.setdefault(post.grid, []).append(post)
    return found


def asides(cases: Iterable[SharedCase], inputs: AttributionInputs) -> list[AsideRow]:
    """Return the cases that a worker had and that aren't held against them, by code; none that was called."""
    posts = _by_grid(inputs.posts)
    found = (_aside(case, holder_of(case.told, posts), posts) for case in cases)
    return sorted((row for row in found if row is not None), key=lambda row: row.code)


def _aside(case: SharedCase, staff: str, posts: Mapping[str, Sequence[HeldPost]]) -> AsideRow | None:
    told, blame = case.told, case.blame
    if case.is_silent or case.known is None or case.known.solved or WORKER not in {*told.hours, *blame}:
        return None
    if not blame:
        return AsideRow(told.code, told.grid, staff, NOT_DUE, "", 0.0)
    if UNKNOWN in blame:
        return AsideRow(told.code, told.grid, staff, UNDECLARED, UNKNOWN, 0.0)
    if WORKER in blame:
        why = TWO_WORKERS if _times(posts.get(told.grid, ()), told.opened, told.until) else VACANT
        return None if staff else AsideRow(told.code, told.grid, "", why, "", 0.0)
    over = overrun(told.hours, told.allowed)
    most = max(sorted(blame), key=lambda holder: blame[holder])
    return AsideRow(told.code, told.grid, staff, ELSEWHERE, most, round(over.get(most, 0.0), 1))


def score(
    worker: WorkerCases, row: HolderRow | None, called: CheckRow | None, inputs: AttributionInputs
) -> WorkerScoreRow:
    """Return a worker's composite, or why there is none; `called` are the test calls of their grid."""
    name = inputs.places[worker.grid].name if worker.grid in inputs.places else ""
    who = worker.grid, remit.street_of(worker.grid, inputs.places), name, worker.staff
    satisfaction = inputs.conduct.get(worker.grid)
    refused = "" if worker.is_alone else CHANGED_HANDS
    refused = refused or ("" if satisfaction else NO_SATISFACTION)
    parts = {
        "satisfaction": of_released(satisfaction),
        "confirmed_resolution": of_share(row.rate, row.low, row.high) if row else None,
        "timeliness": of_counts(row.in_time, row.held) if row else None,
        "reachability": of_share(called.share, called.low, called.high) if called else None,
    }
    missing = tuple(sorted(name for name, part in parts.items() if part is None))
    if refused:
        return WorkerScoreRow(*who, None, None, {}, missing, refused)
    made = composed(parts, weights=inputs.weights)
    brought = {part: round(value, 2) for part, value in made.contributions.items()}
    value, se = made.value or 0.0, made.se or 0.0
    return WorkerScoreRow(*who, round(value, 2), round(se, 2), brought, missing, "")
