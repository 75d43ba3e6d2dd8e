"""Whom a second person calls again: lots from the day's sealed log, and talks too short or too even.

Nobody knows before the day is sealed which talks are checked, and whoever keeps the checkpoint can say
afterwards whether the right ones were.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from huying.base.i18n import _
from sampling.draws import tickets
from survey.drawing import fields
from survey.drawing.canonical import Object, canonical
from survey.drawing.fields import HASH

Reason = Literal["lot", "short", "even"]
KEY_TEXT = "huying-callbacks/v1"
KIND = "call_backs"
COMPLETES = frozenset({"complete", "complete_other"})
UNKNOWN = 10**6
"""The length, in seconds, of a talk of which none is known: nobody is called again for it."""
SHARE = 10
"""One of so many, rounded up, of each kind of final result is drawn."""

SHORT = 20
"""A complete is short below the length that one of so many of the day's completes doesn't exceed."""


@dataclass(frozen=True, slots=True)
class Final:
    """How a unit ended on the day, and who called; of a complete how long it took and whether it is even.

    `kind` is complete, not_eligible, refusal or no_answer; `even` says that all scales got one answer.
    """

    unit: str
    kind: str
    by: str
    seconds: int = 0
    even: bool = False


def chosen(checkpoint: str, finals: Sequence[Final]) -> Mapping[str, Reason]:
    """Return the units that are called again, and why; `checkpoint` is the root of the day's last one.

    Of the completes of each interviewer, and of every other kind as a whole, the tenth with the smallest
    tickets; besides all completes that are even or short. Raises Invalid where the root is no digest.
    """
    key = tickets.key(f"{KEY_TEXT}\n{HASH.check(checkpoint)}\n")
    found: dict[str, Reason] = {each.unit: "even" for each in finals if each.even}
    found |= dict.fromkeys(_short(finals), "short")
    for units in _kinds(finals).values():
        drawn = sorted(units, key=lambda unit: tickets.ticket(key, unit))[: math.ceil(len(units) / SHARE)]
        found |= dict.fromkeys(drawn, "lot")
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class SealedDay:
    """Completes since the day before: unit, code of who called last; entry `after` sealed their answers."""

    after: int
    completes: Sequence[tuple[str, str]]


def sealed_days(log: Iterable[tuple[int, Object]]) -> Sequence[SealedDay]:
    """Return the days of a wave's log, with the numbers of its lines, of which no lots were drawn yet."""
    lines = list(log)
    done = max((int(str(each["after"])) for _, each in lines if each["t"] == KIND), default=-1)
    called_by: dict[str, str] = {}
    waiting: list[tuple[str, str]] = []
    found: list[SealedDay] = []
    for number, each in lines:
        if each["t"] == "attempt":
            called_by[str(each["u"])] = str(each.get("by", ""))
        elif each["t"] == "final" and each["code"] in COMPLETES and number > done:
            waiting.append((str(each["u"]), called_by.get(str(each["u"]), "")))
        elif each["t"] == "answers" and number > done and waiting:
            found.append(SealedDay(number, waiting))
            waiting = []
    return found


def entry(*, after: int, size: int, root: str, lot: Iterable[str], more: int, s: str) -> bytes:
    """Record who of the completes sealed by entry `after` is called again by lot, as the checkpoint draws it.

    How many `more` are called for their talks is told, which ones isn't: it would tell of their answers.
    """
    return canonical(
        {
            "t": KIND,
            "after": fields.whole(after, name=_("日志条数")),
            "size": fields.whole(size, name=_("日志条数"), least=1),
            "root": HASH.check(root),
            "u": sorted(fields.UNIT.check(unit) for unit in lot),
            "more": fields.whole(more, name=_("户数")),
            "s": fields.NONCE.check(s),
        }
    )


def _kinds(finals: Sequence[Final]) -> Mapping[tuple[str, str], list[str]]:
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in finals:
        kinds[each.kind, each.by if each.kind == "complete" else ""].append(each.unit)
    return kinds


def _short(finals: Sequence[Final]) -> list[str]:
    completes = [each for each in finals if each.kind == "complete"]
    lengths = sorted(each.seconds for each in completes)
    least = lengths[math.ceil(len(lengths) / SHORT) - 1] if lengths else 0
    return [each.unit for each in completes if each.seconds < least]
