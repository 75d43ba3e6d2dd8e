"""Codes that open and name a case, its receipt, its rating; and the link that asks whether a number works.

Receipt and tokens are computed by keys from what is stored, so that neither stands in the database.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from feedback import codes
from feedback.tokens import spell, symbols_of
from huying.base.phones import Vault

TIME_SYMBOLS, RANDOM_SYMBOLS = 10, 16
NUMBER_SYMBOLS = 6
RECEIPT_PAYLOAD = codes.RECEIPT_LENGTH - 2


def case_code(seed: bytes, *, at: datetime) -> str:
    """Return a case's code, formed like a ULID: milliseconds of `at`, then 80 bits of SHA-256(seed)."""
    millis = int(at.timestamp() * 1000)
    return spell(millis, TIME_SYMBOLS) + symbols_of(sha256(seed).digest(), RANDOM_SYMBOLS)


def number_of(code: str) -> str:
    """Return the number by which pages and messages call a case: the last symbols of its code."""
    return code[-NUMBER_SYMBOLS:]


def receipt_of(vault: Vault, *, once: str) -> str:
    """Return the receipt of the case that a form with this mark opened: always the same one."""
    digest = hmac.digest(vault.keys.raw("receipt"), once.encode(), "sha256")
    return codes.complete_receipt(symbols_of(digest, RECEIPT_PAYLOAD))


def receipt_hash(vault: Vault, receipt: str) -> bytes:
    """Return what is stored of a receipt."""
    return hmac.digest(vault.keys.raw("receipt-index"), receipt.encode(), "sha256")


def token_of(vault: Vault, *, case: str, round: int) -> str:  # noqa: A002
    """Return the token that opens the rating of one round of a case: 80 bits that only the key can give."""
    digest = hmac.digest(vault.keys.raw("rating-token"), f"{case}/{round}".encode(), "sha256")
    return symbols_of(digest, codes.TOKEN_LENGTH)


def proof_code(vault: Vault, proof_id: int) -> str:
    """Return the six digits that prove a number: what only the key can give stands in no row."""
    digest = hmac.digest(vault.keys.raw("proof-code"), str(proof_id).encode(), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def opened_by(form: str, said: bytes) -> str:
    """Return what marks a case: the form that opened it and all it said; another text is another case."""
    return sha256(form.encode() + b"\x1f" + said).hexdigest()


def seen_stamp(vault: Vault, *, token: str, at: datetime) -> str:
    """Return what a rating's form carries of when it was shown, so that looking stores nothing."""
    seconds = str(int(at.timestamp()))
    digest = hmac.digest(vault.keys.raw("seen-stamp"), f"{token}/{seconds}".encode(), "sha256")
    return f"{seconds}.{symbols_of(digest, 8)}"


def seen_at(vault: Vault, stamp: str, *, token: str) -> datetime | None:
    """Return when a form was shown, by its stamp; None for a stamp that isn't ours."""
    seconds = stamp.partition(".")[0]
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    at = datetime.fromtimestamp(int(seconds), UTC)
    return at if hmac.compare_digest(seen_stamp(vault, token=token, at=at).encode(), stamp.encode()) else None
