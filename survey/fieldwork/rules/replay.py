"""Who was offered whom, worked out once more from the log alone: placements, refreshes, attempts, wishes."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.fieldwork.rules import placing
from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.fit import Season
from survey.fieldwork.rules.placing import QueuePlace
from survey.fieldwork.rules.queue import (
    APPOINTED,
    CLOSED,
    ORDINARY,
    PINNED,
    FieldRules,
    WaitingCase,
    class_at,
    order,
)

Key = tuple[int, datetime | int, int, int]
"""What decided: class, then due time or fit, counted attempts, rank."""


@dataclass(frozen=True, slots=True)
class LoggedOffer:
    """An offer as the log keeps it; `filtered` counts by reason the cases before it that weren't theirs."""

    seq: int
    at: datetime
    interviewer: int
    unit: str
    key: Key
    filtered: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LoggedPlacement:
    """A case put back into the queue after an offer, once so many attempts had begun."""

    seq: int
    unit: str
    after_offer: int
    priority: int
    due: datetime
    counted: int
    attempts: int
    pinned: int | None
    language: str | None


@dataclass(frozen=True, slots=True)
class LoggedRefresh:
    """A window opened after an offer: fits were drawn for it."""

    at: datetime
    after_offer: int
    stamp: str
    season: Season


@dataclass(frozen=True, slots=True)
class LoggedAttempt:
    """An attempt: who made it, whether another interviewer must follow, what it counts as (if dialled)."""

    n: int
    interviewer: int
    started: datetime
    ended: datetime | None
    for_another: bool
    is_back: bool
    dialled: DialledAttempt | None


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """A released case: where it lives, its rank, its attempts; spans in which it wished no call; its ends."""

    unit: str
    stratum: str
    rank: int
    released: datetime
    attempts: Sequence[LoggedAttempt] = ()
    wishes: Sequence[tuple[datetime, datetime | None]] = ()
    closed: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class LoggedTrait:
    """From when until when an interviewer had a stratum of theirs, or spoke a language."""

    interviewer: int
    kind: str
    value: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class FieldLog:
    """Everything that decided whom a wave's interviewers were offered."""

    cases: Mapping[str, LoggedCase]
    offers: Sequence[LoggedOffer]
    placements: Sequence[LoggedPlacement]
    refreshes: Sequence[LoggedRefresh]
    traits: Sequence[LoggedTrait] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """An offer beside what the log alone gives; None where it gives nobody."""

    offer: LoggedOffer
    unit: str | None
    key: Key | None
    filtered: Mapping[str, int]

    @property
    def agrees(self) -> bool:
        """Whether the case, its key and what was passed over are the same."""
        mine = (self.unit, self.key, dict(self.filtered))
        return mine == (self.offer.unit, self.offer.key, dict(self.offer.filtered))


@dataclass(slots=True)
class _Entry:
    """A case in the queue as the replay has it."""

    waiting: WaitingCase
    place: QueuePlace
    counted: int
    made: int
    after_offer: int
    pinned: int | None = None
    language: str | None = None


