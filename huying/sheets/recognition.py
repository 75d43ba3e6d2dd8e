"""What a file was taken for: its sheets, headings, columns, and everything that isn't read, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from huying.base.errors import Invalid
from huying.base.i18n import Lazy, _, _n, lazy
from huying.sheets.choice import NONE, Choice
from huying.sheets.layout import Layout

Reason = Literal["title", "heading", "section", "total", "note", "hidden"]
How = Literal["heading", "person", "second", "none"]
Grouped = Literal["", "section", "sheet"]

REASONS: Mapping[Reason, Lazy] = {
    "title": lazy("标题"),
    "heading": lazy("重复的表头"),
    "section": lazy("分段的行"),
    "total": lazy("合计"),
    "note": lazy("说明、签字"),
    "hidden": lazy("隐藏的行"),
}
SEPARATORS = {"\t": lazy("制表符")}
NAMED = 10
"""Lines that a sentence names."""


@dataclass(frozen=True, slots=True)
class RecognisedColumn:
    """A column of the file: `name` is ours, empty where nothing is made of it; `how` that was decided.

    `second`: its heading fits a column that a better heading has.
    """

    place: int
    heading: str
    name: str
    how: How


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that aren't read, for one reason: how many, the first lines, and how the first begins."""

    reason: Reason
    count: int
    lines: tuple[str, ...]
    sample: str

    def words(self) -> str:
        """Return the sentence that tells of them."""
        lines = "、".join(self.lines) + ("…" if self.count > len(self.lines) else "")
        return _(
            "没有读的行（%(reason)s）：%(count)s 行，第 %(lines)s 行，“%(sample)s”。",
            reason=REASONS[self.reason],
            count=self.count,
            lines=lines,
            sample=self.sample,
        )


@dataclass(frozen=True, slots=True)
class RecognisedSheet:
    """A sheet that was read; a text table has one, without a title.

    `grouped`: what stated the column whose heading is `group`, where the sheet has no such column.
    """

    title: str
    heading_lines: tuple[int, ...]
    rows: int
    left_out: tuple[LeftOut, ...] = ()
    hidden_rows: int = 0
    hidden_columns: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    padded: tuple[str, ...] = ()
    grouped: Grouped = ""
    group: str = ""

    def words(self) -> Iterator[str]:
        """Yield the sentences that tell of it."""
        at = "、".join(map(str, self.heading_lines))
        name = _("“%(title)s”：", title=self.title) if self.title else ""
        yield name + _("表头在第 %(at)s 行，读到 %(rows)s 行。", at=at, rows=self.rows)
        yield from (name + each.words() for each in self.left_out)
        if self.hidden_rows:
            yield name + _n("有 %(n)d 行是隐藏的，也读了，请核对。", n=self.hidden_rows)
        if self.hidden_columns:
            yield name + _("隐藏的列也读了：%(columns)s。", columns="、".join(self.hidden_columns))
        if self.filled:
            yield name + _("合并的单元格往下填了：%(columns)s。", columns="、".join(self.filled))
        if self.padded:
            yield name + _(
                "按显示的样子读（前面的零只是格式）：%(columns)s。", columns="、".join(self.padded)
            )
        if self.grouped == "section":
            yield name + _("没有“%(group)s”这一列：用了分段行里写的。", group=self.group)
        elif self.grouped == "sheet":
            yield name + _("没有“%(group)s”这一列：用了工作表的名字。", group=self.group)


