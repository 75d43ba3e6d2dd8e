"""The one table of notices: event × urgency × desk → who is told, how, when again, until it is taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback.cases.rules import lifecycle
from feedback.cases.rules.categories import CATEGORIES
from feedback.roles import OFFICE
from huying.messaging.hours import ASKED, URGENT, USUAL

AT_ONCE = timedelta()
MINUTES = tuple(timedelta(minutes=each) for each in (2, 2, 2, 5, 5, 10, 30))
"""Between one ring and the next; the last goes on until somebody takes it."""
HALF_HOURS = (timedelta(minutes=30),)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody to be told: `again` empty means once, else until somebody takes it.

    `who`: `holder` is the worker who has it; `first`, `second`, `third` are whom a caller would be connected
    with now, in that order; `former` the worker who had it before; `leader` the grid leader;
    `group` the desk's group in office chat and its mail;
    `resident` whoever asked.
    """

    who: str
    by: tuple[str, ...]
    template: str
    after: timedelta = AT_ONCE
    again: tuple[timedelta, ...] = ()
    priority: str = USUAL


def _rung(who: str, *, after: int = 0) -> Line:
    return Line(who, ("voice", "sms"), "ring", timedelta(minutes=after), MINUTES, URGENT)


RING = (
    _rung("first"),
    _rung("second", after=3),
    _rung("third", after=6),
    Line("group", ("chat", "mail"), "ring", AT_ONCE, HALF_HOURS, URGENT),
)
CHASE = (
    Line("group", ("chat", "mail"), "ring", AT_ONCE, HALF_HOURS, URGENT),
    _rung("leader"),
    _rung("first", after=6),
)
"""Where the desk has no telephone of its own: whoever leads on the ground chases it."""
WORKER = (Line("holder", ("sms",), "desk"),)
FORMER = (Line("former", ("sms",), "given"),)
GROUP = (Line("group", ("chat", "mail"), "desk"),)
LEADER = (*GROUP, Line("leader", ("sms",), "desk"))
TOLD_AT_ONCE = (
    Line("group", ("chat", "mail"), "desk", priority=URGENT),
    Line("leader", ("voice", "sms"), "desk", priority=URGENT),
)
"""Somebody has taken up what is dangerous and is late with it: whoever leads is told once, at any hour."""

TABLE: Mapping[tuple[str, str, str], tuple[Line, ...]] = {
    ("open", "life", "worker"): RING,
    ("open", "life", "office"): RING,
    ("contest", "life", "worker"): RING,
    ("contest", "life", "office"): RING,
    ("whistle", "life", "department"): CHASE,
    ("refuse", "life", "coordination"): CHASE,
    ("untaken", "life", "*"): CHASE,
    ("escalate", "life", "*"): TOLD_AT_ONCE,
    ("open", "*", "worker"): WORKER,
    ("open", "*", "office"): LEADER,
    ("contest", "*", "worker"): WORKER,
    ("contest", "*", "office"): LEADER,
    ("whistle", "*", "department"): GROUP,
    ("refuse", "*", "coordination"): GROUP,
    ("untaken", "*", "*"): LEADER,
    ("escalate", "*", "*"): LEADER,
    ("own", "*", "*"): GROUP,
    ("done", "*", "worker"): WORKER,
    ("handed", "life", "*"): RING,
    ("handed", "*", "worker"): WORKER,
    ("handed", "*", "*"): GROUP,
    ("reassign", "life", "*"): (_rung("holder"), *FORMER),
    ("reassign", "*", "*"): (*WORKER, *FORMER),
}
"""What isn't here tells nobody of the staff; `*` stands for any."""

RESIDENTS: Mapping[str, Line] = {
    "open": Line("resident", ("sms",), "receipt", priority=ASKED),
    "whistle": Line("resident", ("sms",), "transfer"),
    "refuse": Line("resident", ("sms",), "refused"),
    "contest": Line("resident", ("sms",), "next_round"),
}
"""What a resident who left a number is told; that it was declared, the invitation to rate says."""

SAYS = {
    "open": "新登记",
    "contest": "重新办理",
    "whistle": "吹哨",
    "refuse": "部门退回",
    "untaken": "没人接单",
    "escalate": "超时",
    "handed": "转到您这里",
    "reassign": "改派给您",
    "own": "系统登记",
    "done": "部门已办",
}
"""What a desk is told has happened."""

UNTAKEN = frozenset({"registered", "contested", "whistled", "refused"})
"""States in which somebody still has to take a case: only then is anybody rung again."""

TAKING = frozenset(
    {
        "answer",
        "whistle",
        "accept",
        "refuse",
        "done",
        "ask",
        "pause",
        "declare",
        "confirm",
        "contest",
        "unsure",
        "withdraw",
        "merge",
        "end",
    }
)
"""Events by which somebody has seen to a case; whatever else happens to it silences nothing."""

