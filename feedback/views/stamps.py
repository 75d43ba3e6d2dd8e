"""The stamp in a scan page's address: a time that nobody else can make; no cache can show an old number."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from feedback.codes import ALPHABET

LIFETIME = timedelta(minutes=10)
MAC_SYMBOLS = 8


def make(key: bytes, *, code: str, at: datetime) -> str:
    """Return the stamp of a poster's code for the second of `at`: `<unix seconds>.<mac>`."""
    seconds = int(at.timestamp())
    return f"{seconds}.{_mac(key, code=code, seconds=seconds)}"


def holds(stamp: str, key: bytes, *, code: str, now: datetime) -> bool:
    """Tell whether `stamp` was made by us for this code, not in the future and at most LIFETIME ago."""
    seconds, _, mac = stamp.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12 and mac.isascii()):
        return False
    age = int(now.timestamp()) - int(seconds)
    genuine = hmac.compare_digest(mac, _mac(key, code=code, seconds=int(seconds)))
    return genuine and 0 <= age <= LIFETIME.total_seconds()


def _mac(key: bytes, *, code: str, seconds: int) -> str:
    digest = hmac.new(key, f"{code}.{seconds}".encode(), sha256).digest()
    bits = int.from_bytes(digest[:5], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -5, -5))[:MAC_SYMBOLS]
