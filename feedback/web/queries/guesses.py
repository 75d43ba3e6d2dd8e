"""Wrong codes of one network, counted."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.models import WrongCode
from feedback.web.rules import guesses
from feedback.web.rules.guesses import GuessLimit
from huying.base.keys import Keyring
from huying.base.networks import HOUSE, network

KEY = "wrong-codes"
KEY_BYTES = 16


def who(address: str, keys: Keyring) -> bytes | None:
    """Return the digest of the network of an address; None where none is known: nobody is held then."""
    net = network(address, HOUSE)
    return hmac.digest(keys.raw(KEY), net.encode(), "sha256")[:KEY_BYTES] if net else None


def wrong(session: Session, key: bytes, limit: GuessLimit, *, now: datetime) -> int:
    """Return how many wrong codes came from a network within the last hour."""
    counted = select(func.count(WrongCode.id)).where(WrongCode.key == key, WrongCode.kind == limit.kind)
    return session.scalar(counted.where(WrongCode.at > guesses.since(now), WrongCode.at <= now)) or 0
