"""What an auditor signs: that the openings open, and add up to the tally."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LABEL = "huying-attest/v1"


@dataclass(frozen=True, slots=True)
class Statement:
    """The digests of a wave's tally and openings, and of its corrections where the auditor saw them."""

    wave: str
    tally: str
    openings: str
    corrections: str | None = None

    def text(self) -> bytes:
        """The bytes that are signed."""
        words = (LABEL, self.wave, self.tally, self.openings)
        seen = (self.corrections,) if self.corrections else ()
        return "".join(f"{word}\n" for word in (*words, *seen)).encode()

    def sign(self, key: Ed25519PrivateKey) -> str:
        """Return the signature in base64."""
        return base64.b64encode(key.sign(self.text())).decode()


def statement(wave: str, *, tally: bytes, openings: bytes, corrections: Iterable[bytes] | None) -> Statement:
    """Return what is said of these files; `corrections` are the lines of the log, None where unseen."""
    seen = None if corrections is None else b"".join(line + b"\n" for line in sorted(corrections))
    return Statement(wave, _digest(tally), _digest(openings), None if seen is None else _digest(seen))


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
