"""How hard a household is tried: what counts as an attempt, when the next is due, when it is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from huying.base.clock import local
from huying.base.errors import Refused
from huying.base.i18n import _
from survey.drawing.work import OUTSIDE, SealedEffort
from survey.fieldwork.rules.hours import may_dial, next_slot
from survey.registry.rules.number_states import FREE_OF_EFFORT
from survey.waves.rules.effort import STANDARD, Effort
from survey.waves.rules.slots import ORDINARY, WINDOWS, Calendar

TEMPORARY = frozenset(
    {
        "busy",
        "no_answer",
        "machine",
        "blocked",
        "technical_ours",
        "cancelled_by_us",
        "callback_respondent",
        "callback_other",
        "appointment_respondent",
        "appointment_other",
        "soft_refusal",
        "language_callback",
        "to_supervisor",
        "number_suspect",
        "suspended_partial",
        "machine_household",
        "machine_unclear",
        "cut_off",
        "to_confirm",
    }
)
APPOINTED = frozenset({"appointment_respondent", "appointment_other"})

SOON = timedelta(minutes=10)
BUSY = timedelta(minutes=15)
HOURS = timedelta(hours=4)
DAY = timedelta(hours=24)
COOLING = timedelta(days=5)
DOUBTED = "to_confirm"
"""How an attempt ends in which somebody said, for the first time, that the household isn't eligible."""
SECOND_LOOKS = 2
"""So often, beyond the number, somebody else calls a household that may not be eligible."""
WAITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "technical_ours": SOON,
        "cancelled_by_us": SOON,
        "machine": DAY,
        "machine_household": DAY,
        "machine_unclear": DAY,
        "cut_off": DAY,
        "blocked": DAY,
        "callback_respondent": DAY,
        "callback_other": DAY,
        "language_callback": DAY,
        "suspended_partial": DAY,
        "soft_refusal": COOLING,
    }
)


class ContactResult(StrEnum):
    """What an attempt told about who is there, least to most; a greeting is a machine that names them."""

    NOBODY = "nobody"
    SOMEBODY = "somebody"
    GREETING = "greeting"
    HOUSEHOLD = "household"
    PERSON = "person"


CONFIRMING = frozenset({ContactResult.GREETING, ContactResult.HOUSEHOLD, ContactResult.PERSON})


@dataclass(frozen=True, slots=True)
class DialledAttempt:
    """One attempt as logged. `code` is None while it is open, or where its lease ran out.

    `window` is the calling window in which it began, None outside of any; `asked` marks an appointment
    or resumption that the respondent wished for; `back` that the household rang us.
    """

    started: datetime
    code: str | None = None
    window: str | None = None
    contact: ContactResult = ContactResult.NOBODY
    asked: bool = False
    back: bool = False

    @property
    def day(self) -> date:
        """The civil day of the attempt."""
        return local(self.started).date()


def counted(attempts: Iterable[DialledAttempt]) -> tuple[DialledAttempt, ...]:
    """Return the attempts that count: a busy line once a day, our own faults never, open ones never."""
    found: list[DialledAttempt] = []
    busy_days: set[date] = set()
    for attempt in sorted(attempts, key=lambda attempt: attempt.started):
        if attempt.code is None or attempt.code in FREE_OF_EFFORT or attempt.back:
            continue
        if attempt.code == "busy" and attempt.day in busy_days:
            continue
        if attempt.code == "busy":
            busy_days.add(attempt.day)
        found.append(attempt)
    return tuple(found)


def effort_met(attempts: Iterable[DialledAttempt], *, rules: Effort = STANDARD) -> bool:
    """Whether a household that was never reached has been tried as hard as the rules ask.

    It is counted as the ledger counts at the close: calls of one day in one window are one.
    """
    sealed = SealedEffort(rules.attempts, rules.windows, frozenset(), rules.days)
    return sealed.met({(attempt.day.isoformat(), attempt.window or OUTSIDE) for attempt in counted(attempts)})


def may_try(
    attempts: Sequence[DialledAttempt], *, at: datetime, asked: bool = False, rules: Effort = STANDARD
) -> bool:
    """Whether one more attempt at `at` is allowed.

    Beyond the rules' number only wishes of the respondent (`asked`) are followed, a few; and no attempt
    may use up so many on too few days that the required days come out of reach.
    """
    done = counted(attempts)
    looks = second_looks(attempts)
    if looks is not None:
        return looks < SECOND_LOOKS
    if asked:
        return len(done) < rules.attempts + rules.asked_extra
    if effort_met(done, rules=rules):
        return False
    days = {attempt.day for attempt in done} | {local(at).date()}
    return len(days) + max(0, rules.attempts - len(done) - 1) >= rules.days


