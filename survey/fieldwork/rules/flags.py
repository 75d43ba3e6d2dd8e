"""Signs of made-up interviews: an interviewer's completes beside the others'. A flag is a reason to look.

Of each sign an interviewer has one value, a mean or a share over the completes. Its distance from the
median of the others is measured in standard errors, which grow by as much as the others differ more than
chance makes them differ. What exceeds one standard error in the direction of doubt is added up over all
signs, each up to a cap: several weak signs weigh as much as a strong one, and none decides alone. Nothing
of what was answered for or against anybody enters.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

FEWEST = 5
"""Completes below which nothing is said of an interviewer, and interviewers below which of nobody."""
LOOK = 2.5
"""So many standard errors from the others a sign is shown as a flag."""
NOISE, CAP = 1.0, 4.0
"""What counts of a distance: from the first to the second, in standard errors."""
STEADY = 0.1
"""Times of one interviewer differ by a tenth at least, however even they look."""
TO_SIGMA = 1.4826
"""What makes of a median of absolute distances a standard deviation, were they normal."""
HASTY = timedelta(seconds=2)
"""Nobody reads a question, hears the answer and types it in less."""
LONGEST_GAP = timedelta(minutes=30)
"""A pause longer than this is a break, not the time between two calls."""


class Sign(StrEnum):
    """What may tell a made-up interview."""

    SHORT = "short"
    HASTY = "hasty"
    EVEN = "even"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    CLOSED = "closed"
    HOURS = "hours"
    GAP = "gap"
    UNRECORDED = "unrecorded"


LOW, HIGH, BOTH = -1, 1, 0
DOUBTED: Mapping[Sign, int] = {
    Sign.SHORT: LOW,
    Sign.HASTY: HIGH,
    Sign.EVEN: HIGH,
    Sign.UNKNOWN: BOTH,
    Sign.REFUSED: BOTH,
    Sign.CLOSED: LOW,
    Sign.HOURS: HIGH,
    Sign.GAP: LOW,
    Sign.UNRECORDED: HIGH,
}
"""Which way a sign is in doubt: long talks and long pauses are nobody's fault."""
LOGARITHMS = frozenset({Sign.SHORT, Sign.GAP})
"""Signs whose value is a mean of logarithms of seconds; the others' are shares."""


@dataclass(frozen=True, slots=True)
class TalkTrace:
    """How a complete interview was held, by its log: when, how long, how evenly; never what was answered.

    `steps` of its answers came one after the other, `hasty` of them in less than two seconds. Of the items
    `asked`, `unknown` and `refused` had no answer. `gates` open further questions, `opened` of them did.
    `even` tells whether all scales got one answer, None where there were too few of them, `odd_hour` whether
    it began outside the calling windows; `gap` is the pause since the interviewer's last call, None after a
    break; `recorded` whether the telephone system knows the call, None where it can't tell.
    """

    by: str
    seconds: float
    steps: int
    hasty: int
    asked: int
    unknown: int
    refused: int
    gates: int
    opened: int
    even: bool | None
    odd_hour: bool
    gap: float | None
    recorded: bool | None

    def parts(self) -> Mapping[Sign, tuple[float, float]]:
        """Return what the interview adds to each sign, and out of how much; without what it can't tell."""
        found: dict[Sign, tuple[float, float]] = {
            Sign.SHORT: (math.log(max(self.seconds, 1.0)), 1),
            Sign.HASTY: (self.hasty, self.steps),
            Sign.UNKNOWN: (self.unknown, self.asked),
            Sign.REFUSED: (self.refused, self.asked),
            Sign.CLOSED: (self.opened, self.gates),
            Sign.HOURS: (self.odd_hour, 1),
        }
        if self.even is not None:
            found[Sign.EVEN] = (self.even, 1)
        if self.gap is not None:
            found[Sign.GAP] = (math.log(max(self.gap, 1.0)), 1)
        if self.recorded is not None:
            found[Sign.UNRECORDED] = (not self.recorded, 1)
        return {sign: part for sign, part in found.items() if part[1]}


@dataclass(frozen=True, slots=True)
class SignValue:
    """A sign of an interviewer: the value, the others' median, how far into doubt in standard errors.

    Values are shares, or seconds where the sign is a time.
    """

    sign: Sign
    value: float
    others: float
    doubt: float

    @property
    def is_flag(self) -> bool:
        """Whether it lies so far out that somebody should look."""
        return self.doubt >= LOOK


