"""The stamp in a scan page's address: a time that nobody else can make; no cache can show an old number."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from feedback.codes import ALPHABET

KEY = "scan-stamp"
"""The key file by which stamps are made."""
LIFETIME = timedelta(minutes=10)
MAC_SYMBOLS = 8


def make(key: bytes, *, code: str, at: datetime) -> str:
    """Return the stamp of a poster's code for the second of `at`: `<unix seconds>.<mac>`."""
    made = int(at.timestamp())
    return f"{made}.{_mac(key, code=code, seconds=made)}"


def holds(stamp: str, key: bytes, *, code: str, now: datetime) -> bool:
    """Tell whether `stamp` was made by us for this code, not in the future and at most LIFETIME ago."""
    made, _, mac = stamp.partition(".")
    if not (made.isascii() and made.isdigit() and len(made) <= 12 and mac.isascii()):
        return False
    age = int(now.timestamp()) - int(made)
    genuine = hmac.compare_digest(mac, _mac(key, code=code, seconds=int(made)))
    return genuine and 0 <= age <= LIFETIME.total_seconds()


def seconds(stamp: str) -> int:
    """Return the unix second of a stamp that holds."""
    return int(stamp.partition(".")[0])


def _mac(key: bytes, *, code: str, seconds: int) -> str:
    digest = hmac.new(key, f"{code}.{seconds}".encode(), sha256).digest()
    bits = int.from_bytes(digest[:5], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -5, -5))[:MAC_SYMBOLS]
