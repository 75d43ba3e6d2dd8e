"""Cells put in order: what people and spreadsheet programs do to codes, numbers and days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from huying.base import days
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets.layout import ColumnKind
from huying.workbooks.limits import MOST_CHARACTERS

Made = Literal["text", "number", "day", "error", "empty formula"]

UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
BLANKS = re.compile(r"\s+")
SCIENTIFIC = re.compile(r"[0-9]([.][0-9]+)?E[+]?[0-9]+", re.ASCII | re.IGNORECASE)
EXACT = 10**15
"""Spreadsheet programs keep fifteen digits of a number and make the others zeros."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file holds it; `since` is the day from which its program counts days."""

    text: str
    made: Made = "text"
    since: date = days.EPOCH_1900


def plain(text: str) -> str:
    """Return a text without unseen signs, with single blanks."""
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    return BLANKS.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def fault(cell: Cell, *, kind: ColumnKind) -> str:
    """Return why a cell can't be read, or an empty text."""
    if len(cell.text) > MOST_CHARACTERS:
        return _("有 %(n)d 个字，最多 %(most)d 个", n=len(cell.text), most=MOST_CHARACTERS)
    if cell.made == "error":
        return _("公式出错（%(text)s），请改成数值", text=cell.text[:20])
    if cell.made == "empty formula":
        return _("公式没有算出结果：请在表格软件里打开、保存一次，或改成数值")
    if kind in {"phone", "code"} and SCIENTIFIC.fullmatch(narrow(cell.text)) and cell.made == "text":
        return _(
            "被表格软件改成了科学计数法（%(text)s），后面的数字丢了：请把这一列设成文本重填",
            text=cell.text[:20],
        )
    if kind in {"phone", "code"} and cell.made == "number" and abs(float(cell.text)) >= EXACT:
        return _("超过 15 位的号码存成了数字，后面的数字丢了：请把这一列设成文本重填")
    if kind in {"phone", "code"} and cell.made == "day":
        return _("被表格软件改成了日期：请把这一列设成文本重填")
    if CONTROL.search(cell.text):
        return _("有看不见的控制字符，请删掉重填")
    return ""


def ordered(cell: Cell, *, kind: ColumnKind) -> str:
    """Return a cell as the kind of its column wants it."""
    text = _number(cell.text) if cell.made == "number" else plain(cell.text)
    return ORDER[kind](text, cell.since) if text else ""


def narrow(text: str) -> str:
    """Return a text with full-width letters, digits and signs made half-width."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _number(text: str) -> str:
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else text


def _text(text: str, _since: date) -> str:
    return text


def _narrow(text: str, _since: date) -> str:
    return narrow(text).strip()


def _day(text: str, since: date) -> str:
    """Return a day as 2026-11-23, with its time where it has one that isn't midnight."""
    try:
        day, at = days.read_moment(text, since=since)
    except Invalid:
        return narrow(text).strip()
    return day.isoformat() if at in {None, time()} else f"{day.isoformat()} {_said(at or time())}"


def _time(text: str, since: date) -> str:
    try:
        return _said(days.read_clock(text))
    except ValueError:
        return _day(text, since)


def _said(at: time) -> str:
    return f"{at:%H:%M:%S}".removesuffix(":00")


ORDER: dict[ColumnKind, Callable[[str, date], str]] = {
    "text": _text,
    "code": _narrow,
    "phone": _narrow,
    "date": _day,
    "time": _time,
    "number": _narrow,
}
