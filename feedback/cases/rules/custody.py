"""In whose hands a case was, how long, and who answers for an unresolved one: functions of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from math import fsum
from typing import Literal

from feedback.roles import OFFICE, OFFICES
from huying.base.errors import Refused
from huying.base.i18n import _

Outcome = Literal["open", "confirmed", "contested", "unconfirmed", "ended"]
"""How a round stands: `open` counts only once it is past due; `unconfirmed` is the resident's silence."""

HOUR = timedelta(hours=1)
ALLOWANCES: Mapping[str, float] = {
    "worker": 24,
    OFFICE: 24,
    **{f"dept:{code}": 24 for code in OFFICES},
}
"""Hours allowed to holders that aren't departments; a department's own are what it agreed to."""
RESTATES = frozenset({"import", "clock.corrected"})
"""Events that say anew how things were from their instant on; all others follow what is stored before."""


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One entry of a case's append-only history. `holder_after` is empty where the case is over.

    `hours_of` and `hours_to` say that what one holder had from `since` to this step counts as another's.
    """

    at: datetime
    event: str
    actor: str
    holder_after: str
    round: int = 1
    hours_of: str = ""
    hours_to: str = ""
    since: datetime | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise ValueError(f"The 'at' of a CustodyStep must be aware and in UTC. Got {self.at!r} instead.")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [start, end) in one holder's hands; never empty."""

    holder: str
    start: datetime
    end: datetime

    @property
    def duration(self) -> timedelta:
        """How long the holder had it."""
        return self.end - self.start


def segments(steps: Sequence[CustodyStep], *, until: datetime) -> tuple[Segment, ...]:
    """Return who held the case when: a partition of [opened, ended), or up to `until` while it is open.

    The steps are taken in the order in which they were stored: one by a clock that had been put back counts
    from the one before it. Steps after `until` are left out; of several at one instant the last counts. Where
    a case that was over is taken up again, the time between was the resident's: nobody else can take it up.
    """
    told = _told(steps)
    known = [step for step in told if step.at <= until]
    gives = [step for step in known if step.hours_of]
    ended = until
    while known and not known[-1].holder_after:
        ended = known.pop().at
    ends = [*(step.at for step in known), ended][1:]
    held = [
        Segment(step.holder_after or "resident", step.at, end)
        for step, end in zip(known, ends, strict=True)
        if step.at < end
    ]
    for step in gives:
        held = [part for each in held for part in _given(each, step)]
    return tuple(_joined(held))


def hours(parts: Iterable[Segment]) -> dict[str, float]:
    """Return the hours of each holder over all visits, in order of first visit."""
    total: dict[str, timedelta] = {}
    for part in parts:
        total[part.holder] = total.get(part.holder, timedelta()) + part.duration
    return {holder: duration / HOUR for holder, duration in total.items()}


def visits(parts: Iterable[Segment]) -> tuple[str, ...]:
    """Return the holders in the order in which they had the case, one for each visit."""
    return tuple(part.holder for part in parts)


def blame(
    hours: Mapping[str, float], sla: Mapping[str, float], *, outcome: Outcome, declared_by: str | None
) -> dict[str, float]:
    """Return each holder's share in an unresolved case; the shares sum to 1, or there are none.

    `hours` held and `sla` hours allowed, by holder. Shares go by the hours over what was allowed, the
    resident's and paused time aside. Where nobody overran, a contested case falls on who declared it solved,
    and an open one isn't due. Raise Refused where a holder has no allowance, or nobody is known to have
    declared.
    """
    if outcome not in {"open", "contested"}:
        return {}
    over = {holder: held - _allowed(holder, sla) for holder, held in hours.items() if answerable(holder)}
    over = {holder: excess for holder, excess in over.items() if excess > 0}
    if over:
        total = fsum(over.values())
        return {holder: excess / total for holder, excess in over.items()}
    if outcome == "open":
        return {}
    if declared_by is None:
        raise Refused(_("这件事没有记录是谁报的办结，无法分摊责任。"))
    return {declared_by: 1.0}


def answerable(holder: str) -> bool:
    """Tell whether a holder's hours can be held against it: not the resident's, and no pause."""
    return holder.partition(":")[0] not in {"resident", "pause"}


def rate(*, confirmed: int, blamed: float) -> float | None:
    """Return K/(K + Σr) for K confirmed cases that a holder touched and its shares Σr; None if both are 0."""
    return confirmed / (confirmed + blamed) if confirmed + blamed else None


def false_closure(*, outcome: Outcome, declared_by: str | None) -> bool:
    """Tell whether somebody declared solved what the resident says isn't; counted apart from the shares."""
    return outcome == "contested" and declared_by is not None


def _told(steps: Sequence[CustodyStep]) -> list[CustodyStep]:
    """Return the steps with times that never go back, those that were restated since left out."""
    told: list[CustodyStep] = []
    for step in steps:
        at = step.at
        if step.event in RESTATES and told:
            begun = told[0].at
            told = [each for each in told if each.at < at]
            at = at if told else max(at, begun)
        told.append(replace(step, at=max(at, told[-1].at) if told else at))
    return told


def _given(part: Segment, step: CustodyStep) -> Iterable[Segment]:
    """Yield a segment in the parts of it that stay and the part that counts as another's."""
    start, end = max(part.start, step.since or part.start), min(part.end, step.at)
    if part.holder != step.hours_of or start >= end:
        yield part
        return
    if part.start < start:
        yield replace(part, end=start)
    yield Segment(step.hours_to, start, end)
    if end < part.end:
        yield replace(part, start=end)


def _joined(held: Iterable[Segment]) -> Iterable[Segment]:
    for holder, run in groupby(held, key=lambda part: part.holder):
        stretch = list(run)
        yield Segment(holder, stretch[0].start, stretch[-1].end)


def _allowed(holder: str, sla: Mapping[str, float]) -> float:
    if holder not in sla:
        raise Refused(_("%(holder)s 没有约定办理时限，无法分摊责任。", holder=holder))
    return sla[holder]
