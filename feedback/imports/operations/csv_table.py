"""CSV files of other systems' cases, as a mapping names their columns: every fault with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huying.base.errors import Invalid
from huying.base.i18n import _, _n

MOST_SHOWN = 20
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: the number of its first line in the file, and its cells by column, blanks at the ends gone."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(slots=True)
class CsvFaults:
    """What is wrong with a file, line by line; nothing is stored while there is anything."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Note what is wrong with a line."""
        self.found.append((line, reason))

    def check(self) -> None:
        """Raise Invalid with each line and reason, at most MOST_SHOWN of them, unless all is well."""
        if not self.found:
            return
        listed = [
            _("第 %(line)s 行：%(reason)s", line=line, reason=reason) for line, reason in sorted(self.found)
        ]
        more = len(listed) - MOST_SHOWN
        tail = [_n("另有 %(n)d 处未列出。", n=more)] if more > 0 else []
        head = _n("文件有 %(n)d 处不对，没有导入任何内容。", n=len(listed))
        raise Invalid("\n".join([head, *listed[:MOST_SHOWN], *tail]))


def chosen(columns: Sequence[str], data: bytes, *, faults: CsvFaults) -> list[CsvRow]:
    """Return the rows of a table that has at least `columns`; raise Invalid where one is missing."""
    heading, rows = _parsed(data)
    needed = "、".join(columns)
    for name in columns:
        if name not in heading:
            raise Invalid(_("表头缺少“%(name)s”这一列；需要的列：%(needed)s。", name=name, needed=needed))
        if heading.count(name) > 1:
            raise Invalid(_("表头重复了“%(name)s”这一列；需要的列：%(needed)s。", name=name, needed=needed))
    return list(_rows(heading, rows, faults=faults, wanted=frozenset(columns)))


def code(text: str, *, what: str, longest: int = 32) -> str:
    """Return a code; raise Invalid where it is empty, too long or holds what can't be printed."""
    if not text or len(text) > longest or not text.isprintable():
        raise Invalid(_("%(what)s应为 1 到 %(longest)s 个字符。", what=what, longest=longest))
    return text


def label(text: str, *, what: str, longest: int = 64) -> str:
    """Return a name; raise Invalid where it is empty or too long."""
    if not text or len(text) > longest:
        raise Invalid(_("%(what)s应为 1 到 %(longest)s 个字。", what=what, longest=longest))
    return text


def _parsed(data: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    rows = _records(_text(data))
    first = next(rows, None)
    if first is None:
        raise Invalid(_("文件是空的，第一行应是表头。"))
    return [name.strip() for name in first[1]], rows


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            _("第 %(line)s 行不是 UTF-8 文字；请把文件另存为 UTF-8 编码的 CSV。", line=line)
        ) from error


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
        raise Invalid(_("第 %(line)s 行的引号或分隔不对，不是完整的 CSV。", line=line)) from error


def _rows(
    keys: Sequence[str],
    records: Iterator[tuple[int, list[str]]],
    *,
    faults: CsvFaults,
    wanted: frozenset[str],
) -> Iterator[CsvRow]:
    for line, record in records:
        if len(record) != len(keys):
            faults.add(
                line, _("应有 %(wanted)s 列，实有 %(found)s 列。", wanted=len(keys), found=len(record))
            )
            continue
        cells = {key: cell.strip() for key, cell in zip(keys, record, strict=True) if key in wanted}
        if any(CONTROL.search(cell) for cell in cells.values()):
            faults.add(line, _("有换行或看不见的控制字符。"))
            continue
        yield CsvRow(line, cells)
