"""Whom to call now: a decision over duty rows and verified numbers, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Literal

from feedback.duty.rules import HOLDER, DutyRow, live_duty, told_duty
from huying.base.errors import Refused
from huying.base.i18n import _

NumberKind = Literal["mobile", "landline", "relay"]
State = Literal["fresh", "covered", "stale", "vacant"]


VALIDITY: Mapping[NumberKind, timedelta] = {
    "mobile": timedelta(days=7),
    "landline": timedelta(days=30),
    "relay": timedelta(days=7),
}
"""How long a check of a number holds; a relay ends at a mobile, so it is checked as often."""


@dataclass(frozen=True, slots=True)
class CallableNumber:
    """A telephone number and what is known of it.

    `hours` are local, [start, end), over midnight where end < start and round the clock where they are equal.
    `of_post` marks a duty phone that passes from hand to hand; such a number goes before a private one.
    `suspected_at` is when a resident last said that it doesn't work, `contact_id` where it is stored.
    """

    owner_name: str
    role: str
    e164: str
    kind: NumberKind
    verified_at: datetime | None = None
    expires_at: datetime | None = None
    failed_at: datetime | None = None
    hours: tuple[time, time] | None = None
    of_post: bool = False
    suspected_at: datetime | None = None
    contact_id: int | None = None

    @property
    def suspect(self) -> bool:
        """Whether somebody doubts it since it was last checked."""
        if self.suspected_at is None or self.verified_at is None:
            return False
        return self.verified_at <= self.suspected_at


@dataclass(frozen=True, slots=True)
class ContactChoice:
    """Who answers for a grid at one instant.

    `number` is the first to call, `institution` the number that is always shown below it (often the same).
    `worker` is who is on duty, None only where the state is vacant; `after_hours` tells that only the hours
    keep that person's number from being shown. `until` is when this duty, or this vacancy, ends as planned
    (None: no end known); `since` is when a vacancy began (None: nobody was ever on duty). `line` are the
    numbers to ring one after the other until somebody answers.
    """

    state: State
    worker: str | None
    number: CallableNumber
    institution: CallableNumber
    until: datetime | None
    since: datetime | None = None
    layer: int | None = None
    after_hours: bool = False
    line: tuple[CallableNumber, ...] = ()

    @property
    def personal(self) -> bool:
        """Whether `number` is a person's, which an outdated page has to cover; an institution's stays."""
        return self.number != self.institution

    @property
    def suspect(self) -> bool:
        """Whether a resident doubts the number since its last check: that labels it and moves nobody."""
        return self.number.suspect


def in_hours(number: CallableNumber, *, at: datetime, timezone: tzinfo) -> bool:
    """Tell whether somebody attends to `number` at `at`, by the clock on the wall of `timezone`."""
    if number.hours is None:
        return True
    start, end = number.hours
    clock = at.astimezone(timezone).time()
    return start <= clock < end if start < end else not end <= clock < start


def verified(number: CallableNumber, *, at: datetime) -> bool:
    """Tell whether the last check of `number` still holds at `at` and no hard failure came after it."""
    if number.verified_at is None or number.verified_at > at:
        return False
    if number.failed_at is not None and number.verified_at <= number.failed_at <= at:
        return False
    ends = number.verified_at + VALIDITY[number.kind]
    return at < (ends if number.expires_at is None else min(ends, number.expires_at))


def showable(number: CallableNumber, *, at: datetime, timezone: tzinfo) -> bool:
    """Tell whether `number` may be shown as one to call at `at`: verified, not failed since, in its hours."""
    return verified(number, at=at) and in_hours(number, at=at, timezone=timezone)


def check_chain(chain: Sequence[CallableNumber]) -> None:
    """Raise Refused unless the chain of institutions ends in a number that is attended round the clock."""
    if not chain or chain[-1].hours is not None:
        raise Refused(_("求助电话的最后一环必须是全天有人接听的号码，例如 12345。"))


def choose(
    *,
    duty: Sequence[DutyRow],
    numbers_by_worker: Mapping[str, Sequence[CallableNumber]],
    institution_chain: Sequence[CallableNumber],
    at: datetime,
    timezone: tzinfo,
    leader_numbers: Sequence[CallableNumber] = (),
) -> ContactChoice:
    """Return whom to call at `at` for the one grid whose `duty` rows are given.

    `leader_numbers` are the grid leader's; `institution_chain` runs from the community office to the end,
    which is shown whatever is known of it. Raise Refused where the chain has no end.
    """
    check_chain(institution_chain)
    institution = _first(institution_chain, at=at, timezone=timezone) or institution_chain[-1]
    row = told_duty(duty, at=at)
    own = _by_preference(numbers_by_worker.get(row.worker, ())) if row else []
    persons = [each for each in (*own, *leader_numbers) if showable(each, at=at, timezone=timezone)]
    number = _first(own, at=at, timezone=timezone)
    after_hours = number is None and any(verified(each, at=at) for each in own)
    return ContactChoice(
        state=_state(row, reachable=number is not None, after_hours=after_hours),
        worker=row.worker if row else None,
        number=next(iter(persons), institution),
        institution=institution,
        until=_until(duty, row=row, number=number, at=at, timezone=timezone),
        since=None if row else _vacant_since(duty, at=at),
        layer=row.layer if row else None,
        after_hours=after_hours,
        line=(*persons, institution),
    )


def holds_until(
    *, duty: Sequence[DutyRow], numbers: Sequence[CallableNumber], at: datetime, timezone: tzinfo
) -> datetime | None:
    """Return the first instant after `at` at which the clock alone may change an answer made of these.

    Until then the answer is the same for every instant; None where it is the same for ever.
    """
    turns = [*_edges(duty), *(turn for number in numbers for turn in _turns(number, at, timezone))]
    return min((turn for turn in turns if turn > at), default=None)


def _turns(number: CallableNumber, at: datetime, timezone: tzinfo) -> list[datetime]:
    """Return when a number may begin or cease to be one to show: its checks' ends and its hours'."""
    known = [number.verified_at, number.expires_at, number.failed_at]
    if number.verified_at is not None:
        known.append(number.verified_at + VALIDITY[number.kind])
    known += [_next_time(clock, after=at, timezone=timezone) for clock in number.hours or ()]
    return [turn for turn in known if turn is not None]


def _state(row: DutyRow | None, *, reachable: bool, after_hours: bool) -> State:
    if row is None:
        return "vacant"
    if reachable:
        return "fresh" if row.layer == HOLDER else "covered"
    return "covered" if after_hours else "stale"


def _first(numbers: Sequence[CallableNumber], *, at: datetime, timezone: tzinfo) -> CallableNumber | None:
    return next((number for number in numbers if showable(number, at=at, timezone=timezone)), None)


def _by_preference(numbers: Sequence[CallableNumber]) -> list[CallableNumber]:
    return sorted(numbers, key=lambda number: number.kind == "mobile" and not number.of_post)


def _until(
    rows: Sequence[DutyRow],
    *,
    row: DutyRow | None,
    number: CallableNumber | None,
    at: datetime,
    timezone: tzinfo,
) -> datetime | None:
    """Return when somebody else, or nobody, comes on duty, or when the hours of the shown number end."""
    changes = (edge for edge in _edges(rows) if edge > at and _who(live_duty(rows, at=edge)) != _who(row))
    ends = list(islice(changes, 1))
    if number is not None and number.hours is not None:
        ends.append(_next_time(number.hours[1], after=at, timezone=timezone))
    return min(ends, default=None)


def _who(row: DutyRow | None) -> tuple[str, int] | None:
    return (row.worker, row.layer) if row else None


def _edges(rows: Sequence[DutyRow]) -> list[datetime]:
    live = [row for row in rows if row.retracted_at is None]
    return sorted(
        {row.valid_from for row in live} | {row.valid_to for row in live if row.valid_to is not None}
    )


def _next_time(clock: time, *, after: datetime, timezone: tzinfo) -> datetime:
    local = after.astimezone(timezone)
    moment = datetime.combine(local.date(), clock, tzinfo=timezone)
    if moment <= local:
        moment = datetime.combine(local.date() + timedelta(days=1), clock, tzinfo=timezone)
    return moment.astimezone(after.tzinfo)


def _vacant_since(rows: Sequence[DutyRow], *, at: datetime) -> datetime | None:
    ended = (row.valid_to for row in rows if row.retracted_at is None and row.valid_to is not None)
    return max((end for end in ended if end <= at), default=None)