@dataclass(frozen=True, slots=True)
class Recognition:
    """A file as it was understood. `skipped` are sheets that weren't read, each with the reason.

    `persons`: rows of one person each that became `rows` of the table; `offered`: columns with blank cells
    below a filled one, which may be filled downwards. `filled_down` were, as a person chose.
    """

    fingerprint: str
    columns: tuple[RecognisedColumn, ...] = ()
    sheets: tuple[RecognisedSheet, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    separator: str = ""
    persons: int = 0
    rows: int = 0
    offered: tuple[str, ...] = ()
    filled_down: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    choice: Choice = NONE

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings that nothing is made of."""
        return tuple(each.heading for each in self.columns if each.heading and not each.name)

    @property
    def left_out(self) -> dict[Reason, int]:
        """How many rows weren't read, by the reason."""
        counts: dict[Reason, int] = {}
        for each in (each for sheet in self.sheets for each in sheet.left_out):
            counts[each.reason] = counts.get(each.reason, 0) + each.count
        return counts

    @property
    def hidden_rows(self) -> int:
        """How many rows were read that the file hides."""
        return sum(sheet.hidden_rows for sheet in self.sheets)

    def fillable(self, layout: Layout) -> list[str]:
        """Return the columns that may be filled downwards, or are."""
        return [each.name for each in layout.columns if each.heading in {*self.offered, *self.filled_down}]

    def reasons(self) -> list[tuple[Reason, Lazy]]:
        """Return why rows were left out, or would have been, that a person may have read."""
        there = {*self.left_out, *self.choice.rows} - {"title", "section", "hidden"}
        return [(reason, title) for reason, title in REASONS.items() if reason in there]

    def stored(self) -> str:
        """Return it as a text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def restored(cls, text: str) -> Recognition:
        """Return what was stored."""
        told = json.loads(text)
        told["columns"] = tuple(RecognisedColumn(**each) for each in told["columns"])
        told["sheets"] = tuple(map(_sheet, told["sheets"]))
        told["skipped"] = tuple((title, why) for title, why in told["skipped"])
        told |= {name: tuple(told[name]) for name in ("offered", "filled_down", "lacking")}
        return cls(**told | {"choice": Choice.restored(json.dumps(told["choice"]))})

    def words(self, headings: Mapping[str, str]) -> list[str]:
        """Return the sentences that tell of a file; `headings` are our names of columns."""
        return [
            *self._file(),
            *(line for sheet in self.sheets for line in sheet.words()),
            *self._columns(headings),
        ]

    def _file(self) -> Iterator[str]:
        if self.encoding:
            sign = SEPARATORS.get(self.separator, self.separator)
            yield _("文字表格，%(encoding)s 编码，分隔符是“%(sign)s”。", encoding=self.encoding, sign=sign)
        for title, why in self.skipped:
            yield _("没有读工作表“%(title)s”：%(why)s。", title=title, why=why)

    def _columns(self, headings: Mapping[str, str]) -> Iterator[str]:
        pairs = [(headings.get(each.name, each.name), each.heading) for each in self.columns if each.name]
        told = [ours if ours == theirs else f"{ours}←{theirs}" for ours, theirs in pairs]
        yield _("认出的列：%(columns)s。", columns="，".join(told) or "—")
        if self.ignored:
            yield _("没有用的列：%(columns)s。", columns="、".join(self.ignored))
        if self.lacking:
            yield _("文件里没有的列：%(columns)s。", columns="、".join(self.lacking))
        if self.persons:
            yield _("一行一人：%(persons)s 行合成 %(rows)s 户。", persons=self.persons, rows=self.rows)
        if self.filled_down:
            yield _("空格照上一行填了：%(columns)s。", columns="、".join(self.filled_down))
        if self.offered:
            columns = "、".join(self.offered)
            yield _("“%(columns)s”有空格，也许该照上一行填：没有填，可以选。", columns=columns)


def _sheet(told: dict[str, Any]) -> RecognisedSheet:
    left_out = (LeftOut(**each | {"lines": tuple(each["lines"])}) for each in told["left_out"])
    lists = ("heading_lines", "hidden_columns", "filled", "padded")
    return RecognisedSheet(
        **told | {name: tuple(told[name]) for name in lists} | {"left_out": tuple(left_out)}
    )


class Unrecognised(Invalid):
    """A file that can't be read as it is; by `recognition`, what was made out, a person can say the rest."""

    def __init__(self, message: str, recognition: Recognition) -> None:
        super().__init__(message)
        self.recognition = recognition