class Replay:
    """The queue of a wave, led through its log from offer to offer."""

    def __init__(self, log: FieldLog, *, rules: FieldRules) -> None:
        self._log, self.rules = log, rules
        self._queue: dict[str, _Entry] = {}
        self._new = sorted(log.cases.values(), key=lambda each: (each.released, each.unit))
        self._placements = sorted(log.placements, key=lambda each: (each.after_offer, each.seq))
        self._refreshes = sorted(log.refreshes, key=lambda each: (each.after_offer, each.at))
        self._offers = sorted(log.offers, key=lambda each: each.seq)
        self._times = [each.at for each in self._offers]
        self._seqs = [each.seq for each in self._offers]
        self._last: LoggedRefresh | None = None

    def run(self) -> Iterator[Replayed]:
        """Yield each offer beside the one that the log gives."""
        for offer in self._offers:
            self._lead_to(offer)
            yield self._offered(offer)
            self._queue.pop(offer.unit, None)

    def _lead_to(self, offer: LoggedOffer) -> None:
        while self._placements and self._placements[0].after_offer < offer.seq:
            self._put_back(self._placements.pop(0))
        while self._refreshes and self._refreshes[0].after_offer < offer.seq:
            self._refresh(self._refreshes.pop(0))
        self._take_in(offer.at)

    def _put_back(self, logged: LoggedPlacement) -> None:
        case = self._log.cases[logged.unit]
        history = _history(case, made=logged.attempts)
        known = WaitingCase(case.unit, logged.priority, logged.due, case.released, history)
        self._queue[case.unit] = _Entry(
            known,
            self._placed([known])[0],
            logged.counted,
            logged.attempts,
            logged.after_offer,
            logged.pinned,
            logged.language,
        )

    def _refresh(self, refresh: LoggedRefresh) -> None:
        self._last = refresh
        waiting = [each.waiting for each in self._queue.values() if each.waiting.priority == ORDINARY]
        for place in self._placed(waiting, after=refresh.at):
            self._queue[place.unit].place = place

    def _take_in(self, now: datetime) -> None:
        new: list[LoggedCase] = []
        while self._new and self._new[0].released <= now:
            new.append(self._new.pop(0))
        fresh = [each for each in new if each.unit not in self._queue]
        known = [WaitingCase(each.unit, ORDINARY, each.released, each.released) for each in fresh]
        for case, place in zip(known, self._placed(known, after=now), strict=True):
            self._queue[case.unit] = _Entry(case, place, 0, 0, -1)

    def _placed(self, cases: Sequence[WaitingCase], *, after: datetime | None = None) -> list[QueuePlace]:
        stamp, season = (self._last.stamp, self._last.season) if self._last else (None, None)
        return placing.placed(cases, rules=self.rules, stamp=stamp, season=season, after=after)

    def _offered(self, offer: LoggedOffer) -> Replayed:
        passed: Counter[str] = Counter()
        for _, unit in sorted((self._turn(each, offer.at), unit) for unit, each in self._callable(offer.at)):
            why = self._why_not(unit, offer)
            if why is None:
                return Replayed(offer, unit, self._key(unit, offer.at), passed)
            passed[why] += 1
        return Replayed(offer, None, None, passed)

    def _callable(self, now: datetime) -> Iterator[tuple[str, _Entry]]:
        in_window = self.rules.any_hour or self.rules.stamp(now) is not None
        for unit, each in self._queue.items():
            opens, priority = each.place.opens_at, each.waiting.priority
            if opens is None or opens > now or each.place.fit >= CLOSED:
                continue
            if priority == ORDINARY and (not in_window or each.waiting.due > now):
                continue
            if self._stands(unit, each, now=now):
                yield unit, each

    def _stands(self, unit: str, entry: _Entry, *, now: datetime) -> bool:
        """Whether nothing ended the wait meanwhile: a wish, a closing, a call that the household made."""
        case = self._log.cases[unit]
        wished = any(at < now and (until is None or now <= until) for at, until in case.wishes)
        rang = any(each.is_back and each.n > entry.made and each.started <= now for each in case.attempts)
        return not wished and not rang and not any(self._since(at, entry, now=now) for at in case.closed)

    def _since(self, closed: datetime, entry: _Entry, *, now: datetime) -> bool:
        before = bisect_right(self._times, closed)
        return closed < now and (self._seqs[before - 1] if before else 0) >= entry.after_offer

    def _turn(self, entry: _Entry, now: datetime) -> tuple[int, float, int, int]:
        case = entry.waiting
        return order(
            class_at(case.priority, due=case.due, now=now),
            due=case.due,
            fit=entry.place.fit,
            attempts=entry.counted,
            rank=self._log.cases[case.unit].rank,
        )

    def _key(self, unit: str, now: datetime) -> Key:
        entry = self._queue[unit]
        case = entry.waiting
        shown = class_at(case.priority, due=case.due, now=now)
        by = entry.place.fit if shown >= ORDINARY else case.due
        return (shown, by, entry.counted, self._log.cases[unit].rank)

    def _why_not(self, unit: str, offer: LoggedOffer) -> str | None:
        case, entry, who = self._log.cases[unit], self._queue[unit], offer.interviewer
        if any(
            each.for_another and each.interviewer == who and each.n <= entry.made for each in case.attempts
        ):
            return "declined"
        if case.stratum in self._traits(offer, "street"):
            return "street"
        if entry.language is not None and entry.language not in self._traits(offer, "language"):
            return "language"
        appointed = entry.waiting.priority == APPOINTED and entry.pinned is not None
        if appointed and entry.pinned != who and entry.waiting.due > offer.at - PINNED:
            return "pinned"
        return None

    def _traits(self, offer: LoggedOffer, kind: str) -> set[str]:
        return {
            each.value
            for each in self._log.traits
            if (each.interviewer, each.kind) == (offer.interviewer, kind)
            and each.since <= offer.at
            and (each.until is None or offer.at < each.until)
        }


def _history(case: LoggedCase, *, made: int) -> list[DialledAttempt]:
    return [each.dialled for each in case.attempts if each.n <= made and each.dialled is not None]
