"""CSV files as people bring them: known headings in either language, every fault with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from huying.clock import LOCAL
from huying.errors import Invalid

MOST_SHOWN = 20
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the number of its first line in the file, and its cells by column, blanks at the ends gone."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(slots=True)
class Faults:
    """What is wrong with a file, line by line; nothing is stored while there is anything."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Note what is wrong with a line."""
        self.found.append((line, reason))

    def check(self) -> None:
        """Raise Invalid with each line and reason, at most MOST_SHOWN of them, unless all is well."""
        if not self.found:
            return
        listed = [f"第 {line} 行：{reason}" for line, reason in sorted(self.found)]
        more = len(listed) - MOST_SHOWN
        tail = [f"另有 {more} 处未列出。"] if more > 0 else []
        message = "\n".join([*listed[:MOST_SHOWN], *tail])
        raise Invalid(f"文件有 {len(listed)} 处不对，没有导入任何内容。\n{message}")


def named(columns: Mapping[str, str], data: bytes, *, faults: Faults) -> list[Row]:
    """Return the rows of a table whose headings are exactly `columns`, Chinese or their English synonyms.

    `columns`: synonym by heading; rows are keyed by synonym. Raise Invalid for a heading that is unknown,
    missing or doubled.
    """
    expected = f"应有的列：{'、'.join(columns)}。"
    known = {**columns, **{synonym: synonym for synonym in columns.values()}}
    heading, rows = _parsed(data)
    for name in heading:
        if name not in known:
            raise Invalid(f"表头有不认识的列“{name}”；{expected}")
    keys = [known[name] for name in heading]
    for name, key in columns.items():
        if keys.count(key) != 1:
            fault = "缺少" if key not in keys else "重复了"
            raise Invalid(f"表头{fault}“{name}”这一列；{expected}")
    return list(_rows(keys, rows, faults=faults))


def chosen(columns: Sequence[str], data: bytes, *, faults: Faults) -> list[Row]:
    """Return the rows of a table that has at least `columns`; raise Invalid where one is missing."""
    heading, rows = _parsed(data)
    for name in columns:
        if heading.count(name) != 1:
            fault = "缺少" if name not in heading else "重复了"
            raise Invalid(f"表头{fault}“{name}”这一列；需要的列：{'、'.join(columns)}。")
    return list(_rows(heading, rows, faults=faults, wanted=frozenset(columns)))


def instant(text: str) -> datetime:
    """Return a local `2026-11-23` or `2026-11-23 08:30` as UTC; a bare date is its first moment."""
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=LOCAL).astimezone(UTC)
        except ValueError:
            continue
    raise Invalid(f"“{text}”不是日期，写法如 2026-11-23 或 2026-11-23 08:30。")


def clock_time(text: str) -> time:
    """Return `08:30` as a time of day."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text}”不是时刻，写法如 08:30。") from None


def code(text: str, *, what: str, longest: int = 32) -> str:
    """Return a code; raise Invalid where it is empty, too long or holds what can't be printed."""
    if not text or len(text) > longest or not text.isprintable():
        raise Invalid(f"{what}应为 1 到 {longest} 个字符。")
    return text


def label(text: str, *, what: str, longest: int = 64) -> str:
    """Return a name; raise Invalid where it is empty or too long."""
    if not text or len(text) > longest:
        raise Invalid(f"{what}应为 1 到 {longest} 个字。")
    return text


def _parsed(data: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    rows = _records(_text(data))
    first = next(rows, None)
    if first is None:
        raise Invalid("文件是空的，第一行应是表头。")
    return [name.strip() for name in first[1]], rows


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(f"第 {line} 行不是 UTF-8 文字；请把文件另存为 UTF-8 编码的 CSV。") from error


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that isn't blank with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(f"第 {line} 行的引号或分隔不对，不是完整的 CSV。") from error


def _rows(
    keys: Sequence[str],
    records: Iterator[tuple[int, list[str]]],
    *,
    faults: Faults,
    wanted: frozenset[str] | None = None,
) -> Iterator[Row]:
    for line, record in records:
        if len(record) != len(keys):
            faults.add(line, f"应有 {len(keys)} 列，实有 {len(record)} 列。")
            continue
        cells = {
            key: cell.strip()
            for key, cell in zip(keys, record, strict=True)
            if wanted is None or key in wanted
        }
        if any(CONTROL.search(cell) for cell in cells.values()):
            faults.add(line, "有换行或看不见的控制字符。")
            continue
        yield Row(line, cells)
