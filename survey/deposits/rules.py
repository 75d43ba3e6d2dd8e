"""The keys by which deposits are opened and checked."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from huying.base.keys import Keyring
from huying.deposit.sealing import Opener

PRIVATE = "recipient-private"
DEPOSITOR = "depositor"
PUBLIC_LEDGER = "public-ledger"
"""Names of the key files: our private key, and the verifier keys of the public side and of its ledger."""


def public_key(keys: Keyring) -> str:
    """Return our public key as the public side stores it; the pair is made on first use."""
    return _text(public_half(keys))


def opener(keys: Keyring) -> Opener:
    """Return what opens contacts that were sealed to us, to a key that was replaced too."""
    retired = keys.folder.glob(f"{PRIVATE}-*")
    return Opener(_text(keys.raw(PRIVATE)), *(_text(keys.raw(path.name)) for path in sorted(retired)))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def public_half(keys: Keyring) -> bytes:
    """Return the public half of our pair; the pair is made on first use."""
    return X25519PrivateKey.from_private_bytes(keys.raw(PRIVATE)).public_key().public_bytes_raw()
