"""Which cases somebody asks for, and how that is written into an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from feedback.cases.rules.lifecycle import COORDINATION, DISTRICT, RUNNING, STATES
from feedback.cases.rules.search import plain
from feedback.roles import OFFICE
from huying.base.i18n import Lazy, lazy

RUNS, OVER, ALL = "", "over", "all"
CLOSED = "closed"
SCOPES: Mapping[str, Lazy] = {
    RUNS: lazy("没有办完的"),
    ALL: lazy("全部"),
    OVER: lazy("已经了结的"),
    **{code: label for code, label in STATES.items() if code in RUNNING},
    CLOSED: lazy("居民已答复或没有答复"),
    "ended": STATES["ended"],
}
"""States that may be asked for. Solved, unsure and silence are one: nobody learns which of them it was."""

LATEST_FIRST = frozenset({ALL, OVER, CLOSED, "ended"})
"""What isn't a list of work is led by what was due last."""

ANSWERED_ALIKE = ("confirmed", "unconfirmed")

DESKS: Mapping[str, Lazy] = {
    "worker": lazy("网格员"),
    OFFICE: lazy("社区"),
    "dept": lazy("部门"),
    "coordination": lazy("协调办公室"),
    "district": lazy("区级兜底单位"),
    "nowhere": lazy("没有人"),
}
"""Kinds of desk, from the ground upward."""

DUES: Mapping[str, Lazy] = {
    "": lazy("不限"),
    "today": lazy("今天到期，还没超时"),
    "overdue": lazy("已超时"),
}

WAITS = ("waiting", "paused", "declared")
"""States in which nobody's time runs: such a case is neither due today nor overdue."""

NO_GRID = "-"
"""Stands for the cases that no grid was found for, where an area is asked for."""

DIGITS = re.compile(r"\d{5}|(?:\d\D*){7}")
"""What could be, or be a part of, a telephone number, which nobody finds a case by."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to; whatever is empty narrows nothing."""

    words: str = ""
    scope: str = RUNS
    holder: str = ""
    desk: str = ""
    area: str = ""
    category: str = ""
    due: str = ""
    idling: bool = False
    since: date | None = None
    until: date | None = None

    def address(self) -> dict[str, str]:
        """Return the parts of an address that hold this filter; what is empty is left out."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: "y" if value is True else str(value) for name, value in held.items() if value}


def kind_of_desk(where: str | None) -> str:
    """Return the kind of a desk that is spelt like a holder; None is no desk."""
    if where is None:
        return "nowhere"
    if where in {COORDINATION, DISTRICT}:
        return where.partition(":")[2]
    return where.partition(":")[0]


def could_be_a_number(words: str) -> bool:
    """Tell whether words hold digits enough to be a telephone number, or a part of one."""
    return DIGITS.search(plain(words)) is not None
