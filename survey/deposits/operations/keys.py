"""The key pair to which the public side seals contacts: made here, and only the public half ever leaves."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy.orm import Session

from huying.base.keys import Keyring
from huying.deposit.sealing import key_id
from huying.ledger import canonical
from huying.ledger.keys import parse_vkey
from survey.deposits.rules import DEPOSITOR, PRIVATE, PUBLIC_LEDGER, public_half, public_key
from survey.models import LEDGER


def rotate(session: Session, keys: Keyring, *, now: datetime) -> str:
    """Replace our key pair and return the new public key; the old one still opens what was sealed to it."""
    before = key_id(public_half(keys))
    keys.put(f"{PRIVATE}-{before}", keys.text(PRIVATE))
    keys.put(PRIVATE, X25519PrivateKey.generate().private_bytes_raw().hex())
    after = key_id(public_half(keys))
    LEDGER.append(session, canonical.line({"t": "recipient", "k": after, "was": before}), at=now)
    return public_key(keys)


def store_public_ledger(session: Session, keys: Keyring, vkey: str, *, now: datetime) -> None:
    """Store the verifier key of the public side's ledger; raise Invalid where it is none."""
    known = parse_vkey(vkey).text
    if keys.find(PUBLIC_LEDGER) == known:
        return
    LEDGER.append(session, canonical.line({"t": "depositor", "ledger": known}), at=now)
    keys.put(PUBLIC_LEDGER, known)


def store_depositor(session: Session, keys: Keyring, vkey: str, *, now: datetime) -> None:
    """Store the verifier key by which deposits are checked; raise Invalid where it is none."""
    known = parse_vkey(vkey).text
    if keys.find(DEPOSITOR) == known:
        return
    LEDGER.append(session, canonical.line({"t": "depositor", "vkey": known}), at=now)
    keys.put(DEPOSITOR, known)
