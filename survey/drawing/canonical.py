"""Canonical lines of the draw: the ledger's canonical form, one object a line, refused kindly."""

from __future__ import annotations

from collections.abc import Mapping

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.ledger import canonical as ledger

Json = str | int | list["Json"] | dict[str, "Json"]
Object = dict[str, Json]


def canonical(entry: Mapping[str, object]) -> bytes:
    """Return the object as its one canonical line, UTF-8 without LF; raise Invalid where it has none."""
    try:
        return ledger.line(dict(entry))
    except TypeError:
        raise Invalid(_("日志只收文字、2⁵³ 以内的整数、列表和对象，字段名只能用 ASCII 字符。")) from None


def parse_canonical(line: bytes) -> Object:
    """Return the object of a canonical line (without LF); raise Invalid for any other bytes."""
    try:
        found = ledger.load(line.decode())
    except UnicodeDecodeError:
        raise Invalid(_("这一行不是 UTF-8 文字。")) from None
    if not isinstance(found, dict):
        raise Invalid(_("这一行不是一个 JSON 对象。"))
    parsed: Object = found
    return parsed