@dataclass(frozen=True, slots=True)
class InterviewerSigns:
    """An interviewer's completes beside the others': every sign, and the score that adds them up."""

    by: str
    completes: int
    signs: Sequence[SignValue]

    @property
    def flags(self) -> Sequence[SignValue]:
        """The signs that call for a look."""
        return [each for each in self.signs if each.is_flag]

    @property
    def score(self) -> float:
        """The doubts added up, each from one standard error on and up to a cap."""
        return sum(min(max(each.doubt - NOISE, 0.0), CAP - NOISE) for each in self.signs)


def signs(traces: Iterable[TalkTrace]) -> Sequence[InterviewerSigns]:
    """Return the signs of each interviewer with enough completes, by code; nothing where they are few."""
    held: dict[str, list[TalkTrace]] = defaultdict(list)
    for trace in traces:
        held[trace.by].append(trace)
    enough = {by: theirs for by, theirs in sorted(held.items()) if len(theirs) >= FEWEST}
    if len(enough) < FEWEST:
        return []
    found: dict[str, list[SignValue]] = {by: [] for by in enough}
    for sign in Sign:
        for by, value in _of_sign(sign, enough).items():
            found[by].append(value)
    return [InterviewerSigns(by, len(enough[by]), found[by]) for by in enough]


@dataclass(frozen=True, slots=True)
class _Mean:
    value: float
    out_of: float


def _of_sign(sign: Sign, held: Mapping[str, Sequence[TalkTrace]]) -> Mapping[str, SignValue]:
    """Return one sign of everybody for whom it can be told."""
    parts = {by: [part for each in theirs if (part := each.parts().get(sign))] for by, theirs in held.items()}
    means = {by: _mean(theirs) for by, theirs in parts.items() if len(theirs) >= FEWEST}
    if len(means) < FEWEST:
        return {}
    variance = max(_variance(parts, means), _least(sign, means))
    return {by: _beside_others(sign, by, means, variance=variance) for by in means}


def _mean(parts: Sequence[tuple[float, float]]) -> _Mean:
    out_of = sum(whole for _part, whole in parts)
    return _Mean(sum(part for part, _whole in parts) / out_of, out_of)


def _variance(parts: Mapping[str, Sequence[tuple[float, float]]], means: Mapping[str, _Mean]) -> float:
    """Return how much interviews of one interviewer vary, for each of what they are out of."""
    squares = whole = 0.0
    for by, mean in means.items():
        squares += sum((part - mean.value * size) ** 2 for part, size in parts[by])
        whole += mean.out_of * (1 - 1 / len(parts[by]))
    return squares / whole


def _least(sign: Sign, means: Mapping[str, _Mean]) -> float:
    """Return the variance below which chance isn't taken to fall: where all of somebody's are alike, too."""
    if sign in LOGARITHMS:
        return STEADY**2
    out_of = sum(mean.out_of for mean in means.values()) + 1
    share = (sum(mean.value * mean.out_of for mean in means.values()) + 0.5) / out_of
    return share * (1 - share)


def _beside_others(sign: Sign, by: str, means: Mapping[str, _Mean], *, variance: float) -> SignValue:
    others = [mean for each, mean in means.items() if each != by]
    centre = median(mean.value for mean in others)
    spread = median(abs(mean.value - centre) * math.sqrt(mean.out_of) for mean in others) * TO_SIGMA
    error = max(math.sqrt(variance), spread) / math.sqrt(means[by].out_of)
    apart = (means[by].value - centre) / error
    doubt = abs(apart) if DOUBTED[sign] == BOTH else DOUBTED[sign] * apart
    return SignValue(sign, _told(sign, means[by].value), _told(sign, centre), doubt)


def _told(sign: Sign, value: float) -> float:
    return math.exp(value) if sign in LOGARITHMS else value


def gap(before: datetime | None, began: datetime) -> float | None:
    """Return the seconds between the end of a call and the next one; None after a break, or the first."""
    if before is None or began - before > LONGEST_GAP:
        return None
    return (began - before).total_seconds()


def hasty(moments: Sequence[datetime]) -> int:
    """Return how many answers came less than two seconds after the one before."""
    return sum(later - earlier < HASTY for earlier, later in pairwise(moments))
