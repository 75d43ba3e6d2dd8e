"""Tickets: what a public draw's key gives to each unit, the same in every language and on every machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sampling.errors import BadInput

KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
WORDS = 4
"""Of eight bytes, in a digest."""

CHUNK = 1 << 16


def key(text: str) -> str:
    """Return the draw's key: the SHA-256 of the UTF-8 text, as 64 lower-case hexadecimal digits.

    >>> key("huying-draw/v1\\n")[:12]
    'ed9dbac576c3'
    """
    return sha256(_bytes(text)).hexdigest()


def ticket(key: str, unit: str) -> str:
    """Return a unit's ticket: the SHA-256 of the key's 64 digits and the unit's UTF-8 bytes, in hexadecimal.

    The smaller ticket is drawn first. Raises BadInput unless `key` is 64 lower-case hexadecimal digits.
    Formula (17) of method.md.

    >>> ticket(key("a published text"), "H000001")[:16]
    '18625a289b40b841'
    """
    return sha256(key_bytes(key) + _bytes(unit)).hexdigest()


def prefixes(key: str, units: Iterable[str]) -> NDArray[np.uint64]:
    """Return the first eight bytes of every unit's ticket as integers (n,); they sort as the tickets do.

    Formula (17) of method.md.

    >>> hex(prefixes(key("a published text"), ["H000001"])[0])
    '0x18625a289b40b841'
    """
    start, rest = key_bytes(key), iter(units)
    parts = []
    while chunk := list(islice(rest, CHUNK)):
        digests = b"".join(_digests(start, chunk))
        parts.append(np.frombuffer(digests, dtype=">u8")[::WORDS].astype(np.uint64))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def key_bytes(key: str) -> bytes:
    """Return the key as the 64 bytes that stand before every unit, or raise BadInput."""
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise BadInput(
            f"The 'key' parameter must be 64 lower-case hexadecimal digits. Got {key!r}.", items=[key]
        )
    return key.encode("ascii")


def _digests(start: bytes, units: list[str]) -> list[bytes]:
    try:
        return [sha256(start + unit.encode()).digest() for unit in units]
    except (AttributeError, UnicodeEncodeError):
        return [sha256(start + _bytes(unit)).digest() for unit in units]


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except (AttributeError, UnicodeEncodeError) as fault:
        raise BadInput(
            f"A unit or text of a draw must be Unicode text. Got {text!r}.", items=[text]
        ) from fault
