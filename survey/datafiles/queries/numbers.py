"""Who is who in a wave's data files: running numbers that tell nothing outside of them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping


def numbered(things: Iterable[str], *, secret: bytes, of: str) -> dict[str, int]:
    """Number things from 1 in an order that the key of this installation draws, the same every time.

    `of` says what they are numbers of: those of two waves, or of cases and interviewers, have no order in
    common. An order of release or of draw would be one that others know too.
    """
    key = hmac.new(secret, of.encode(), hashlib.sha256).digest()
    ordered = sorted(set(things), key=lambda each: hmac.new(key, each.encode(), hashlib.sha256).digest())
    return {each: number for number, each in enumerate(ordered, start=1)}


class RunningNumbers:
    """The numbers of a wave's cases and of who called them."""

    def __init__(
        self, *, label: str, secret: bytes, units: Iterable[str], interviewers: Iterable[int]
    ) -> None:
        self.cases: Mapping[str, int] = numbered(units, secret=secret, of=f"cases of {label}")
        people = numbered(map(str, interviewers), secret=secret, of=f"interviewers of {label}")
        self.interviewers: Mapping[int, int] = {int(one): number for one, number in people.items()}
