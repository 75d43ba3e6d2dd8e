"""The key pair to which the public side seals contacts: made here, and only the public half ever leaves."""

from __future__ import annotations

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy.orm import Session

from huying.base.keys import Keyring
from huying.deposit.sealing import Opener, key_id
from huying.ledger import canonical
from huying.ledger.keys import parse_vkey
from survey.models import LEDGER

PRIVATE = "recipient-private"
DEPOSITOR = "depositor"
"""Names of the key files: our private key, and the public side's verifier key."""


def public_key(keys: Keyring) -> str:
    """Return our public key as the public side stores it; the pair is made on first use."""
    return _text(_public(keys))


def opener(keys: Keyring) -> Opener:
    """Return what opens contacts that were sealed to us, to a key that was replaced too."""
    retired = keys.folder.glob(f"{PRIVATE}-*")
    return Opener(_text(keys.raw(PRIVATE)), *(_text(keys.raw(path.name)) for path in sorted(retired)))


def rotate(session: Session, keys: Keyring, *, now: datetime) -> str:
    """Replace our key pair and return the new public key; the old one still opens what was sealed to it."""
    before = key_id(_public(keys))
    keys.put(f"{PRIVATE}-{before}", keys.text(PRIVATE))
    keys.put(PRIVATE, X25519PrivateKey.generate().private_bytes_raw().hex())
    after = key_id(_public(keys))
    LEDGER.append(session, canonical.line({"t": "recipient", "k": after, "was": before}), at=now)
    return public_key(keys)


def store_depositor(session: Session, keys: Keyring, vkey: str, *, now: datetime) -> None:
    """Store the verifier key by which deposits are checked; raise Invalid where it is none."""
    known = parse_vkey(vkey).text
    if keys.find(DEPOSITOR) == known:
        return
    LEDGER.append(session, canonical.line({"t": "depositor", "vkey": known}), at=now)
    keys.put(DEPOSITOR, known)


def _public(keys: Keyring) -> bytes:
    return X25519PrivateKey.from_private_bytes(keys.raw(PRIVATE)).public_key().public_bytes_raw()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
