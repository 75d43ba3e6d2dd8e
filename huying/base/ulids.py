"""Names of 26 characters that sort by the time at which they were made; nobody can guess one."""

from __future__ import annotations

import secrets
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, RANDOM_BITS = 26, 80


def new_ulid(at: datetime) -> str:
    """Return a new name for something that happens at `at`."""
    number = int(at.timestamp() * 1000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
