"""What a cell of each kind may hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from huying.base.errors import Invalid
from huying.deposit.tables import CellKind
from huying.ledger import canonical

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
COUNT = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)
HOURS = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?", re.ASCII)
SEALED = re.compile(r"[0-9a-f]{8}\.[0-9A-Za-z_-]+", re.ASCII)
WHISTLE_KEYS = {"answered", "department", "due", "sounded"}
ENDED = "ended"
"""When a whistle ended because its case went elsewhere, or was over; told of such whistles alone."""


def fits(kind: CellKind, cell: str) -> bool:
    """Whether a cell that isn't empty is of that kind; no cell holds a control character or a line's end."""
    return not CONTROL.search(cell) and bool(CHECKS[kind](cell))


def _code(cell: str) -> bool:
    return 0 < len(cell) <= 128 and cell == cell.strip() and cell.isprintable()


def _text(cell: str) -> bool:
    return bool(cell)


def _time(cell: str) -> bool:
    if not TIME.fullmatch(cell):
        return False
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _counts(cell: str) -> bool:
    value = _json(cell)
    return isinstance(value, dict) and all(type(each) is int and each >= 0 for each in value.values())


def _names(cell: str) -> bool:
    value = _json(cell)
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _whistles(cell: str) -> bool:
    value = _json(cell)
    return isinstance(value, list) and all(_whistle(each) for each in value)


def _whistle(value: object) -> bool:
    if not isinstance(value, dict) or set(value) - {ENDED} != WHISTLE_KEYS:
        return False
    if not all(isinstance(each, str) for each in value.values()):
        return False
    dated = [value["answered"], *([value[ENDED] or "never"] if ENDED in value else [])]
    times = [value["due"], value["sounded"], *filter(None, dated)]
    return bool(value["department"]) and all(map(_time, times))


def _json(cell: str) -> Any:
    try:
        return canonical.load(cell)
    except Invalid:
        return None


CHECKS: dict[CellKind, Callable[[str], object]] = {
    CellKind.CODE: _code,
    CellKind.TEXT: _text,
    CellKind.TIME: _time,
    CellKind.COUNT: COUNT.fullmatch,
    CellKind.HOURS: HOURS.fullmatch,
    CellKind.COUNTS: _counts,
    CellKind.NAMES: _names,
    CellKind.WHISTLES: _whistles,
    CellKind.SEALED: SEALED.fullmatch,
}
