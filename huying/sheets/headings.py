"""Where the headings stand, and which column each is: over one row or two, under titles, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import quoted
from huying.sheets.cells import plain
from huying.sheets.comma import RawRow
from huying.sheets.layout import Column, Layout
from huying.sheets.words import key, stem
from huying.workbooks.limits import MOST_COLUMNS, SEARCHED

WIDTH = 300
"""Signs of a heading that are compared: no heading is longer."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a table: `lines` they stand on; `after` is the place of the first row behind them."""

    texts: tuple[str, ...]
    columns: tuple[Column | None, ...]
    after: int
    lines: tuple[int, ...] = ()
    passed_over: tuple[int, ...] = ()
    """Places whose heading fits a column that a better heading has."""

    @property
    def there(self) -> set[str]:
        """The names of the columns that were recognised."""
        return {column.name for column in self.columns if column}

    @property
    def known(self) -> int:
        """How many columns were recognised."""
        return len(self.there)

    @property
    def fingerprint(self) -> str:
        """What is equal for files with the same headings: a SHA-256, hexadecimal."""
        return sha256("\n".join(key(text[:WIDTH]) for text in self.texts).encode()).hexdigest()

    def twice(self) -> str:
        """Return a heading whose column stands twice, or an empty text."""
        seen: set[str] = set()
        for text, column in zip(self.texts, self.columns, strict=True):
            if column and not column.several and column.name in seen:
                return text
            seen.add(column.name if column else "")
        return ""

    def chosen(self, columns: Mapping[int, str], layout: Layout) -> Headings:
        """Return the headings as a person reads them: of each place the column's name, empty for none."""
        taken = {name for name in columns.values() if name}
        found = list(self.columns)
        for place, column in enumerate(found):
            if column and column.name in taken and not column.several:
                found[place] = None
        for place, name in columns.items():
            if place < len(found):
                found[place] = layout.column(name)
        return Headings(self.texts, tuple(found), self.after, self.lines)


class Names:
    """What the columns of a layout are called: each word with its column and how good a word it is."""

    def __init__(self, layout: Layout) -> None:
        self.words: dict[str, tuple[int, Column]] = {}
        for column in layout.columns:
            for rank, name in enumerate(column.called):
                self.words.setdefault(key(name), (rank, column))

    def find(self, text: str) -> tuple[int, Column] | None:
        """Return the column that a heading names, and the rank of the word; 电话2 is a second 电话."""
        word = key(text[:WIDTH])
        found = self.words.get(word)
        if found is None and (numbered := self.words.get(stem(word))) and numbered[1].several:
            return numbered
        return found


def find(rows: Sequence[RawRow], layout: Layout) -> Headings:
    """Return the headings that name most of the layout's columns, the highest of equals."""
    names = Names(layout)
    tried = [
        _headings(rows, place, deep, names) for place in range(min(len(rows), SEARCHED)) for deep in (1, 2)
    ]
    best = max(tried, key=lambda each: (each.known, -each.after, -len(each.lines)))
    return best if best.known else _unknown(rows, names)


def check(
    found: Headings, layout: Layout, lacking: Sequence[tuple[Column, ...]], *, file: str, sheet: str
) -> None:
    """Raise Invalid where columns are lacking, one stands twice, or there are too many."""
    where = f"{file}（{quoted(sheet)}）" if sheet else file
    if len(found.texts) > MOST_COLUMNS:
        raise Invalid(_("%(where)s 超过 %(most)d 列。", where=where, most=MOST_COLUMNS))
    if missing := [_("或").join(column.heading for column in group) for group in lacking]:
        wanted = "、".join(column.heading for column in layout.asked)
        raise Invalid(
            _(
                "%(where)s 缺少表头“%(missing)s”。应有：%(wanted)s。",
                where=where,
                missing="”“".join(missing),
                wanted=wanted,
            )
        )
    if text := found.twice():
        raise Invalid(_("%(where)s 的表头“%(text)s”出现了两次。", where=where, text=quoted(text, longest=40)))


def _unknown(rows: Sequence[RawRow], names: Names) -> Headings:
    """Return the first of the widest rows: where no word is known, a person says which column is which."""
    widths = [sum(bool(cell.text.strip()) for cell in cells) for _line, cells in rows[:SEARCHED]]
    return _headings(rows, widths.index(max(widths)), 1, names)


def _headings(rows: Sequence[RawRow], place: int, deep: int, names: Names) -> Headings:
    last = min(place + deep, len(rows))
    lower = [plain(cell.text) for cell in rows[last - 1][1]]
    upper = [plain(cell.text) for cell in rows[place][1]] if deep > 1 else []
    width = max(len(lower), len(upper))
    texts = tuple(_at(lower, spot) or _at(upper, spot) for spot in range(width))
    while texts and not texts[-1]:
        texts = texts[:-1]
    columns, passed_over = _columns(texts, names)
    return Headings(texts, columns, last, tuple(line for line, _cells in rows[place:last]), passed_over)


def _columns(texts: Sequence[str], names: Names) -> tuple[tuple[Column | None, ...], tuple[int, ...]]:
    """Return each place's column: where several headings fit one column, those with the best word for it."""
    found = [names.find(text) if text else None for text in texts]
    best: dict[str, int] = {}
    for rank, column in filter(None, found):
        best[column.name] = min(rank, best.get(column.name, rank))
    columns: list[Column | None] = []
    for each in found:
        fits = each is not None and (each[1].several or each[0] == best[each[1].name])
        columns.append(each[1] if each and fits else None)
    passed = (place for place, each in enumerate(found) if each and columns[place] is None)
    return tuple(columns), tuple(passed)


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""
