"""What the log of a wave's fieldwork keeps of all that decided whom its interviewers were offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.fieldwork.rules.attempts import DialledAttempt
from survey.fieldwork.rules.fit import Season

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