def second_looks(attempts: Iterable[DialledAttempt]) -> int | None:
    """Return how often a household was called since somebody said that it isn't eligible; None: nobody does.

    Once the respondent spoke, nobody says so any more.
    """
    looks: int | None = None
    for attempt in sorted(attempts, key=lambda attempt: attempt.started):
        if attempt.code == DOUBTED:
            looks = 0
        elif attempt.contact == ContactResult.PERSON:
            looks = None
        elif looks is not None:
            looks += len(counted([attempt]))
    return looks


def open_windows(
    attempts: Iterable[DialledAttempt], *, left: Iterable[str] = WINDOWS, rules: Effort = STANDARD
) -> frozenset[str]:
    """Return the windows open to a case: those least used for their weight among the ones `left`.

    Window w is open iff n_w·weight_v ≤ n_v·weight_w for every window v with a slot before the field's end.
    """
    used = [attempt.window for attempt in counted(attempts)]
    n = {name: used.count(name) for name in WINDOWS}
    within = frozenset(left)
    return frozenset(
        w for w in within if all(n[w] * rules.weights[v] <= n[v] * rules.weights[w] for v in within)
    )


def first_windows(seed: str, *, unit: str, released: datetime, now: datetime) -> frozenset[str]:
    """Return the windows for a case's first attempt: evenings and weekends for 70 % of units, for 3 days."""
    if now - released >= timedelta(days=3):
        return frozenset(WINDOWS)
    digest = sha256("\n".join([seed, "first", unit]).encode()).digest()
    late = int.from_bytes(digest) * 10 < 7 << 256
    return frozenset({"W3", "W4"} if late else {"W1", "W2"})


def next_due(
    attempts: Sequence[DialledAttempt],
    *,
    now: datetime,
    appointment: datetime | None = None,
    calendar: Calendar = ORDINARY,
) -> datetime | None:
    """Return when the case may be tried again after its last attempt ended at `now`.

    `appointment` is the time a person asked for. None: only a supervisor can send it on.
    """
    last = max(attempts, key=lambda attempt: attempt.started)
    if appointment is not None:
        return appointment
    if last.code == "to_supervisor":
        return None
    if last.code in APPOINTED:
        raise Refused(_("预约要写明日期和时间。"), status=422)
    if last.code == "no_answer":
        return next_slot(now + HOURS, calendar=calendar, avoid=last.window)
    if last.code in {"number_suspect", DOUBTED} or (
        last.code == "busy" and _busy_today(attempts, last.day) >= 2
    ):
        return _tomorrow(now, calendar=calendar)
    return now + (BUSY if last.code == "busy" else WAITS.get(last.code or "", SOON))


def check_appointment(
    at: datetime,
    *,
    now: datetime,
    field_ends: datetime | None = None,
    calendar: Calendar = ORDINARY,
    any_hour: bool = False,
) -> datetime:
    """Return the time of an appointment; raise Refused where nobody may call then.

    `any_hour` lifts the hours alone, where nobody is dialled for real.
    """
    if at <= now:
        raise Refused(_("预约的时间已经过去了，请改一个以后的时间。"), status=422)
    if not any_hour and not may_dial(at, calendar=calendar):
        raise Refused(_("只能约在 9:00–12:00 或 14:30–21:00，节假日不打电话。"), status=422)
    if field_ends is not None and at >= field_ends:
        raise Refused(_("那时这一轮访问已经结束，请约早一些。"), status=422)
    return at


def _busy_today(attempts: Iterable[DialledAttempt], day: date) -> int:
    return sum(attempt.code == "busy" and attempt.day == day for attempt in attempts)


def _tomorrow(now: datetime, *, calendar: Calendar) -> datetime | None:
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return next_slot(midnight, calendar=calendar)


def is_final_refusal(attempts: Iterable[DialledAttempt]) -> bool:
    """Whether the household refused softly for the second time: nobody asks a third."""
    return sum(attempt.code == "soft_refusal" for attempt in attempts) >= 2
