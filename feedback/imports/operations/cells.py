"""Cells of a table as values: each fault says which column it is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import TypeVar

from huying.base import phones
from huying.base.clock import LOCAL
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets import Column, Fault, Faults, Row, Table

Value = TypeVar("Value")
INSTANTS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
TIMES = ("%H:%M", "%H:%M:%S")


class WrongCell(Invalid):
    """A cell holds what can't be taken; `column` is its heading."""

    def __init__(self, column: Column, message: str) -> None:
        super().__init__(message)
        self.column = column.heading


def parsed(table: Table, parse: Callable[[Row], Value], *, faults: Faults) -> list[tuple[Row, Value]]:
    """Return each row with what `parse` makes of it; rows in which it finds a fault are noted instead."""
    found: list[tuple[Row, Value]] = []
    unread = {fault.line for fault in table.faults}
    for row in table.rows:
        if row.line in unread:
            continue
        try:
            found.append((row, parse(row)))
        except WrongCell as fault:
            faults.add(row.line, fault.message, fault.column)
        except Invalid as fault:
            faults.add(row.line, fault.message)
    return found


def in_order(faults: Faults) -> tuple[Fault, ...]:
    """Return what was found, from the top of the file to its end."""
    return tuple(sorted(faults, key=lambda fault: fault.line))


def code(row: Row, column: Column, *, longest: int = 32) -> str:
    """Return a code: 1 to `longest` characters that can be printed."""
    text = row[column.name]
    if not text or len(text) > longest or not text.isprintable():
        raise WrongCell(
            column,
            _("%(what)s应为 1 到 %(longest)s 个字符。", what=column.heading, longest=longest),
        )
    return text


def label(row: Row, column: Column, *, longest: int = 64) -> str:
    """Return a name: 1 to `longest` characters that can be printed."""
    text = row[column.name]
    if not text or len(text) > longest:
        raise WrongCell(
            column, _("%(what)s应为 1 到 %(longest)s 个字。", what=column.heading, longest=longest)
        )
    if not text.isprintable():
        raise WrongCell(column, _("有换行或看不见的控制字符。"))
    return text


def optional_label(row: Row, column: Column, *, longest: int = 64) -> str:
    """Return a name that may be missing: then it is empty."""
    return label(row, column, longest=longest) if row[column.name] else ""


def instant(row: Row, column: Column) -> datetime:
    """Return a local `2026-11-23` or `2026-11-23 08:30` as UTC; a bare date is its first moment."""
    text = row[column.name]
    if not text:
        raise WrongCell(column, _("请填写%(what)s。", what=column.heading))
    found = _as_time(text, INSTANTS)
    if found is None:
        raise WrongCell(
            column, _("“%(text)s”不是日期，写法如 2026-11-23 或 2026-11-23 08:30。", text=text[:40])
        )
    return found.replace(tzinfo=LOCAL).astimezone(UTC)


def optional_instant(row: Row, column: Column) -> datetime | None:
    """Return an instant, or None where the cell is empty."""
    return instant(row, column) if row[column.name] else None


def past_instant(row: Row, column: Column, *, now: datetime) -> datetime | None:
    """Return an instant that isn't after `now`, or None where the cell is empty."""
    at = optional_instant(row, column)
    if at is not None and at > now:
        raise WrongCell(column, _("%(what)s不能在将来。", what=column.heading))
    return at


def end(row: Row, column: Column, *, after: datetime) -> datetime | None:
    """Return the end of what begins at `after`, or None where none is known."""
    at = optional_instant(row, column)
    if at is not None and at <= after:
        raise WrongCell(column, _("结束要晚于开始。"))
    return at


def clock_time(row: Row, column: Column) -> time:
    """Return `08:30` as a time of day."""
    found = _as_time(row[column.name], TIMES)
    if found is None:
        raise WrongCell(column, _("“%(text)s”不是时刻，写法如 08:30。", text=row[column.name][:40]))
    return found.time()


def number(row: Row, column: Column, *, region: str, allowed: str) -> str:
    """Return a telephone number in E.164; `region` and `allowed` as for `phones.parse`."""
    try:
        return phones.parse(row[column.name], region=region, allowed=allowed)
    except Invalid as fault:
        raise WrongCell(column, fault.message) from None


def whole_number(row: Row, column: Column, *, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    text = row[column.name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise WrongCell(
            column,
            _("%(what)s应为 %(least)s 到 %(most)s 的整数。", what=column.heading, least=least, most=most),
        )
    return int(text)


def _as_time(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - civil time; its zone is put on by the caller
        except ValueError:
            continue
    return None
