"""Where waiting cases stand in the queue: when each opens, and how the window that opens it suits it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules import fit
from survey.fieldwork.rules.fit import Season, WindowDraw
from survey.fieldwork.rules.queue import CLOSED, ORDINARY, CaseOpening, FieldRules, WaitingCase, opening

FIRST = 1


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """A case's place: from when on it may be called, its window's rank and drawn value."""

    unit: str
    opens_at: datetime | None
    fit: int
    theta: int | None = None


def placed(
    cases: Iterable[WaitingCase],
    *,
    rules: FieldRules,
    stamp: str | None,
    season: Season | None,
    after: datetime | None = None,
) -> list[QueuePlace]:
    """Return the places of some cases while the fits stand as `stamp` says, opening not before `after`."""
    known: dict[object, CaseOpening | None] = {}
    found: list[tuple[WaitingCase, CaseOpening | None]] = []
    for case in cases:
        key = _alike(case, after=after, rules=rules)
        if key not in known:
            known[key] = opening(case, rules=rules, after=after)
        found.append((case, known[key]))
    drawn = [pair for pair in found if season and pair[1] and _is_now(pair[1], rules=rules, stamp=stamp)]
    values = _values([(case, opens.among) for case, opens in drawn if opens], season=season)
    return [_place(case, opens, values.get(case.unit)) for case, opens in found]


def _alike(case: WaitingCase, *, after: datetime | None, rules: FieldRules) -> object:
    """What decides a case's opening: many have gone through the same."""
    start = max(case.due, after) if after else case.due
    if not case.history and case.priority == ORDINARY and not rules.any_hour:
        # Of the lot alone depends which half of the windows a new case begins in.
        first = policy.first_windows(rules.seed, unit=case.unit, released=case.released, now=case.released)
        return (first, case.released, start)
    return (case.priority, start, *((each.code, each.window, each.day) for each in case.history))


def _is_now(opens: CaseOpening, *, rules: FieldRules, stamp: str | None) -> bool:
    return opens.window is not None and rules.stamp(opens.at) == stamp


def _values(
    cases: Sequence[tuple[WaitingCase, frozenset[str]]], *, season: Season | None
) -> Mapping[str, Mapping[str, int]]:
    """Return the drawn value of each of a case's windows; all are drawn at once."""
    if season is None:
        return {}
    draws: list[WindowDraw] = []
    for case, among in cases:
        draws += season.draws(case.unit, case.history, among=among)
    values = iter(fit.thetas(draws))
    return {case.unit: {window: next(values) for window in sorted(among)} for case, among in cases}


def _place(case: WaitingCase, opens: CaseOpening | None, values: Mapping[str, int] | None) -> QueuePlace:
    if opens is None:
        return QueuePlace(case.unit, None, CLOSED)
    if case.priority != ORDINARY or opens.window is None:
        return QueuePlace(case.unit, opens.at, FIRST)
    if values is None:
        return QueuePlace(case.unit, opens.at, CLOSED)
    rank = fit.fit(opens.window, values=values)
    return QueuePlace(case.unit, opens.at, rank, values[opens.window])
