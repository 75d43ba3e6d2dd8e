"""One look at the field: counts that are kept, the seats' last rows, the appointments of the next hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.clock import day, local
from survey.fieldwork.queries import field_rules
from survey.fieldwork.queries.appointments import KeptRate
from survey.fieldwork.queries.board import coming, counts
from survey.fieldwork.queries.board import seats as seat_rows
from survey.fieldwork.queries.traits import WaitingLanguage
from survey.fieldwork.rules.board import alerts, clashes, counted, field_days, forecast, funnel, seat_work
from survey.fieldwork.rules.board.alerts import FieldAlert
from survey.fieldwork.rules.board.clashes import ComingAppointment
from survey.fieldwork.rules.board.counted import BAR, CountedCases
from survey.fieldwork.rules.board.field_rates import FieldRates, field_rates
from survey.fieldwork.rules.board.forecast import FieldForecast, FieldSoFar
from survey.fieldwork.rules.board.seat_states import SeatNow, seat_now
from survey.fieldwork.rules.board.seat_work import DialCount, SeatWork
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.fieldwork.rules.outlook import Wait, Waiting
from survey.fieldwork.rules.queue import FieldRules
from survey.models import OF_REGISTRY, Stratum, Wave
from survey.waves.rules import wave_rules
from survey.waves.rules.final_codes import FINAL

ENDS = frozenset(FINAL) - {"complete", "complete_other", *NOT_REACHED}
"""Codes of an attempt that end a case without an interview to its end."""
ENOUGH_HOURS = 2.0
"""Today says how much is dialled once so many of its hours are over."""


@dataclass(frozen=True, slots=True)
class QueueNow:
    """The cases: by state, those open now by class, what the others wait for; and when calls resume."""

    states: Mapping[str, int]
    ready: Mapping[int, int]
    waits: Mapping[Wait, Waiting]
    resumes: datetime | None
    is_over: bool
    languages: Sequence[WaitingLanguage]

    @property
    def open_now(self) -> int:
        """How many may be called now."""
        return sum(self.ready.values())


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """What was planned, and what comes of the field at its pace.

    Where `seats` are asked for it is as if so many worked from tomorrow on; `today` are those that did today.
    """

    plan: int
    ends: date | None
    forecast: FieldForecast | None
    seats: int | None
    today: int


@dataclass(frozen=True, slots=True)
class Board:
    """All that the supervisor's board shows of a wave at one moment: counts and times, never a household."""

    wave: str
    at: datetime
    seats: Sequence[SeatNow]
    today: Mapping[int, SeatWork]
    queue: QueueNow
    coming: Mapping[datetime, int]
    kept: KeptRate
    hours: Mapping[str, DialCount]
    attempts: Mapping[int, DialCount]
    outcomes: Mapping[str, int]
    rates: FieldRates
    plan: FieldPlan
    alerts: Sequence[FieldAlert]


def wave_of(session: Session) -> Wave | None:
    """Return the wave that is being called, or whose calls are over and that isn't closed yet."""
    in_field = select(Wave).where(Wave.state == "drawn").order_by(OF_REGISTRY.desc(), Wave.label)
    return session.scalar(in_field.limit(1))


def seats(session: Session, *, now: datetime) -> list[SeatNow]:
    """Return what every seat does now, by code."""
    return [seat_now(each, now=now) for each in seat_rows.marks(session)]


def board(session: Session, *, now: datetime, planned_seats: int | None = None) -> Board | None:
    """Return the look at the wave in the field; None where there is none.

    The forecast is for as many seats as today, or for `planned_seats` from tomorrow on.
    """
    wave = wave_of(session)
    if wave is None:
        return None
    rules, cases = field_rules.of(session, wave), counted.cases(counts.of(session, wave.label, "case"))
    here, speaks = seats(session, now=now), seat_rows.languages(session)
    languages = counts.of(session, wave.label, "language")
    queue = _queue(cases, rules=rules, languages=languages, here=here, speaks=speaks, now=now)
    outcomes = counts.of(session, wave.label, "outcome")
    nth = counts.of(session, wave.label, "nth")
    today = seat_work.by_seat(counts.of(session, wave.label, "day", within=day(now)))
    staff = planned_seats if today else None, len(today)
    planned = _plan(session, wave, rules=rules, outcomes=outcomes, nth=nth, staff=staff, now=now)
    wanted = coming.appointments(session, wave.label, now=now)
    return Board(
        wave.label,
        now,
        here,
        today,
        queue,
        clashes.by_half_hour(wanted),
        kept_rate(session, wave.label),
        seat_work.by_part(counts.of(session, wave.label, "hour", within=day(now)), after=len("YYYY-MM-DD ")),
        seat_work.by_attempt(nth),
        outcomes,
        field_rates(outcomes, still_open=sum(n for state, n in queue.states.items() if state != "closed")),
        planned,
        [
            *alerts.of_seats(here, now=now, open_cases=queue.open_now if rules.may_dial(now) else 0),
            *_clashing(wanted, here=here, speaks=speaks),
            *alerts.of_work(today, seats=here),
            *alerts.of_refusals(_refusals(session, wave.label), seats=here),
            *alerts.of_forecast(planned.forecast, ends=planned.ends, plan=planned.plan),
        ],
    )


