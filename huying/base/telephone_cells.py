"""How people write telephone numbers: several in a cell, with extensions, or that there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.numbering import CHINA, CHINESE, COMMON, INVENTED, is_landline, read_one, tidy

NONE = frozenset(
    {
        "",
        "-",
        "--",
        "/",
        "无",
        "暂无",
        "没有",
        "空号",
        "无电话",
        "没电话",
        "没有电话",
        "无号码",
        "无手机",
        "不详",
        "未知",
        "n/a",
        "none",
    }
)
"""How people write that there is no number."""

EXTENSION_MARK = ";ext="
"""RFC 3966: between a number and its extension where both are written as one text."""

SEVERAL = re.compile(r"[、/,|\n\r]|;(?!ext=)")
SPOKEN = re.compile(
    r"(?P<number>.*[0-9]\)?)[ ,-]*"
    r"(?:转(?:接)?(?:分机)?|分机号?|内线|ext(?:ension)?[.]?|;ext=|#|x)[: ]*(?P<extension>[0-9]{1,8})",
    re.IGNORECASE,
)
DASHED = re.compile(r"(?P<number>.*[0-9]) ?- ?(?P<extension>[0-9]{2,6})")
MOST_PARTS = 12
"""Pieces between blanks that are looked at; more of them are no numbers."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number in E.164, and the extension behind it, empty where there is none."""

    number: str
    extension: str = ""

    def __str__(self) -> str:
        return self.number + (EXTENSION_MARK + self.extension if self.extension else "")


def is_none(text: str) -> bool:
    """Tell whether a text says that there is no number."""
    return tidy(text).rstrip("。.").casefold() in NONE


def read_cell(text: str, *, region: str = CHINA, allowed: str = "real") -> tuple[Telephone, ...]:
    """Return the numbers of a cell in their order, each once; raise Invalid where any can't be read.

    Several stand between 、 / , ; blanks or line breaks. `allowed`: `real` or `invented`.
    """
    if region == CHINA and COMMON.fullmatch(text):
        return (Telephone(CHINESE + text),)
    if allowed == "invented" and INVENTED.fullmatch(text):
        return (Telephone(text),)
    if is_none(text):
        return ()
    plain = "\n".join(map(tidy, text.splitlines()))
    found: dict[Telephone, None] = {}
    for part in SEVERAL.split(plain):
        if not is_none(part):
            found.update(dict.fromkeys(_numbers(part.strip(), region, allowed)))
    return tuple(found)


def read_single(text: str, *, region: str = CHINA, allowed: str = "real") -> str:
    """Return a field's only number as E.164; raise Invalid for none, several, or one with an extension."""
    found = read_cell(text, region=region, allowed=allowed)
    if not found:
        raise Invalid(_("没有写号码。"))
    if len(found) > 1:
        raise Invalid(_("这里只能写一个号码。"))
    if found[0].extension:
        raise Invalid(_("这里记不下分机号：请只写可以直接打通的号码。"))
    return found[0].number


def _numbers(part: str, region: str, allowed: str) -> tuple[Telephone, ...]:
    """Return the numbers of a text in which nothing but blanks may stand between two of them."""
    try:
        return (_telephone(part, region, allowed),)
    except Invalid as fault:
        pieces = part.split(" ")
        ways = list(_ways(pieces, region, allowed)) if 1 < len(pieces) <= MOST_PARTS else []
        if len(ways) == 1:
            return ways[0]
        raise _clearest(pieces, fault, region, allowed) from None


def _ways(pieces: Sequence[str], region: str, allowed: str) -> Sequence[tuple[Telephone, ...]]:
    """Return every way to read pieces as numbers that follow one another."""
    if not pieces:
        return [()]
    ways = []
    for end in range(1, len(pieces) + 1):
        try:
            first = _telephone(" ".join(pieces[:end]), region, allowed)
        except Invalid:
            continue
        ways += [(first, *rest) for rest in _ways(pieces[end:], region, allowed)]
    return ways


def _clearest(pieces: Sequence[str], fault: Invalid, region: str, allowed: str) -> Invalid:
    """Return the fault of the piece that is no number, where each piece looks like a whole one."""
    if len(pieces) > 1 and all(sum(map(str.isdigit, piece)) >= len("1234567") for piece in pieces):
        for piece in pieces:
            try:
                _telephone(piece, region, allowed)
            except Invalid as own:
                return own
    return fault


def _telephone(text: str, region: str, allowed: str) -> Telephone:
    if spoken := SPOKEN.fullmatch(text):
        try:
            return Telephone(read_one(spoken["number"], region=region, allowed=allowed), spoken["extension"])
        except Invalid:
            if not spoken["extension"] or "转" in text:
                raise
    try:
        return Telephone(read_one(text, region=region, allowed=allowed))
    except Invalid:
        dashed = DASHED.fullmatch(text)
        number = _own(dashed["number"], region, allowed) if dashed else ""
        # A mobile number with digits too many isn't one with an extension.
        if not dashed or not number or not is_landline(number):
            raise
        return Telephone(number, dashed["extension"])


def _own(text: str, region: str, allowed: str) -> str:
    try:
        return read_one(text, region=region, allowed=allowed)
    except Invalid:
        return ""
