"""Codes of households, grids and posts: what spreadsheet programs do to them, and what may be none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import kind_in

APOSTROPHE = re.compile(r"'(?P<code>[^'].*)")
AS_FORMULA = re.compile(r'="(?P<code>[^"]*)"')
WHOLE = re.compile(r"(?P<code>[0-9]+)[.]0+")
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAY = re.compile(rf"[0-9]{{1,2}}-(?:{MONTHS})|(?:{MONTHS})-[0-9]{{2}}", re.IGNORECASE)
"""What a spreadsheet program makes of the code 11-3."""


def unwrapped(text: str) -> str:
    """Return a code as a clerk sees it in the spreadsheet: '00001 and ="00001" are 00001."""
    found = APOSTROPHE.fullmatch(text) or AS_FORMULA.fullmatch(text)
    return found["code"].strip() if found else text


def without_point(text: str) -> str:
    """Return 101 for 101.0, and every other code as it is."""
    found = WHOLE.fullmatch(text)
    return found["code"] if found else text


def have_points(codes: Iterable[str]) -> bool:
    """Tell whether points belong to these codes: any has one that no spreadsheet program has put there."""
    return any("." in code and not WHOLE.fullmatch(code) for code in codes)


def folded(code: str) -> str:
    """Return what two spellings of one code have in common: capitals and width don't tell codes apart."""
    narrow = code if code.isascii() else unicodedata.normalize("NFKC", code)
    return narrow.strip().casefold()


def check_code(code: str) -> str:
    """Return `code`; raise Invalid, without repeating it, where it is somebody's number or a day."""
    kind = kind_in(code)
    if kind == "identity":
        raise Invalid(_("这是身份证号，不能当编号：请另编一个，例如在前面加字母的流水号。"))
    if kind == "telephone":
        raise Invalid(_("这是电话号码，不能当编号：请另编一个，例如在前面加字母的流水号。"))
    if DAY.fullmatch(code):
        raise Invalid(_("编号被表格软件改成了日期：请把这一列设成文本重填。"))
    return code