def _refusals(session: Session, label: str) -> funnel.Funnel:
    """Return the seats' shares of refusals among the people they spoke with, over the whole field."""
    work = seat_work.by_seat(counts.of(session, label, "seat"))
    return funnel.funnel({seat: seat_work.measured(each, "refusal") for seat, each in work.items()})


def _queue(
    cases: Sequence[CountedCases],
    *,
    rules: FieldRules,
    languages: Mapping[str, int],
    here: Sequence[SeatNow],
    speaks: Mapping[int, Sequence[str]],
    now: datetime,
) -> QueueNow:
    able = Counter(language for each in here for language in speaks.get(each.account, ()))
    waiting = [WaitingLanguage(language, n, able[language]) for language, n in sorted(languages.items())]
    return QueueNow(
        counted.by_state(cases),
        counted.ready(cases, now),
        counted.waits(cases, now),
        None if rules.may_dial(now) else rules.next_call(now),
        rules.is_over(now),
        waiting,
    )


def _clashing(
    wanted: Sequence[ComingAppointment], *, here: Sequence[SeatNow], speaks: Mapping[int, Sequence[str]]
) -> list[FieldAlert]:
    """Who is at work takes appointments; before anybody is, everybody is taken to come."""
    able = [each for each in here if each.is_at_work] or here
    speakers = Counter(language for each in able for language in speaks.get(each.account, ()))
    found = clashes.clashes(wanted, seats=len(able), speakers=speakers)
    return alerts.of_clashes(found, codes={each.account: each.code for each in here})


def kept_rate(session: Session, label: str) -> KeptRate:
    """Return how many of a wave's appointments came due, and how many of them were kept."""
    kept = counts.of(session, label, "kept")
    return KeptRate(sum(kept.values()), kept.get("1", 0))


def _plan(
    session: Session,
    wave: Wave,
    *,
    rules: FieldRules,
    outcomes: Mapping[str, int],
    nth: Mapping[str, int],
    staff: tuple[int | None, int],
    now: datetime,
) -> FieldPlan:
    sealed = wave_rules.read(wave.rules)
    strata = session.scalar(select(func.count()).where(Stratum.wave_label == wave.label)) or 0
    ends = local(wave.field_ends_at - timedelta(microseconds=1)).date() if wave.field_ends_at else None
    ahead = field_days.ahead(now, rules=rules)
    dialled = seat_work.by_part(counts.of(session, wave.label, "date"))
    past = field_days.past(dialled, rules=rules, today=local(now).date())
    if ahead and not rules.is_over(now):
        so_far = field_days.today_so_far(dialled, ahead[0].day, rules=rules, left=ahead[0].hours)
        past = [*past, so_far] if so_far.hours >= ENOUGH_HOURS else past
    most = sealed.effort.attempts
    seats, here = staff
    if seats is not None:
        ahead = field_days.staffed(ahead, seats=seats, today=here)
    state = FieldSoFar(
        sum(n for code, n in outcomes.items() if FINAL[code].group == "I"),
        _by_attempts(counts.of(session, wave.label, "made"), most=most),
        forecast.tried(_codes_by_attempt(nth), ends=ENDS, most=most),
        past,
        ahead,
    )
    found = None if rules.is_over(now) else forecast.forecast(state, seed=crc32(wave.label.encode()))
    return FieldPlan(sealed.plan * strata, ends, found, seats, here)


def _by_attempts(made: Mapping[str, int], *, most: int) -> list[int]:
    found = [0] * most
    for attempts, n in made.items():
        found[min(int(attempts), most - 1)] += n
    return found


def _codes_by_attempt(nth: Mapping[str, int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    for key, n in nth.items():
        attempt, code = key.split(BAR)
        found.setdefault(int(attempt), Counter())[code] += n
    return found
