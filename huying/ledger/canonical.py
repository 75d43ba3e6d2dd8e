"""Canonical lines: RFC 8785 limited to strings, integers, arrays and objects with ASCII keys."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from huying.base.errors import Invalid
from huying.base.i18n import _

LARGEST = 2**53 - 1


def dump(value: object) -> str:
    """Return `value` as its one canonical text, without LF.

    Raises TypeError for what has no canonical form: floats, booleans, null, keys that aren't ASCII text,
    integers of 2⁵³ and more in size, text that isn't Unicode.
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def line(entry: dict[str, Any]) -> bytes:
    """Return a ledger entry as the UTF-8 bytes whose hash is the leaf, without LF."""
    return dump(entry).encode()


def load(text: str) -> Any:
    """Return the value of a canonical text; raises Invalid unless `dump` would write the same characters."""
    try:
        value = json.loads(text, parse_float=_no_number, parse_constant=_no_number)
        same = dump(value) == text
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(_("不是规范的 JSON。")) from error
    if not same:
        raise Invalid(_("JSON 的写法不规范。"))
    return value


def _check(value: object) -> None:
    match value:
        case bool() | None | float():
            raise TypeError(f"{value!r} has no canonical form")
        case str():
            _check_text(value)
        case int():
            if abs(value) > LARGEST:
                raise TypeError(f"{value} is too large for a canonical line")
        case dict():
            for key, inner in value.items():
                _check_key(key)
                _check(inner)
        case list() | tuple():
            for inner in value:
                _check(inner)
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise TypeError(f"key {key!r} is not ASCII text")


def _check_text(text: str) -> None:
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise TypeError("a lone surrogate is no text")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer")
