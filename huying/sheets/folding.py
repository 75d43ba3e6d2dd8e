"""Rows of one person each, made one row a household: its contact, and its adults with their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from huying.base.i18n import _
from huying.sheets.layout import Fold, Layout
from huying.sheets.table import Faults, Row

JOINED = "；"


def joined(numbers: Iterable[str]) -> str:
    """Return several cells of numbers as one cell, each number once, in order."""
    return JOINED.join(dict.fromkeys(filter(None, numbers)))


@dataclass(slots=True)
class Folding:
    """Folds consecutive rows of one household; what they don't agree on is a fault."""

    layout: Layout
    fold: Fold
    faults: Faults
    persons: int = 0

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield a row a household."""
        members: list[Row] = []
        for row in rows:
            self.persons += 1
            if members and not self._same(members[0], row):
                yield self._household(members)
                members = []
            members.append(row)
        if members:
            yield self._household(members)

    def _same(self, first: Row, row: Row) -> bool:
        key = self.fold.key
        if first[key] or row[key]:
            return first[key] == row[key]
        own = [first[name] for name in self.fold.same]
        return all(own) and own == [row[name] for name in self.fold.same]

    def _household(self, members: list[Row]) -> Row:
        if len(members) == 1:
            return members[0]
        fold, first = self.fold, members[0]
        cells: dict[str, str] = {}
        for member in members:
            self._agree(first, member)
            for name, text in member.cells.items():
                cells[name] = cells.get(name) or text
        contact = self._contact(members)
        for name in (fold.number, *fold.noted):
            cells[name] = contact[name]
        adults = self._adults(members)
        if len(adults) > 1 and not cells.get(fold.into):
            cells[fold.into] = joined(member[fold.number] for member in adults)
        return Row(first.line, cells, first.raw, tuple((member.line, member.raw) for member in members[1:]))

    def _agree(self, first: Row, member: Row) -> None:
        for name in self.fold.same:
            if first[name] and member[name] and first[name] != member[name]:
                column = self.layout.column(name)
                reason = _("和第 %(line)s 行是同一户，这一栏却不同", line=first.line)
                self.faults.add(member.line, reason, column.heading if column else "")

    def _contact(self, members: list[Row]) -> Row:
        """Return the head of the household, or the first member, who has a number."""
        numbered = [member for member in members if member[self.fold.number]] or members
        heads = [member for member in numbered if member[self.fold.relation].startswith(self.fold.heads)]
        return (heads or numbered)[0]

    def _adults(self, members: list[Row]) -> list[Row]:
        """Return the adults with numbers: the oldest first where ages are stated, else as they stand."""
        aged = [(_age(member[self.fold.age]), member) for member in members if member[self.fold.number]]
        adults = [(age or 0, member) for age, member in aged if age is None or age >= self.fold.adult]
        return [member for _age, member in sorted(adults, key=lambda each: -each[0])]


def _age(text: str) -> int | None:
    digits = text.removesuffix("岁").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else None
