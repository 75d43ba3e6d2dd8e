"""Sheets laid out: what stands on a poster and on a badge, and the PDF that typst makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import typst

from feedback.codes import print_dial
from feedback.posters.rules import qr
from huying.base import assets, phones
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.press.font import Font

PAPERS = ("a4", "a3")
LANGUAGES = ("zh", "both")
MODULE_AREA = {"a4": 105, "a3": 150}
"""Side of the symbol with its quiet zone, millimetres: read from 1 m and from 1.5 m."""
LONG_PLACE = 40
"""Characters of a place that two lines of 26 points hold."""
CARDS_ON_A_SHEET = 10


@dataclass(frozen=True, slots=True)
class PosterRow:
    """What one poster says; numbers as people write them. Nobody's name, nobody's mobile."""

    code: str
    dial_code: str
    place: str
    area: str
    office: str
    office_number: str
    call_in: str
    serial: int


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """What one badge says: a surname and a role, and codes to check it by. No telephone number."""

    code: str
    dial_code: str
    surname: str
    area: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """How sheets are made: the address that symbols lead to, paper, languages, and the day printed below."""

    base_url: str
    paper: str
    language: str
    day: date
    demo: bool = False


def posters(rows: Sequence[PosterRow], sheet: Sheet, *, font: Font) -> bytes:
    """Return a tagged PDF with one page a row; the same rows give the same bytes.

    Raise Refused naming the characters that the font has no shape for.
    """
    listed = [_poster(row, sheet) for row in rows]
    return _compile("sheet.typ", listed, sheet, font=font, extra={"side": MODULE_AREA[sheet.paper]})


def badges(rows: Sequence[BadgeRow], sheet: Sheet, *, font: Font) -> bytes:
    """Return a tagged PDF of cards, ten to a sheet of A4, 85.6 × 54 mm each."""
    listed = [
        {
            **asdict(row),
            "dial_code": print_dial(row.dial_code),
            "symbol": qr.svg(sheet.base_url, row.code, mask=None),
        }
        for row in rows
    ]
    return _compile("badges.typ", listed, sheet, font=font, extra={"cards": CARDS_ON_A_SHEET})


def host(base_url: str) -> str:
    """Return the host as a poster names it."""
    return base_url.partition("://")[2].rstrip("/").lower()


def _poster(row: PosterRow, sheet: Sheet) -> dict[str, Any]:
    return {
        **asdict(row),
        "dial_code": print_dial(row.dial_code),
        "office_number": phones.pretty(row.office_number),
        "call_in": phones.pretty(row.call_in),
        "symbol": qr.svg(sheet.base_url, row.code, mask=None),
        "long": len(row.place) + len(row.area) > LONG_PLACE,
    }


def _compile(
    template: str, rows: list[dict[str, Any]], sheet: Sheet, *, font: Font, extra: dict[str, int]
) -> bytes:
    source = (assets.folder("templates") / "posters" / template).read_bytes()
    _check(rows, source.decode(), font)
    about = {
        "paper": sheet.paper,
        "both": sheet.language == "both",
        "host": host(sheet.base_url),
        "day": f"{sheet.day:%Y-%m-%d}",
        "demo": sheet.demo,
        "font": font.family,
        **extra,
    }
    files = {
        "main.typ": source,
        "rows.json": json.dumps(rows, ensure_ascii=False).encode(),
        "about.json": json.dumps(about, ensure_ascii=False).encode(),
    }
    # The stubs know of no virtual files, which the function takes.
    make: Callable[..., bytes] = typst.compile
    return make(files, font_paths=[str(font.path.parent)], ignore_system_fonts=True)


def _check(rows: Iterable[dict[str, Any]], source: str, font: Font) -> None:
    texts = (text for row in rows for name, text in row.items() if isinstance(text, str) and name != "symbol")
    missing = font.lacks([source, *texts])
    if missing:
        raise Refused(_("字体里没有这些字，印不出来：%(missing)s", missing=missing[:40]))
