"""When a waiting case may be called next, and before which others it is offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huying.base.clock import local
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules import hours
from survey.waves.rules.effort import STANDARD, Effort
from survey.waves.rules.slots import ORDINARY as ORDINARY_DAYS
from survey.waves.rules.slots import WINDOWS, Calendar

PUNCTUAL = timedelta(minutes=10)
"""How near to its time an appointment goes before everything else."""
AHEAD = timedelta(minutes=25)
"""How long before a window begins its fits are drawn: between two, gaps last half an hour."""
PINNED = timedelta(minutes=5)
"""For how long after its time an appointment waits for the interviewer whom the household wants."""
NOW, APPOINTED, PARTIAL, ORDINARY = 0, 1, 2, 3
"""Classes of a waiting case: stored are 1 to 3; an appointment whose time it is counts as 0."""
NOT_PLACED, CLOSED = 0, 9
"""`fit` of a case that nobody placed yet, and of one that doesn't open in the current window."""
MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class FieldRules:
    """What decides when the cases of a wave may be called: sealed effort and hours, calendar, end, seed."""

    seed: str
    effort: Effort = STANDARD
    any_hour: bool = False
    ends: datetime | None = None
    calendar: Calendar = ORDINARY_DAYS
    last_stops: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def until(
        cls, ends: datetime | None, *, seed: str, effort: Effort, any_hour: bool, calendar: Calendar
    ) -> FieldRules:
        """Return the rules of a field that ends then."""
        stops = hours.last_stops(ends, calendar=calendar) if ends else {}
        return cls(seed, effort, any_hour, ends, calendar, stops)

    def left(self, at: datetime) -> frozenset[str]:
        """Return the windows that still have a slot from `at` to the field's end."""
        if self.ends is None:
            return frozenset(WINDOWS)
        return frozenset(name for name, stop in self.last_stops.items() if at < min(stop, self.ends))

    def is_over(self, at: datetime) -> bool:
        """Whether the field has ended at `at`."""
        return self.ends is not None and at >= self.ends

    def may_dial(self, at: datetime) -> bool:
        """Whether anybody may be called at `at`, by appointment too."""
        return not self.is_over(at) and (self.any_hour or hours.may_dial(at, calendar=self.calendar))

    def stamp(self, at: datetime) -> str | None:
        """Name the slot that `at` lies in, by day and window; None between windows, and at any hour."""
        window = None if self.any_hour else hours.window(at, calendar=self.calendar)
        return f"{local(at).date()} {window}" if window else None

    def drawn_for(self, at: datetime) -> datetime | None:
        """Return the moment for which fits are to be drawn at `at`; None while that has time.

        Within a slot it is `at`, shortly before one its beginning: a draw reads counts of the day before.
        """
        window, start = next(hours.openings(at, calendar=self.calendar), (None, at))
        soon = window is not None and not self.any_hour and start <= at + AHEAD
        return start if soon and not self.is_over(start) else None

    def next_call(self, after: datetime) -> datetime | None:
        """Return the first moment from `after` on at which anybody may be called; None within two months."""
        if self.any_hour:
            return None if self.is_over(after) else after
        found = hours.next_hours(after, calendar=self.calendar)
        return None if found is None or self.is_over(found) else found


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case that waits: its class, when it is due, when it went out, what it went through."""

    unit: str
    priority: int
    due: datetime
    released: datetime
    history: Sequence[policy.DialledAttempt] = ()


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """The moment from which a case may be called, the window that opens it, and the windows open to it then.

    Appointments, interviews to go on with and waves at any hour know no windows.
    """

    at: datetime
    window: str | None = None
    among: frozenset[str] = frozenset()


def opening(case: WaitingCase, *, rules: FieldRules, after: datetime | None = None) -> CaseOpening | None:
    """Return when the case opens next, not before `after`; None where no rule opens it any more."""
    if case.priority != ORDINARY:
        return _asked(case, rules=rules)
    start = max(case.due, after) if after else case.due
    if rules.any_hour:
        return next((CaseOpening(at) for at in _days(start) if _tries(case, at, rules=rules)), None)
    for window, at in hours.openings(start, calendar=rules.calendar):
        if rules.is_over(at):
            return None
        among = _among(case, at, rules=rules)
        if window in among and _tries(case, at, rules=rules):
            return CaseOpening(at, window, among)
    return None


def order(
    case_class: int, *, due: datetime, fit: int, attempts: int, rank: int
) -> tuple[int, float, int, int]:
    """Return what cases are compared by: the first difference decides, the least is offered first."""
    if case_class < ORDINARY:
        return (case_class, due.timestamp(), attempts, rank)
    return (case_class, float(fit), attempts, rank)


def class_at(priority: int, *, due: datetime, now: datetime) -> int:
    """Return the class that the clock makes of a stored one: an appointment counts as 0 around its time."""
    return NOW if priority == APPOINTED and abs(now - due) <= PUNCTUAL else priority


def _asked(case: WaitingCase, *, rules: FieldRules) -> CaseOpening | None:
    if not policy.may_try(case.history, at=case.due, asked=True, rules=rules.effort):
        return None
    if case.priority == APPOINTED:
        return CaseOpening(case.due - PUNCTUAL)
    at = rules.next_call(case.due)
    return CaseOpening(at) if at else None


def _among(case: WaitingCase, at: datetime, *, rules: FieldRules) -> frozenset[str]:
    left = rules.left(at)
    if case.history:
        return policy.open_windows(case.history, left=left, rules=rules.effort)
    first = policy.first_windows(rules.seed, unit=case.unit, released=case.released, now=at)
    return first & left or left


def _tries(case: WaitingCase, at: datetime, *, rules: FieldRules) -> bool:
    return policy.may_try(case.history, at=at, rules=rules.effort)


def _days(start: datetime) -> Iterator[datetime]:
    """Yield `start`, then the midnights after it: at any hour only the day decides."""
    yield start
    midnight = local(start).replace(hour=0, minute=0, second=0, microsecond=0)
    yield from (midnight + timedelta(days=day) for day in range(1, MOST_DAYS))
