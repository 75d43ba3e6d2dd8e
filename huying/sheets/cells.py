"""Cells put in order: what people and spreadsheet programs do to codes, numbers and days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from huying.base.i18n import _
from huying.sheets.layout import ColumnKind
from huying.sheets.limits import MOST_CHARACTERS

Made = Literal["text", "number", "day", "error", "empty formula"]

UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
BLANKS = re.compile(r"\s+")
SCIENTIFIC = re.compile(r"[0-9]([.][0-9]+)?E[+]?[0-9]+", re.ASCII | re.IGNORECASE)
DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.ASCII)
SHORT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
CLOCK = re.compile(r"([0-9]{1,2})[:：时]([0-9]{1,2})(?:[:：分][0-9]{1,2})?[分秒]?", re.ASCII)
EXACT = 10**15
"""Spreadsheet programs keep fifteen digits of a number and make the others zeros."""
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (a spreadsheet's days have no zone)
SERIALS = range(20_000, 80_000)
"""Numbers that are days of 1954 to 2119 to a spreadsheet program."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file holds it."""

    text: str
    made: Made = "text"


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
    if CONTROL.search(cell.text):
        return _("有看不见的控制字符，请删掉重填")
    return ""


def ordered(cell: Cell, *, kind: ColumnKind) -> str:
    """Return a cell as the kind of its column wants it."""
    text = _number(cell.text) if cell.made == "number" else plain(cell.text)
    return ORDER[kind](text) if text else ""


def narrow(text: str) -> str:
    """Return a text with full-width letters, digits and signs made half-width."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _number(text: str) -> str:
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else text


def _code(text: str) -> str:
    return narrow(text).strip()


def _phone(text: str) -> str:
    return narrow(text).strip().lstrip("'")


def _day(text: str) -> str:
    given = narrow(text).replace(" 00:00:00", "").strip()
    if given.isdigit() and int(given) in SERIALS:
        return (EPOCH + timedelta(days=int(given))).date().isoformat()
    parts = DAY.fullmatch(given) or SHORT_DAY.fullmatch(given)
    if parts is None:
        return given
    try:
        return date(*map(int, parts.groups())).isoformat()
    except ValueError:
        return given


def _time(text: str) -> str:
    given = narrow(text).replace("T", " ").strip()
    day, _blank, clock = given.partition(" ")
    if not clock and CLOCK.fullmatch(day):
        return _clock(day)
    return " ".join(part for part in (_day(day), _clock(clock)) if part)


def _clock(text: str) -> str:
    parts = CLOCK.fullmatch(text.strip())
    return f"{int(parts[1]):02d}:{int(parts[2]):02d}" if parts else text.strip()


ORDER: dict[ColumnKind, Callable[[str], str]] = {
    "text": str,
    "code": _code,
    "phone": _phone,
    "date": _day,
    "time": _time,
    "number": _code,
}
