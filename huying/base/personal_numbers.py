"""Telephone and identity numbers where none belongs: found in codes, addresses, names and notes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.numbering import CHINA, INVENTED, UNSEEN, read_one
from huying.base.telephone_cells import read_cell

HIDDEN = "…"
"""What stands for a number in a sentence that quotes a cell."""

NAME_LENGTH = 200
"""Characters of a file's name that are kept."""

MANY_DIGITS = re.compile(r"(?:[0-9][^0-9]{0,2}){7}")
"""Seven digits close together: whatever has fewer holds no number."""

IDENTITY = re.compile(
    r"(?<![0-9])([0-9]{6})[ -]?([0-9]{8})[ -]?([0-9]{3})[ -]?([0-9X])(?![0-9])", re.IGNORECASE
)
OLD_IDENTITY = re.compile(r"(?<![0-9])[0-9]{6}[ -]?([0-9]{6})[ -]?[0-9]{3}(?![0-9X])", re.IGNORECASE)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
"""GB 11643: the last sign by the weighted sum of the seventeen digits, modulo 11."""

OLDEST = 1900
OLD_FIRST = 1905
"""Old identity numbers name two digits of the year: nobody who lives with one was born earlier."""

TELEPHONES = (
    re.compile(r"(?<![0-9])(?:(?:[+]|00)?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]){8}(?![0-9])"),
    re.compile(r"(?<![0-9])[(]?0[1-9][0-9]{1,2}[) -]{0,2}[2-9][0-9]{2,3}[ -]?[0-9]{4}(?![0-9])"),
    re.compile(r"[+][0-9](?:[ -]?[0-9]){7,14}(?![0-9])"),
)
NAMED = re.compile(
    r"(?:电话|手机|座机|联系方式|tel|phone|mobile)[^0-9]{0,4}([2-9][0-9]{2,3}[ -]?[0-9]{4})(?![0-9])",
    re.IGNORECASE,
)
"""A number without its area code, which only the word before it gives away."""


def kind_in(text: str) -> str:
    """Return `identity` or `telephone` where a text holds such a number, else an empty text."""
    plain = _plain(text)
    if not MANY_DIGITS.search(plain):
        return ""
    if next(_spans(plain, identity=True), None):
        return "identity"
    return "telephone" if next(_spans(plain, identity=False), None) else ""


def check_none(text: str) -> str:
    """Return `text`; raise Invalid, without repeating it, where it holds a personal number."""
    kind = kind_in(text)
    if kind == "identity":
        raise Invalid(_("里面有身份证号，不能存：请删掉。"))
    if kind == "telephone":
        raise Invalid(_("里面有电话号码，不能存在这一栏：请删掉。"))
    return text


def looks_like_telephones(text: str) -> bool:
    """Tell whether a text is telephone numbers and nothing else."""
    if not text[-1:].isdigit() or not MANY_DIGITS.search(_plain(text)):
        return False
    try:
        return bool(read_cell(text, allowed="invented"))
    except Invalid:
        return False


def quoted(text: str, *, longest: int = 20) -> str:
    """Return a text as a sentence may quote it: short, and without any personal number."""
    plain = _plain(text)
    if not MANY_DIGITS.search(plain):
        return text[:longest]
    spans = sorted([*_spans(plain, identity=True), *_spans(plain, identity=False)], reverse=True)
    for start, end in spans:
        plain = plain[:start] + HIDDEN + plain[end:]
    # Whoever lost a digit of a number has still written nearly all of it.
    return (
        re.sub(r"[0-9][0-9 -]{5,}[0-9X]", HIDDEN, plain)[:longest]
        if spans or _is_long(plain)
        else text[:longest]
    )


def file_name(given: str) -> str:
    """Return a file's name as it can be shown and stored anywhere: its end, without any personal number."""
    shown = "".join(sign for sign in given if sign.isprintable())[-NAME_LENGTH:]
    return quoted(shown, longest=NAME_LENGTH) if kind_in(shown) else shown


def _is_long(plain: str) -> bool:
    return re.search(r"[0-9](?:[ -]?[0-9]){8}", plain) is not None


def _plain(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", UNSEEN.sub("", text))


def _spans(plain: str, *, identity: bool) -> Iterator[tuple[int, int]]:
    """Yield where identity numbers, or telephone numbers, stand in a text."""
    if identity:
        yield from (found.span() for found in IDENTITY.finditer(plain) if _is_new(found))
        yield from (found.span() for found in OLD_IDENTITY.finditer(plain) if _is_old(found))
        return
    for pattern in TELEPHONES:
        yield from (found.span() for found in pattern.finditer(plain) if _is_telephone(found[0]))
    yield from (found.span(1) for found in NAMED.finditer(plain))


def _is_new(found: re.Match[str]) -> bool:
    digits = "".join(found.groups()).upper()
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits[:17], strict=True))
    return CHECK[total % 11] == digits[17] and _is_birthday(found[2], since=OLDEST)


def _is_old(found: re.Match[str]) -> bool:
    return _is_birthday(f"19{found[1]}", since=OLD_FIRST)


def _is_birthday(digits: str, *, since: int) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return since <= born.year < 2100


def _is_telephone(text: str) -> bool:
    bare = re.sub(r"[-() ]", "", text)
    if INVENTED.fullmatch(bare):
        return True
    try:
        read_one(text, region=CHINA)
    except Invalid:
        return False
    return True
