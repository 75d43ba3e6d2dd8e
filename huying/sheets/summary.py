"""What was made of a file, gathered while its rows are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from huying.base.personal_numbers import quoted
from huying.sheets.assembly import Assembly
from huying.sheets.layout import Layout
from huying.sheets.one_sheet import SheetReading
from huying.sheets.recognition import Grouped, How, LeftOut, RecognisedColumn, RecognisedSheet, Recognition

WIDTH = 80
"""Signs of a heading or a title that are shown."""


@dataclass(frozen=True, slots=True)
class Opened:
    """How a file was opened: a text table's encoding and separator, or the sheets of a workbook not read."""

    encoding: str = ""
    separator: str = ""
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class RecognitionSummary:
    """Gathers what was made of a file's sheets; `first` is the one whose headings speak for all."""

    layout: Layout
    first: SheetReading
    opened: Opened
    sheets: list[RecognisedSheet] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)
    persons: int = 0

    def add(self, one: SheetReading, *, left_out: tuple[LeftOut, ...], assembly: Assembly) -> None:
        """Note a sheet after its last row."""
        self.offered.update(assembly.offered)
        self.sheets.append(
            RecognisedSheet(
                title=quoted(one.sheet.title, longest=WIDTH),
                heading_lines=one.found.lines,
                rows=assembly.count,
                left_out=left_out,
                hidden_rows=assembly.hidden_count,
                hidden_columns=_headings(one, one.sheet.hidden_columns),
                filled=_headings(one, one.filled),
                padded=_headings(one, one.sheet.padded),
                grouped=_grouped(one, self.layout, assembly),
                group=self._heading(self.layout.grouped),
            )
        )

    def recognition(self, rows: int = 0) -> Recognition:
        """Return what was gathered, of `rows` rows in the end."""
        found = self.first.found
        return Recognition(
            fingerprint=found.fingerprint,
            columns=tuple(self._column(at) for at in range(len(found.texts))),
            sheets=tuple(self.sheets),
            skipped=self.opened.skipped,
            encoding=self.opened.encoding,
            separator=self.opened.separator,
            persons=self.persons,
            rows=rows,
            offered=tuple(
                self._heading(each.name) for each in self.layout.columns if each.name in self.offered
            ),
            filled_down=tuple(map(self._heading, self.first.choice.fill)),
            choice=self.first.choice,
            lacking=tuple(each.heading for each in self.layout.asked if self._lacks(each.name)),
        )

    def _column(self, at: int) -> RecognisedColumn:
        found = self.first.found
        column = found.columns[at]
        how: How
        if at in self.first.choice.columns:
            how = "person"
        elif at in found.passed_over:
            how = "second"
        else:
            how = "heading" if column else "none"
        heading = quoted(found.texts[at], longest=WIDTH)
        return RecognisedColumn(at, heading, column.name if column else "", how)

    def _lacks(self, name: str) -> bool:
        stated = name == self.layout.grouped and any(sheet.grouped for sheet in self.sheets)
        return name not in self.first.found.there and not stated

    def _heading(self, name: str) -> str:
        column = self.layout.column(name)
        return column.heading if column else name


def _grouped(one: SheetReading, layout: Layout, assembly: Assembly) -> Grouped:
    if one.grouped:
        return "sheet"
    return "section" if assembly.grouped and layout.grouped not in one.found.there else ""


def _headings(one: SheetReading, places: Iterable[int]) -> tuple[str, ...]:
    texts = one.found.texts
    return tuple(quoted(texts[at], longest=WIDTH) for at in sorted(places) if at < len(texts) and texts[at])
