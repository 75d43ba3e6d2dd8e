"""Tables as published: no heading, TAB between fields, LF after every line, rows strictly ascending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from huying.base.errors import Invalid, Refused
from huying.base.i18n import _

Row = TypeVar("Row")


def build(rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows, in their order, as the bytes of a table."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def parse(
    data: bytes,
    *,
    name: str,
    width: int,
    read: Callable[[Sequence[str]], Row],
    order: Callable[[Row], tuple[str, ...]],
) -> tuple[Row, ...]:
    """Return the rows of table `name` of `width` fields, each as `read` makes it.

    Raises Invalid naming file and line where a field, the number of fields or the order is wrong.
    `order` gives the (ASCII) texts that must rise strictly from row to row.
    """
    found: list[Row] = []
    for number, line in enumerate(lines(data, name=name), start=1):
        try:
            row = read(_fields(line, width=width))
            _check_order(found[-1:], row, order=order)
        except Refused as refusal:
            raise Invalid(
                _("%(name)s 第 %(number)s 行：%(message)s", name=name, number=number, message=refusal.message)
            ) from None
        found.append(row)
    return tuple(found)


def lines(data: bytes, *, name: str) -> list[bytes]:
    """Return the lines without their LF; raise Invalid for an empty file, a CR or a lost last LF."""
    if not data:
        raise Invalid(_("%(name)s 是空文件。", name=name))
    before, cr, _after = data.partition(b"\r")
    if cr:
        number = before.count(b"\n") + 1
        raise Invalid(_("%(name)s 第 %(number)s 行：换行只能用 LF，不能有 CR。", name=name, number=number))
    if not data.endswith(b"\n"):
        raise Invalid(_("%(name)s 的最后一行没有换行，文件可能不完整。", name=name))
    return data[:-1].split(b"\n")


def _fields(line: bytes, *, width: int) -> list[str]:
    try:
        fields = line.decode().split("\t")
    except UnicodeDecodeError:
        raise Invalid(_("不是 UTF-8 文字。")) from None
    if len(fields) != width:
        raise Invalid(_("应当有 %(width)s 栏，实际有 %(n)s 栏。", width=width, n=len(fields)))
    return fields


def _check_order(before: list[Row], row: Row, *, order: Callable[[Row], tuple[str, ...]]) -> None:
    if before and not order(before[0]) < order(row):
        raise Invalid(_("没有按字节升序排列，或与上一行重复。"))
