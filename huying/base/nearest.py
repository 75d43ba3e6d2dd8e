"""The known code or name that somebody may have meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = str.maketrans({"l": "1", "i": "1", "|": "1", "o": "0", "〇": "0", "z": "2", "s": "5", "b": "8"})
"""Signs that eyes take for one another."""

CLOSE = 0.7


def nearest(text: str, known: Iterable[str]) -> str:
    """Return the known text nearest to `text`, empty where none is near."""
    listed = sorted(known)
    by_looks: dict[str, str] = {}
    for each in listed:
        by_looks.setdefault(_looks(each), each)
    looks = _looks(text)
    if looks in by_looks:
        return by_looks[looks]
    found = get_close_matches(looks, by_looks, n=1, cutoff=CLOSE)
    return by_looks[found[0]] if found else ""


def _looks(text: str) -> str:
    """Return what is left of a text when nothing counts that eyes pass over."""
    narrow = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[-_. 　]", "", narrow).translate(ALIKE)
