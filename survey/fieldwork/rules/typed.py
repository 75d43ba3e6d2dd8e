"""What somebody typed, or an address holds, where a number is meant."""

from __future__ import annotations

LONGEST = 9
"""So many digits have all numbers that are counted here; Python reads no number of more than 4,300."""


def whole(text: str) -> int | None:
    """Return the whole number that a text names, in digits of any script; None where it names none."""
    said = text.strip()
    return int(said) if said.isdecimal() and len(said) <= LONGEST else None
