"""Wrong codes, counted in memory by where they come from: whoever tries many waits; nothing is stored."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from threading import Lock

MOST = 60
"""Wrong codes in an hour: more than a building behind one address mistypes, fewer than guessing needs."""
MOST_ADDRESSES = 10_000


class Guesses:
    """Wrong codes of the running hour, of one process."""

    def __init__(self) -> None:
        self._wrong: Counter[str] = Counter()
        self._hour: datetime | None = None
        self._lock = Lock()

    def held(self, address: str, *, now: datetime) -> bool:
        """Tell whether an address has tried too many wrong codes this hour; one unknown is never held."""
        with self._lock:
            self._turn(now)
            return bool(address) and self._wrong[address] >= MOST

    def note(self, address: str, *, now: datetime) -> None:
        """Count a wrong code."""
        with self._lock:
            self._turn(now)
            if address in self._wrong or len(self._wrong) < MOST_ADDRESSES:
                self._wrong[address] += 1

    def _turn(self, now: datetime) -> None:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._wrong.clear()
            self._hour = hour
