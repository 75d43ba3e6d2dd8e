"""Crockford's alphabet and the unit codes made of it."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})
RANDOM_CHARACTERS = 13


def new_unit_code() -> str:
    """Return `H` and 13 random characters (65 bits): fresh for every wave, derived from nothing."""
    return "H" + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))


def new_unit_codes(count: int) -> list[str]:
    """Return `count` different unit codes, in no order."""
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_unit_code())
    return list(codes)


def encode(number: int, *, characters: int) -> str:
    """Return a number as so many Crockford characters, the most significant first."""
    return "".join(ALPHABET[number >> 5 * digit & 31] for digit in reversed(range(characters)))


def normalise(text: str) -> str:
    """Return a code as typed by people in the alphabet's own characters: hyphens gone, I, L → 1, O → 0."""
    return text.strip().upper().translate(LOOKALIKES)
