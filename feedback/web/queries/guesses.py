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
from huying.base.networks import HOUSE, SITE, network

KEY = "wrong-codes"
KEY_BYTES = 16


def counts(address: str, limit: GuessLimit, keys: Keyring) -> list[tuple[bytes, GuessLimit]]:
    """Return what a wrong code of an address counts against: its network and, in IPv6, the site around it.

    Each as a digest. Nothing where no address is known: nobody is held then.
    """
    house, site = network(address, HOUSE), network(address, SITE)
    wider = [(_digest(site, keys), guesses.around(limit))] if site != house else []
    return [(_digest(house, keys), limit), *wider] if house else []


def _digest(net: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), net.encode(), "sha256")[:KEY_BYTES]


def wrong(session: Session, key: bytes, limit: GuessLimit, *, now: datetime) -> int:
    """Return how many wrong codes came from a network within the last hour."""
    counted = select(func.count(WrongCode.id)).where(WrongCode.key == key, WrongCode.kind == limit.kind)
    return session.scalar(counted.where(WrongCode.at > guesses.since(now), WrongCode.at <= now)) or 0
