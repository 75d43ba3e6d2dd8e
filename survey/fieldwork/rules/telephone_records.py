"""The telephone system's call records beside the dials that interviewers claim: what has no counterpart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.base import days, phones
from huying.base.clock import LOCAL
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets import Column, Layout

AT = Column(
    "at",
    "时间",
    also=("开始时间", "呼叫时间", "通话时间", "time", "start"),
    kind="date",
    example="2026-11-23 18:40:05",
)
EXTENSION = Column(
    "extension",
    "分机",
    also=("工号", "访问员", "坐席", "主叫", "extension", "agent", "caller"),
    kind="code",
    example="801",
)
NUMBER = Column(
    "number",
    "号码",
    also=("被叫", "对方号码", "被叫号码", "number", "callee"),
    kind="phone",
    example="+999 1234 0001",
)
DURATION = Column(
    "duration",
    "时长",
    also=("通话时长", "秒", "duration", "seconds"),
    kind="number",
    required=False,
    example="75",
)
LAYOUT = Layout(title="话单", columns=(AT, EXTENSION, NUMBER, DURATION), name="call-records")
SLACK = timedelta(minutes=3)
"""So far apart a claimed dial and its record may lie: clocks differ, and fingers take their time."""
CLOCKED = re.compile(r"(?:(?P<h>[0-9]{1,3}):)?(?P<m>[0-9]{1,3}):(?P<s>[0-9]{1,2})")
PLAIN = re.compile(r"(?P<s>[0-9]{1,6})(?:[.][0-9]+)? ?(?:秒|s|sec)?")
TRUNK = re.compile(r"(?:0|9)?0?(?P<rest>1[3-9][0-9]{9})")
"""What telephone systems put before a mobile's number: 0 for another city, 9 for a line outside."""


@dataclass(frozen=True, slots=True)
class SystemCall:
    """A call that the telephone system carried: `number` is its keyed index, `seat` whose line it was."""

    at: datetime
    extension: str
    number: bytes
    seconds: int = 0
    seat: str = ""

    @property
    def who(self) -> str:
        """The interviewer's code: the telephone system itself writes it where the extension is nobody's."""
        return self.seat or self.extension


@dataclass(frozen=True, slots=True)
class SeatLine:
    """An extension that is an interviewer's, by code, since a moment, until another."""

    line: str
    code: str
    since: datetime
    until: datetime | None = None


def whose(lines: Iterable[SeatLine], extension: str, *, at: datetime) -> str:
    """Return whose an extension was then, by code; before it was first stated, whoever had it first."""
    theirs = sorted((each for each in lines if each.line == extension), key=lambda each: each.since)
    then = [each for each in theirs if each.since <= at and (each.until is None or at < each.until)]
    if then:
        return then[-1].code
    return theirs[0].code if theirs and at < theirs[0].since else ""


@dataclass(frozen=True, slots=True)
class ClaimedDial:
    """A dial that an interviewer, by code, says to have made by hand."""

    at: datetime
    interviewer: str
    number: bytes
    code: str | None = None


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """How many dials have their record, which have none, and which records have no dial."""

    agreed: int
    unrecorded: tuple[ClaimedDial, ...]
    unclaimed: tuple[SystemCall, ...]


def compare(dials: Iterable[ClaimedDial], calls: Iterable[SystemCall]) -> RecordComparison:
    """Lay each claimed dial to the nearest record of the same seat and number, each once."""
    free: dict[tuple[str, bytes], list[SystemCall]] = defaultdict(list)
    for call in sorted(calls, key=lambda each: each.at):
        free[call.who, call.number].append(call)
    agreed, alone = 0, []
    for dial in sorted(dials, key=lambda each: each.at):
        found = _nearest(free[dial.interviewer, dial.number], at=dial.at)
        if found is None:
            alone.append(dial)
        else:
            free[dial.interviewer, dial.number].remove(found)
            agreed += 1
    left = sorted((call for calls_left in free.values() for call in calls_left), key=lambda each: each.at)
    return RecordComparison(agreed, tuple(alone), tuple(left))


def _nearest(calls: Sequence[SystemCall], *, at: datetime) -> SystemCall | None:
    near = [call for call in calls if abs(call.at - at) <= SLACK]
    return min(near, key=lambda call: abs(call.at - at), default=None)


def moment(text: str) -> datetime:
    """Return the moment that a cell names; raise Invalid for one without a time."""
    day, at = days.read_moment(text)
    if at is None:
        raise Invalid(_("时间要写到分或秒。"))
    return datetime.combine(day, at, tzinfo=LOCAL)


def seconds(text: str) -> int:
    """Return a duration, as `75`, `1:15` or `00:01:15`, in seconds; 0 where there is none."""
    if not text:
        return 0
    if found := PLAIN.fullmatch(text):
        return int(found["s"])
    if found := CLOCKED.fullmatch(text):
        return int(found["h"] or 0) * 3600 + int(found["m"]) * 60 + int(found["s"])
    raise Invalid(_("时长看不懂，请写秒数或 1:15。"))


def number(text: str, *, region: str, allowed: str) -> str:
    """Return a number (E.164) as the telephone system dialled it; raise Invalid for none."""
    dialled = TRUNK.fullmatch(text)
    return phones.parse(dialled["rest"] if dialled else text, region=region, allowed=allowed)
