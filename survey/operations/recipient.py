"""The key pair to which the public side seals contacts: made here, and only the public half ever leaves."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from huying.deposit.sealing import Opener
from huying.keys import Keyring

PRIVATE = "recipient-private"
DEPOSITOR = "depositor"
"""Names of the key files: our private key, and the public side's verifier key."""


def public_key(keys: Keyring) -> str:
    """Return our public key as the public side stores it; the pair is made on first use."""
    private = X25519PrivateKey.from_private_bytes(keys.raw(PRIVATE))
    return _text(private.public_key().public_bytes_raw())


def opener(keys: Keyring) -> Opener:
    """Return what opens contacts that were sealed to us."""
    return Opener(_text(keys.raw(PRIVATE)))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
