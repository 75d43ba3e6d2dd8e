"""Signed bodies between us and a carrier: `t=<unix seconds>,v1=<HMAC-SHA256 of "t.body">`."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from huying.base.i18n import lazy
from huying.telephony.voice import Forged

HEADER = "Huying-Signature"
TOLERANCE = timedelta(minutes=5)
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What a body of another shape leads to: no number, no object, Infinity, brackets without end."""
FORGED = lazy("这个请求的签名不对。")


def sign(key: str, body: bytes, *, at: datetime) -> str:
    """Return the header's value for a body sent at `at`."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_mac(key, stamp, body)}"


def check(key: str, body: bytes, header: str, *, now: datetime) -> None:
    """Raise Forged unless a body was signed with this key within the last, or next, five minutes."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp, mac = parts.get("t", ""), parts.get("v1", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and mac.isascii()):
        raise Forged(FORGED)
    fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    if not (hmac.compare_digest(mac, _mac(key, stamp, body)) and fresh):
        raise Forged(FORGED)


def _mac(key: str, stamp: str, body: bytes) -> str:
    return hmac.new(key.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
