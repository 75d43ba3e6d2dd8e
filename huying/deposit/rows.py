"""Rows to bytes and back: UTF-8, TAB, a header, LF, sorted by code; every fault with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.deposit import cells
from huying.deposit.tables import BY_NAME, CellKind, DepositColumn, DepositTable

DepositRow = dict[str, str]


def line(table: DepositTable, row: Mapping[str, str]) -> bytes:
    """Return the row's line without LF, as it stood in its file: a wave's record holds the SHA-256 of it."""
    return "\t".join(row[name] for name in table.header if name in row).encode()


def in_order(table: DepositTable, rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return the rows sorted by code, as they stand in the file; what came later is empty where not given."""
    empty = dict.fromkeys(set(table.header) - set(table.first_header), "")
    return sorted((empty | dict(row) for row in rows), key=lambda row: row.get(table.key, ""))


def write(table: DepositTable, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return the file of the rows, whatever their order; raises Invalid for what `read` would refuse."""
    ordered = in_order(table, rows)
    previous = ""
    for number, row in enumerate(ordered, start=2):
        if set(row) != set(table.header):
            raise Invalid(_("%(file)s 第 %(number)s 行：列名不对。", file=table.file, number=number))
        previous = _check(table, row, number=number, previous=previous)
    header = "\t".join(table.header).encode()
    return b"".join(each + b"\n" for each in (header, *(line(table, row) for row in ordered)))


def read(table: DepositTable, data: bytes) -> tuple[DepositRow, ...]:
    """Return the rows of a file; raises Invalid with the file, the line and the reason."""
    header, *lines = _lines(table, data)
    names = tuple(header.split("\t"))
    if names not in table.headers:
        raise Invalid(
            _("%(file)s 第 1 行：表头不对，应为 %(names)s。", file=table.file, names=" ".join(table.header))
        )
    rows: list[DepositRow] = []
    previous = ""
    for number, text in enumerate(lines, start=2):
        values = text.split("\t")
        if len(values) != len(names):
            raise Invalid(
                _(
                    "%(file)s 第 %(number)s 行：应有 %(n)s 列，实有 %(n2)s 列。",
                    file=table.file,
                    number=number,
                    n=len(names),
                    n2=len(values),
                )
            )
        row = dict(zip(names, values, strict=True))
        previous = _check(table, row, number=number, previous=previous)
        rows.append(row)
    return tuple(rows)


def check_references(tables: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Raise Invalid where a row names a code that its table in the same deposit lacks, as an unknown area."""
    for name, rows in tables.items():
        for column in BY_NAME[name].columns:
            if column.refers:
                codes = {row[BY_NAME[column.refers].key] for row in tables[column.refers]}
                _check_known(BY_NAME[name], column, rows=rows, codes=codes)


def _check_known(
    table: DepositTable, column: DepositColumn, *, rows: Sequence[Mapping[str, str]], codes: set[str]
) -> None:
    for number, row in enumerate(rows, start=2):
        code = row[column.name]
        if code and code not in codes:
            place = _("%(file)s 第 %(number)s 行", file=table.file, number=number)
            raise Invalid(
                _(
                    "%(place)s：%(name)s “%(code)s” 不在 %(refers)s.tsv 里。",
                    place=place,
                    name=column.name,
                    code=code,
                    refers=column.refers,
                )
            )


def _lines(table: DepositTable, data: bytes) -> list[str]:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            _("%(file)s 第 %(number)s 行：不是 UTF-8 文字。", file=table.file, number=number)
        ) from error
    lines = text.split("\n")
    if lines.pop():
        raise Invalid(
            _(
                "%(file)s 第 %(value)s 行：末尾没有换行，文件可能不完整。",
                file=table.file,
                value=len(lines) + 1,
            )
        )
    return lines or [""]


def _check(table: DepositTable, row: Mapping[str, str], *, number: int, previous: str) -> str:
    """Check a row and its place after the `previous` code; return its code."""
    for column in table.columns:
        reason = _fault(column, row[column.name]) if column.name in row else ""
        if reason:
            raise Invalid(
                _(
                    "%(file)s 第 %(number)s 行：%(name)s %(reason)s。",
                    file=table.file,
                    number=number,
                    name=column.name,
                    reason=reason,
                )
            )
    code = row[table.key]
    if code == previous:
        raise Invalid(
            _("%(file)s 第 %(number)s 行：编号 “%(code)s” 重复。", file=table.file, number=number, code=code)
        )
    if code < previous:
        raise Invalid(_("%(file)s 第 %(number)s 行：没有按编号排序。", file=table.file, number=number))
    return code


def _fault(column: DepositColumn, cell: str) -> str:
    if not cell:
        return "" if column.optional else _("不能为空")
    if cells.fits(column.kind, cell):
        return ""
    if column.kind is CellKind.SEALED:
        return _("应当封存，却不是封存的形式")
    return _("的写法不对")
