"""Where the headings stand, and which column each is: over one row or two, under titles, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets.cells import narrow, plain
from huying.sheets.comma import RawRow
from huying.sheets.layout import Column, Layout
from huying.sheets.limits import MOST_COLUMNS, SEARCHED


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a table: `after` is the place of the first row of data among the rows."""

    texts: tuple[str, ...]
    columns: tuple[Column | None, ...]
    after: int

    @property
    def known(self) -> int:
        """How many columns were recognised."""
        return len({column.name for column in self.columns if column})

    def missing(self, layout: Layout) -> list[str]:
        """Return the headings of required columns that aren't there."""
        there = {column.name for column in self.columns if column}
        return [column.heading for column in layout.columns if column.required and column.name not in there]

    def twice(self) -> str:
        """Return a heading whose column stands twice, or an empty text."""
        seen: set[str] = set()
        for text, column in zip(self.texts, self.columns, strict=True):
            if column and column.name in seen:
                return text
            seen.add(column.name if column else "")
        return ""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return the headings that nothing is made of."""
        pairs = zip(self.texts, self.columns, strict=True)
        return tuple(text for text, column in pairs if text and column is None)


def find(rows: Sequence[RawRow], layout: Layout) -> Headings:
    """Return the headings that name most of the layout's columns, the highest of equals."""
    by_name = {_key(name): column for column in layout.columns for name in column.called}
    tried = [
        _headings(rows, place, deep, by_name) for place in range(min(len(rows), SEARCHED)) for deep in (1, 2)
    ]
    return max(tried, key=lambda each: (each.known, -each.after))


def check(found: Headings, layout: Layout, *, file: str, sheet: str) -> None:
    """Raise Invalid where a required column is missing, one stands twice, or there are too many."""
    where = f"{file}（{sheet}）" if sheet else file
    if len(found.texts) > MOST_COLUMNS:
        raise Invalid(_("%(where)s 超过 %(most)d 列。", where=where, most=MOST_COLUMNS))
    if missing := found.missing(layout):
        wanted = "、".join(column.heading for column in layout.columns)
        raise Invalid(
            _(
                "%(where)s 缺少表头“%(missing)s”。应有：%(wanted)s。",
                where=where,
                missing="”“".join(missing),
                wanted=wanted,
            )
        )
    if text := found.twice():
        raise Invalid(_("%(where)s 的表头“%(text)s”出现了两次。", where=where, text=text[:40]))


def _headings(rows: Sequence[RawRow], place: int, deep: int, by_name: dict[str, Column]) -> Headings:
    lower = [_text(cell.text) for cell in rows[min(place + deep, len(rows)) - 1][1]]
    upper = [_text(cell.text) for cell in rows[place][1]] if deep > 1 else []
    width = max(len(lower), len(upper))
    texts = tuple(_at(lower, spot) or _at(upper, spot) for spot in range(width))
    while texts and not texts[-1]:
        texts = texts[:-1]
    return Headings(texts, tuple(by_name.get(_key(text)) for text in texts), min(place + deep, len(rows)))


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _text(text: str) -> str:
    return plain(text)


def _key(text: str) -> str:
    """Return a heading without what doesn't matter: blanks, marks of need, brackets, capitals."""
    bare = narrow(plain(text)).replace(" ", "").replace("*", "").lower()
    return bare.partition("(")[0] or bare
