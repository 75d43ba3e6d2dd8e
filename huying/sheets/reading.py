"""Reading a table of any make into rows by their columns, and saying what was made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import file_name, quoted
from huying.sheets import child, comma, container, headings, likeness
from huying.sheets.assembly import Assembly
from huying.sheets.choice import Choose, nothing
from huying.sheets.comma import RawRow, TextTable
from huying.sheets.folding import Folding
from huying.sheets.headings import Headings
from huying.sheets.layout import Foreign, Layout
from huying.sheets.one_sheet import SheetReading
from huying.sheets.recognition import Unrecognised
from huying.sheets.sheet import WorkbookSheet
from huying.sheets.summary import Opened, RecognitionSummary
from huying.sheets.table import Faults, Row, SheetLine, Table
from huying.workbooks.limits import LOOKED_AT, MOST_ROWS


def read(
    data: bytes,
    *,
    file: str,
    layout: Layout,
    choose: Choose = nothing,
    others: Sequence[Foreign] = (),
    gather: bool = False,
) -> Table:
    """Return the rows of a file by the layout's columns, cells put in order, and what was made of the file.

    `choose` says what a person said of files with such headings; `others` are tables that others take.
    Raises Invalid with a sentence that names the file, and the row and column where it can; Unrecognised
    where a person can say what is what. With `gather`, cells that can't be read are faults of the table.
    """
    file = file_name(file)
    kind = container.kind(data, file=file)
    if kind == "text":
        return _Reading(layout, choose, others, file, gather).text(comma.opened(data, file=file))
    return _Reading(layout, choose, others, file, gather).workbook(child.sheets(data, file=file))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One file being read for one layout."""

    layout: Layout
    choose: Choose
    others: Sequence[Foreign]
    file: str
    gather: bool

    def text(self, given: TextTable) -> Table:
        """Read a text table with the separator by which most headings are known."""
        tried = [(sign, given.head(sign, most=LOOKED_AT)) for sign in given.signs()]
        fitting = [(sign, rows, headings.find(rows, self.layout)) for sign, rows in tried if rows]
        if not fitting:
            given.check(tried[0][0])
            raise Invalid(_("%(file)s 是空的。", file=self.file))
        sign, head, found = max(fitting, key=lambda each: each[2].known)
        if not found.known and len(fitting) < len(tried):
            given.check(next(sign for sign, rows in tried if not rows))
        # A city's rows are made one by one: held as cells and as rows, they would take twice the memory.
        rows = given.rows(sign)
        for _row in head:
            next(rows)
        one = self._reading(WorkbookSheet(""), head, found)
        one.rest, one.exact = rows, True
        one.state_group(self.layout, several=False)
        return self._table([one], opened=Opened(given.encoding, sign))

    def workbook(self, sheets: Sequence[WorkbookSheet]) -> Table:
        """Read every sheet that has the layout's columns, one below the other."""
        tried, skipped = [], []
        for sheet in sheets:
            if sheet.hidden:
                skipped.append((quoted(sheet.title), _("隐藏的工作表")))
                continue
            filled = sheet.fill()
            if rows := sheet.lines():
                one = self._reading(sheet, rows, headings.find(rows, self.layout))
                one.filled = filled
                tried.append(one)
        if not tried:
            raise Invalid(_("%(file)s 是空的。", file=self.file))
        taken = self._fitting(tried)
        skipped += [(quoted(one.sheet.title), _("不是这样的表")) for one in tried if one not in taken]
        return self._table(taken, opened=Opened(skipped=tuple(skipped)))

    def _reading(self, sheet: WorkbookSheet, rows: list[RawRow], found: Headings) -> SheetReading:
        choice = self.choose(found.fingerprint, found.texts)
        if choice.columns:
            found = found.chosen(choice.columns, self.layout)
        return SheetReading(sheet, found, choice, rows)

    def _fitting(self, tried: list[SheetReading]) -> list[SheetReading]:
        """Return the sheets that have what the layout needs, or the nearest; they have equal headings."""
        several = len(tried) > 1
        for one in tried:
            one.state_group(self.layout, several=several)
        fitting = [one for one in tried if not one.lacking(self.layout) and (one.has_rows or not several)]
        if not fitting:
            return [max(tried, key=lambda one: one.found.known)]
        if len({one.found.fingerprint for one in fitting}) > 1:
            names = "、".join(quoted(one.sheet.title) for one in fitting)
            raise Invalid(
                _(
                    "%(file)s 里有几张表都像，表头却不一样：%(names)s。请把表头改成一样，或只留一张。",
                    file=self.file,
                    names=names,
                )
            )
        return fitting

    def _check(self, readings: Sequence[SheetReading]) -> None:
        for one in readings:
            missing = one.lacking(self.layout)
            headings.check(one.found, self.layout, missing, file=self.file, sheet=one.sheet.title)
            if wrong := likeness.exchanged(one.found, one.head[one.found.after : LOOKED_AT]):
                raise Invalid(f"{self.file}：{wrong}")

    def _table(self, readings: list[SheetReading], *, opened: Opened) -> Table:
        summary = RecognitionSummary(self.layout, readings[0], opened)
        for one in readings:
            if wrong := likeness.foreign(one.found, self.others):
                raise Invalid(f"{self.file}：{wrong}")
        try:
            self._check(readings)
        except Invalid as fault:
            raise Unrecognised(fault.message, summary.recognition()) from None
        faults = Faults()
        several = len(readings) > 1
        rows = chain.from_iterable(
            self._rows(one, faults=faults, summary=summary, place=place if several else None)
            for place, one in enumerate(readings)
        )
        folding = self._folding(readings, faults)
        listed = tuple(folding.rows(rows) if folding else rows)
        if len(listed) > MOST_ROWS:
            raise Invalid(_("%(file)s 超过 %(most)d 行：请分成几份。", file=self.file, most=MOST_ROWS))
        if not self.gather:
            faults.check(self.file)
        if folding and folding.persons > len(listed):
            summary.persons = folding.persons
        title = "、".join(quoted(one.sheet.title) for one in readings)
        headings_of = readings[0].found.texts
        return Table(self.file, title, headings_of, listed, summary.recognition(len(listed)), tuple(faults))

    def _rows(
        self, one: SheetReading, *, faults: Faults, summary: RecognitionSummary, place: int | None
    ) -> Iterator[Row]:
        line = int if place is None else partial(SheetLine, place=place, title=one.sheet.title)
        sorting = one.sorting(self.layout)
        assembly = Assembly(
            one.found,
            self.layout,
            one.choice,
            faults=faults,
            exact=one.exact,
            line=line,
            stated=one.grouped,
            hidden=one.sheet.hidden_rows,
            file=self.file,
        )
        yield from assembly.rows(sorting.data(one.rows()))
        summary.add(one, left_out=sorting.tally.told(), assembly=assembly)

    def _folding(self, readings: Sequence[SheetReading], faults: Faults) -> Folding | None:
        """Return how persons become households, where the table is one of persons."""
        fold, first = self.layout.fold, readings[0]
        if fold is None or first.choice.persons is False:
            return None
        key = {at for at, column in enumerate(first.found.columns) if column and column.name == fold.key}
        merged = any(one.filled & key for one in readings)
        persons = merged or not first.found.there.isdisjoint(fold.persons) or first.choice.persons
        return Folding(self.layout, fold, faults) if persons else None
