"""The name of the request that is being answered: the same in the log, in the answer, and with the proxy."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

_CURRENT: ContextVar[str] = ContextVar("request_id", default="")
SOUND = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{8,64}")


def begin(given: str) -> str:
    """Name the request that begins: as the proxy named it, or anew."""
    name = given if SOUND.fullmatch(given) else secrets.token_hex(8)
    _CURRENT.set(name)
    return name


def current() -> str:
    """Return the name of the running request; empty outside of one."""
    return _CURRENT.get()
