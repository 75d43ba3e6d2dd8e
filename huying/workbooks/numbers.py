"""Numbers that a format shows as codes: zeros in front, a word before them."""

from __future__ import annotations

import re
from functools import lru_cache

ZEROS = re.compile(r'(?:"([^"]*)"|\\?([A-Za-z-]))?(0{2,})(?:;.*|_.*)?')
"""A format of nothing but zeros, with a word or letter in front."""


def padded(value: float, form: str) -> str:
    """Return a whole number as its format shows it, or an empty text where it adds nothing."""
    pattern = _pattern(form)
    if pattern is None or value < 0 or value != int(value):
        return ""
    word, width = pattern
    return f"{word}{int(value):0{width}d}"


@lru_cache(maxsize=1000)
def _pattern(form: str) -> tuple[str, int] | None:
    found = ZEROS.fullmatch(form or "")
    return (found[1] or found[2] or "", len(found[3])) if found else None
