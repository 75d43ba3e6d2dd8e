"""Tokens in links: computed by keys from what is stored, so that none stands in the database."""

from __future__ import annotations

import hmac
from hashlib import sha256

from feedback import codes
from huying.base.phones import Vault


def ping_token(vault: Vault, ping_id: int) -> str:
    """Return the token that opens a question to a number: 80 bits that only the key can give."""
    digest = hmac.digest(vault.keys.raw("ping-token"), str(ping_id).encode(), "sha256")
    return symbols_of(digest, codes.TOKEN_LENGTH)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return sha256(token.encode()).digest()


def symbols_of(digest: bytes, count: int) -> str:
    """Return the first 5·count bits of a digest as symbols."""
    return spell(int.from_bytes(digest, "big") >> (8 * len(digest) - 5 * count), count)


def spell(value: int, count: int) -> str:
    """Return the last 5·count bits of a number as symbols."""
    return "".join(codes.ALPHABET[value >> 5 * place & 31] for place in reversed(range(count)))
