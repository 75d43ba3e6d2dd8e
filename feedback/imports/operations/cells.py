"""Cells of a table as values: each fault says which column it is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import partial
from typing import TypeVar

from huying.base import clock, days, personal_numbers, phones, register_codes
from huying.base.clock import LOCAL
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.telephone_cells import is_none
from huying.sheets import Column, Fault, Faults, Row, Table

Value = TypeVar("Value")
Given = TypeVar("Given")


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
    """Return a code: 1 to `longest` characters that can be printed, and no person's number."""
    text = register_codes.unwrapped(row[column.name])
    if not text or len(text) > longest or not text.isprintable():
        raise WrongCell(
            column,
            _("%(what)s应为 1 到 %(longest)s 个字符。", what=column.heading, longest=longest),
        )
    return _checked(register_codes.check_code, text, column)


def label(row: Row, column: Column, *, longest: int = 64) -> str:
    """Return a name or a note: 1 to `longest` characters that can be printed, and no person's number."""
    text = row[column.name]
    if not text or len(text) > longest:
        raise WrongCell(
            column, _("%(what)s应为 1 到 %(longest)s 个字。", what=column.heading, longest=longest)
        )
    if not text.isprintable():
        raise WrongCell(column, _("有换行或看不见的控制字符。"))
    if personal_numbers.looks_like_telephones(text):
        raise WrongCell(column, _("这看起来是电话：这一列和电话的表头是不是写反了？"))
    return _checked(personal_numbers.check_none, text, column)


def optional_label(row: Row, column: Column, *, longest: int = 64) -> str:
    """Return a name that may be missing: then it is empty."""
    return label(row, column, longest=longest) if row[column.name] else ""


def instant(row: Row, column: Column) -> datetime:
    """Return a local `2026-11-23` or `2026-11-23 08:30` as UTC; a bare date is its first moment."""
    text = row[column.name]
    if not text:
        raise WrongCell(column, _("请填写%(what)s。", what=column.heading))
    day, at = _checked(days.read_moment, text, column)
    _checked(partial(days.check_planned, today=clock.local(clock.now()).date()), day, column)
    return datetime.combine(day, at or time(), LOCAL).astimezone(UTC)


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
    text = row[column.name]
    try:
        return days.read_clock(text)
    except ValueError:
        told = personal_numbers.quoted(text, longest=40)
        raise WrongCell(column, _("“%(text)s”不是时刻，写法如 08:30。", text=told)) from None


def number(row: Row, column: Column, *, region: str, allowed: str) -> str:
    """Return a telephone number in E.164; `region` and `allowed` as for `phones.parse`."""
    return _checked(partial(phones.parse, region=region, allowed=allowed), row[column.name], column)


def optional_number(row: Row, column: Column, *, region: str, allowed: str) -> str | None:
    """Return a telephone number, or None where the cell is empty or says that there is none."""
    return None if is_none(row[column.name]) else number(row, column, region=region, allowed=allowed)


def whole_number(row: Row, column: Column, *, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    text = row[column.name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise WrongCell(
            column,
            _("%(what)s应为 %(least)s 到 %(most)s 的整数。", what=column.heading, least=least, most=most),
        )
    return int(text)


def _checked(check: Callable[[Given], Value], given: Given, column: Column) -> Value:
    """Return what `check` makes of a cell; its refusal names the column."""
    try:
        return check(given)
    except Invalid as fault:
        raise WrongCell(column, fault.message) from None
