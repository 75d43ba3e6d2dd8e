"""When two spellings are one address: width, blanks, dashes, capitals and traditional signs don't tell."""

from __future__ import annotations

import re

from huying.sheets.words import simple

DASHES = re.compile("[‐‑‒–—―−－﹣_~～]")
DROPPED = re.compile("[,，。.、;；:：]")


def compared(address: str) -> str:
    """Return an address as it is compared with others."""
    return DROPPED.sub("", DASHES.sub("-", simple(address))).casefold()
