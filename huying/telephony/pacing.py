"""Dials that a provider had no room for are asked for again, later and apart; none other ever is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from hashlib import sha256

from huying.telephony.dialler import TOO_MANY, DialResult

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further try, to be spread by half."""

Wait = Callable[[float], object]


def place(dial: Callable[[], DialResult], *, dial_id: str, wait: Wait = time.sleep) -> DialResult:
    """Ask for a dial, and again after a while as long as nothing of it was processed."""
    result = dial()
    for pause in pauses(dial_id):
        if result.reason != TOO_MANY:
            break
        wait(pause)
        result = dial()
    return result


def pauses(dial_id: str) -> Iterator[float]:
    """Yield the seconds to wait, spread by the dial's identity: not all come again at once."""
    for turn, seconds in enumerate(WAITS):
        drawn = sha256(f"{dial_id}/{turn}".encode()).digest()
        yield seconds * (0.5 + int.from_bytes(drawn[:4]) / 2**32)
