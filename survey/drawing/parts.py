"""Sealed parts: an office's random number, committed before the public value is known, opened after it."""

from __future__ import annotations

import secrets
from hashlib import sha256

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.drawing.fields import HASH

PART_BYTES = 32


def new_part() -> str:
    """Return a fresh part r: 32 random bytes as 64 hex digits."""
    return secrets.token_hex(PART_BYTES)


def seal(r: str) -> str:
    """Return c = SHA-256 of the part's bytes, 64 hex digits."""
    return sha256(bytes.fromhex(HASH.check(r))).hexdigest()


def check(r: str, *, c: str) -> None:
    """Raise Refused unless the opened part is the one that was sealed as `c`."""
    if seal(r) != c:
        raise Refused(_("打开的随机数与冻结时封存的不一致，不能使用。"))
