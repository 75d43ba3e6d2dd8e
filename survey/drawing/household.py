"""What the frame says about a household without telling it: a salted commitment that an auditor can open."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.canonical import canonical
from survey.drawing.fields import NONCE, UNIT

LABEL = "huying-household/v1"
SALT_BYTES = 16
SECRET_BYTES = 32


def salt(frame_secret: bytes, *, unit: str) -> str:
    """Return the unit's salt, 32 hex digits, from the wave's 32 secret bytes."""
    if len(frame_secret) != SECRET_BYTES:
        raise Invalid(_("抽样框密钥应当是 %(secret_bytes)s 字节。", secret_bytes=SECRET_BYTES))
    return hmac.new(frame_secret, UNIT.check(unit).encode(), sha256).digest()[:SALT_BYTES].hex()


def record(*, addr: str, tel: str, also: Sequence[str] = (), adults: Sequence[str] | None = None) -> bytes:
    """Return the household's record as a canonical line.

    `also` are further numbers of the household, in order. `adults` are the adults' own numbers, oldest
    first, where the registry lists them. A household without any number has the empty text as `tel`. An
    extension stands behind its number, as in `+862155551234;ext=801` (RFC 3966).
    """
    listed = {} if adults is None else {"adults": list(adults)}
    more = {"also": list(also)} if also else {}
    return canonical({"addr": addr, "tel": tel, **listed, **more})


def deposited(line: bytes) -> bytes:
    """Return the record of a deposited row as a canonical line: the digest of the row's own line."""
    return canonical({"row": sha256(line).hexdigest()})


def commitment(*, salt: str, record: bytes) -> str:
    """Return the hash (64 hex digits) that stands in the frame for the household."""
    head = f"{LABEL}\n{NONCE.check(salt)}\n".encode()
    return sha256(head + record + b"\n").hexdigest()


def commit(frame_secret: bytes, *, unit: str, record: bytes) -> str:
    """Return the commitment of the unit's record under its own salt."""
    return commitment(salt=salt(frame_secret, unit=unit), record=record)
