"""Whether a table is the one that was asked for: columns that hold something else, others' tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from huying.base.i18n import _
from huying.base.personal_numbers import quoted
from huying.sheets.cells import narrow
from huying.sheets.comma import RawRow
from huying.sheets.headings import Headings
from huying.sheets.layout import Column, Foreign
from huying.sheets.words import key

TELEPHONE = re.compile(r"[+(]?[0-9][0-9() -]{6,18}", re.ASCII)
WORDS = re.compile("(?:.*[\u4e00-\u9fff]){4}", re.DOTALL)


def exchanged(found: Headings, rows: Sequence[RawRow]) -> str:
    """Return what is wrong where a column of words holds telephone numbers, or the other way round."""
    wrong = [
        _wrong(column, quoted(found.texts[at]), [narrow(text) for text in _column(rows, at)])
        for at, column in sorted(enumerate(found.columns), key=lambda each: not (each[1] and each[1].words))
        if column
    ]
    return next(filter(None, wrong), "")


def foreign(found: Headings, others: Iterable[Foreign]) -> str:
    """Return who takes a table that isn't the one that was asked for, or an empty text."""
    there = {key(text) for text in found.texts}
    for other in others:
        better = other.always or len(other.known_by) > found.known
        if better and all(there & set(map(key, words)) for words in other.known_by):
            return _("这像是“%(title)s”，不在这里导入：%(where)s。", title=other.title, where=other.where)
    return ""


def _column(rows: Sequence[RawRow], at: int) -> Iterator[str]:
    texts = (cells[at].text.strip() for _line, cells in rows if at < len(cells))
    return filter(None, texts)


def _wrong(column: Column, heading: str, cells: Sequence[str]) -> str:
    if column.words and _most(cells, TELEPHONE):
        return _("“%(heading)s”这一列看起来是电话号码：请核对表头，或说明哪一列是什么。", heading=heading)
    if column.kind == "phone" and _most(cells, WORDS):
        return _(
            "“%(heading)s”这一列看起来不是电话号码，是文字：请核对表头，或说明哪一列是什么。", heading=heading
        )
    return ""


def _most(cells: Sequence[str], pattern: re.Pattern[str]) -> bool:
    alike = sum(pattern.fullmatch(text) is not None for text in cells)
    return alike > max(1, len(cells) / 2)
