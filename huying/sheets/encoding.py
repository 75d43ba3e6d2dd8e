"""Bytes of a text table made text: which encoding it is, and no file in two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huying.base.errors import Invalid
from huying.base.i18n import _

MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
CHINESE = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
"""Three bytes that are a Chinese sign in UTF-8."""

SEARCHED = 4096
NAMED = 10
"""Lines that a refusal names."""


def decode(data: bytes, *, file: str) -> tuple[str, str]:
    """Return a file's text and the encoding's name; raise Invalid with the line where it is none, or two."""
    if wide := _wide(data):
        return _strictly(data, wide, file=file).removeprefix("\ufeff"), "UTF-16"
    if b"\0" in data:
        line = _line(data, data.index(b"\0"))
        raise Invalid(_("%(file)s 第 %(line)s 行有空字符，不是表格文件。", file=file, line=line))
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        utf8 = error
    _check_single(data, file=file)
    # Spreadsheet programs in China write GB 18030 unless told otherwise.
    try:
        return data.decode("gb18030"), "GB 18030"
    except UnicodeDecodeError as error:
        line = _line(data, max(utf8.start, error.start))
    raise Invalid(_("%(file)s 第 %(line)s 行：不是 UTF-8 或 GB 18030 编码的文字。", file=file, line=line))


def _wide(data: bytes) -> str:
    """Return the kind of UTF-16 that a file is written in, with its mark or without; empty for none."""
    if data[:2] in MARKS:
        return MARKS[data[:2]]
    head = data[:SEARCHED]
    # Separators and digits have a zero in one of their two bytes; a text of one byte a sign has none.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(data) % 2 or max(even, odd) < len(head) // 16 or min(even, odd) > max(even, odd) // 8:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _strictly(data: bytes, encoding: str, *, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        raise Invalid(_("%(file)s 第 %(line)s 行：编码有损坏。", file=file, line=line)) from None


def _check_single(data: bytes, *, file: str) -> None:
    """Raise Invalid where some lines are in UTF-8 and others aren't, naming the fewer."""
    utf8: list[int] = []
    other: list[int] = []
    for line, text in enumerate(data.split(b"\n"), start=1):
        if not text.isascii():
            (utf8 if _is_utf8(text) else other).append(line)
    if not utf8:
        return
    few = min(utf8, other, key=len)
    raise Invalid(
        _(
            "%(file)s 里有两种编码的文字（UTF-8 和 GBK），第 %(lines)s 行和别的行不同："
            "请在表格软件里重新粘贴这些行再另存。",
            file=file,
            lines="、".join(_named(few)),
        )
    )


def _named(lines: list[int]) -> Iterator[str]:
    yield from map(str, lines[:NAMED])
    if len(lines) > NAMED:
        yield "…"


def _is_utf8(line: bytes) -> bool:
    """Tell a line in UTF-8 that can't be a line of common signs in GBK."""
    if not CHINESE.search(line):
        return False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    try:
        line.decode("gb2312")
    except UnicodeDecodeError:
        return True
    return False


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
