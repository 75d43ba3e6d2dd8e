"""Which rows of a sheet are data, and which are titles, headings again, sections, totals, notes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from huying.base.personal_numbers import quoted
from huying.sheets.cells import Cell, plain
from huying.sheets.choice import Choice
from huying.sheets.comma import RawRow
from huying.sheets.headings import Headings
from huying.sheets.layout import ColumnKind, Layout
from huying.sheets.recognition import NAMED, REASONS, LeftOut, Reason
from huying.sheets.words import is_note, is_total, key

Sorted = tuple[int, list[Cell], str]
"""A row of data with the group that a section row states for it, empty for none."""

CODE = re.compile(r"[!-~]{1,32}", re.ASCII)
CODE_AND_NAME = re.compile(r"([0-9A-Za-z][0-9A-Za-z._-]*)[\s:：（(]+\S.*", re.DOTALL)
LABELLED = re.compile(r"[^:：]{1,8}[:：]\s*(\S.*)", re.DOTALL)
SAMPLE = 40


@dataclass(slots=True)
class LeftOutRows:
    """What was left out so far."""

    counts: dict[Reason, int] = field(default_factory=dict)
    lines: dict[Reason, list[str]] = field(default_factory=dict)
    samples: dict[Reason, str] = field(default_factory=dict)

    def add(self, reason: Reason, line: int, cells: Sequence[Cell]) -> None:
        """Note a row that is left out."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        named = self.lines.setdefault(reason, [])
        if len(named) < NAMED:
            named.append(str(int(line)))
        text = " ".join(plain(cell.text) for cell in cells if cell.text.strip())
        self.samples.setdefault(reason, quoted(text, longest=SAMPLE))

    def told(self) -> tuple[LeftOut, ...]:
        """Return what was left out, by the reason."""
        return tuple(
            LeftOut(reason, self.counts[reason], tuple(self.lines[reason]), self.samples[reason])
            for reason in REASONS
            if reason in self.counts
        )


class Sorting:
    """Sorts the rows below the headings of one sheet."""

    def __init__(
        self,
        found: Headings,
        layout: Layout,
        choice: Choice,
        *,
        wide: Collection[int] = (),
        hidden: Collection[int] = (),
        titles: Iterable[RawRow] = (),
    ) -> None:
        self.choice, self.wide, self.hidden, self.tally = choice, wide, hidden, LeftOutRows()
        needed = {column.name for column in layout.columns if column.required} | {
            name for names in layout.needs for name in names
        }
        self.needed = [at for at, column in enumerate(found.columns) if column and column.name in needed]
        self.named = [(at, key(text)) for at, text in enumerate(found.texts) if text]
        self.first = next(((at, text[0]) for at, text in enumerate(found.texts) if text), (0, "\0"))
        self.kinds = [column.kind if column else None for column in found.columns]
        self.titles: set[str] = set()
        self.fills = bool(layout.grouped) and (
            choice.sections == "fill" or (choice.sections != "leave" and layout.grouped not in found.there)
        )
        for line, cells in titles:
            self.titles.add("".join(cell.text for cell in cells).strip())
            self.tally.add("title", line, cells)

    def data(self, rows: Iterable[RawRow]) -> Iterator[Sorted]:
        """Yield the rows of data, each with its group; note the others."""
        group, waiting = "", None
        for line, cells in rows:
            reason = self.reason(line, cells)
            if reason == "section":
                self._settle(waiting, "section")
                waiting, group = (line, cells), self._group(cells)
            elif reason:
                self.tally.add(reason, line, cells)
            else:
                self._settle(waiting, "section")
                waiting = None
                yield line, cells, group if self.fills else ""
        # Below the last row of data, a row of one cell is no section: it is a note.
        self._settle(waiting, "note")

    def reason(self, line: int, cells: Sequence[Cell]) -> Reason | None:
        """Return why a row isn't data, or None."""
        reason = self._reason(line, cells)
        return None if reason in self.choice.rows else reason

    def _reason(self, line: int, cells: Sequence[Cell]) -> Reason | None:
        if self.choice.visible and line in self.hidden:
            return "hidden"
        if self._repeats_headings(cells):
            return "heading"
        full = bool(self.needed) and all(at < len(cells) and cells[at].text.strip() for at in self.needed)
        at, first = next(((at, cell.text) for at, cell in enumerate(cells) if cell.text.strip()), (0, ""))
        if full and first.isascii():
            return None
        if is_total(first):
            return "total"
        if is_note(first) and (not full or self._kind(at) == "code"):
            return "note"
        return None if full else self._partial(line, cells)

    def _partial(self, line: int, cells: Sequence[Cell]) -> Reason | None:
        filled = [at for at, cell in enumerate(cells) if cell.text.strip()]
        if any(is_total(cells[at].text) for at in filled[1:3]):
            return "total"
        return self._lone(line, cells, filled[0]) if len(filled) == 1 else None

    def _lone(self, line: int, cells: Sequence[Cell], at: int) -> Reason | None:
        """Return what a row of a single cell is."""
        text = cells[at].text.strip()
        if text in self.titles:
            return "title"
        if line in self.wide or self.choice.sections:
            return "section"
        # Without merged cells only what can't be data is taken for a section: words in a column of codes.
        kind = self._kind(at)
        is_section = at == 0 and (kind is None or (kind == "code" and not CODE.fullmatch(text)))
        return "section" if is_section else None

    def _kind(self, at: int) -> ColumnKind | None:
        return self.kinds[at] if at < len(self.kinds) else None

    def _repeats_headings(self, cells: Sequence[Cell]) -> bool:
        # Nearly every row is data, and its first cell begins otherwise than a heading.
        first, sign = self.first
        if first >= len(cells) or not cells[first].text.lstrip().startswith(sign):
            return False
        there = [pair for pair in self.named if pair[0] < len(cells)]
        return all(key(cells[at].text[:SAMPLE]) == word for at, word in there)

    def _settle(self, waiting: RawRow | None, reason: Reason) -> None:
        if waiting is not None:
            self.tally.add(reason, *waiting)

    def _group(self, cells: Sequence[Cell]) -> str:
        return group(next(cell.text for cell in cells if cell.text.strip()))


def group(text: str) -> str:
    """Return the code or name that a section row or a sheet's title states: `YC-111` of `YC-111 春一社区`."""
    bare = plain(text)
    if labelled := LABELLED.fullmatch(bare):
        bare = labelled[1]
    coded = CODE_AND_NAME.fullmatch(bare)
    return coded[1] if coded else bare