SHORT = {
    "老人、孩子需要照看": "看护",
    "道路和公共设施": "道路设施",
    "电话打不通或号码不对": "电话不通",
    "网格无人值守": "无人值守",
    "值班号码打不通": "号码不通",
}
"""Matters whose name is too long for a short message."""
LONGEST_MATTER, LONGEST_PLACE, LONGEST_SPOT = 6, 12, 5
OTHERWISE, SOMEWHERE = "事项", "网格"

OPEN = frozenset({"chat", "mail"})
"""Channels that a whole office reads: nobody's name or number may stand there."""
OPEN_TEMPLATES = frozenset({"ring", "desk"})
MOST_DIGITS = 4
"""More digits than this in the name of a place are somebody's number."""
CODE = re.compile(r"[0-9A-Z-]{4,16}")


def lines(event: str, *, urgency: str, desk: str) -> tuple[Line, ...]:
    """Return who is told of an event: of the staff by the most exact line of the table, and the resident."""
    staff = next((found for key in _keys(event, urgency, desk) if (found := TABLE.get(key))), ())
    return (*staff, *_resident(event))


def line_of(who: str, event: str, *, urgency: str, desk: str) -> Line | None:
    """Return the line for one of those who are told."""
    return next((each for each in lines(event, urgency=urgency, desk=desk) if each.who == who), None)


def next_at(line: Line, *, times: int, state: str, now: datetime) -> datetime | None:
    """Return when somebody who was told `times` times is told again; None for never."""
    if not line.again or state not in UNTAKEN:
        return None
    return now + line.again[min(times, len(line.again)) - 1]


def desk_of(holder: str) -> str:
    """Return the kind of desk of a holder: worker, office, coordination, department, or none."""
    if holder == lifecycle.department("coordination"):
        return "coordination"
    if holder.startswith(lifecycle.department("")):
        return "department"
    return {OFFICE: "office", "worker": "worker"}.get(holder, "")


def event_of(event: str, *, actor: str) -> str:
    """Return the event's name in the table: whatever hands a case over, or escalates it, is one."""
    if (event, actor) == ("open", OFFICE):
        return "own"
    if event.startswith("escalat"):
        return "escalate"
    return "handed" if event.startswith("hand") else event


def event_of_deadline(kind: str, *, state: str) -> str:
    """Return how the table names a deadline that passed: whether it is one for somebody to take a case."""
    return "untaken" if kind == "accept" and state in UNTAKEN else "escalate"


def takes(event: str) -> bool:
    """Tell whether an event means that somebody saw to a case, or that another desk is told of it now."""
    return event in TAKING or event_of(event, actor="") in {"handed", "reassign"}


def matter(category: str) -> str:
    """Return the name of a kind of matter that a message has room for; none that somebody wrote freely."""
    if category not in CATEGORIES and category not in SHORT:
        return OTHERWISE
    return SHORT.get(category, category)[:LONGEST_MATTER]


MATTERS = frozenset({OTHERWISE, *map(matter, (*CATEGORIES, *SHORT))})


def open_words(template: str, params: Mapping[str, str], *, names: Iterable[str] = ()) -> dict[str, str]:
    """Return what may be said of a case where a whole office reads: closed words, a place, a code.

    A place whose name holds one of the `names`, or a number, is not said. Raise ValueError for another
    template: it wasn't written for everybody's eyes.
    """
    if template not in OPEN_TEMPLATES:
        message = f"{template} is no template for an office's chat"
        raise ValueError(message)
    place, what, code = (params.get(name, "") for name in ("place", "what", "code"))
    numbered = sum(sign.isdigit() for sign in unicodedata.normalize("NFKC", place)) > MOST_DIGITS
    told = numbered or "\n" in place or any(name in place for name in names if len(name) > 1)
    return {
        "place": SOMEWHERE if told else place,
        "matter": params.get("matter", "") if params.get("matter") in MATTERS else OTHERWISE,
        "what": what if what in SAYS.values() else "",
        "code": code if CODE.fullmatch(code) else "",
    }


def is_open(template: str, params: Mapping[str, str]) -> bool:
    """Tell whether a message may go where a whole office reads, as it is."""
    return template in OPEN_TEMPLATES and dict(params) == open_words(template, params)


def _keys(event: str, urgency: str, desk: str) -> tuple[tuple[str, str, str], ...]:
    return (event, urgency, desk), (event, urgency, "*"), (event, "*", desk), (event, "*", "*")


def _resident(event: str) -> tuple[Line, ...]:
    line = RESIDENTS.get(event)
    return (line,) if line else ()
