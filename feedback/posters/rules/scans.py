"""Scans of posters, summed in memory: a number per poster and hour, and nothing of who scanned.

Nothing is stored while somebody waits for a page: a database that others hold would make them wait.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock

PREVIEWS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|facebookexternalhit|slurp|curl/|wget/|python-|headless|monitor|"
    r"WhatsApp/|TelegramBot|Slackbot|Discordbot|MicroMessenger.*prefetch|DingTalkBot|urlpreview|go-http",
    re.IGNORECASE,
)
"""Programs that fetch a link before, or instead of, a person."""
FLUSH_SCANS = 500
FLUSH_SECONDS = 60.0
LOOK_SECONDS = 5.0
log = logging.getLogger("huying.scans")

ScanCounts = Mapping[tuple[str, datetime], int]
"""Scans by poster code and the hour's beginning."""


class Tally:
    """Counts of one process, until they are taken to be stored."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, datetime]] = Counter()
        self._since = time.monotonic()
        self._lock = Lock()

    def note(self, code: str, *, at: datetime, user_agent: str) -> None:
        """Count a scan, unless a program made it."""
        if not PREVIEWS.search(user_agent):
            with self._lock:
                self._counts[code, at.replace(minute=0, second=0, microsecond=0)] += 1

    def take_due(self) -> ScanCounts:
        """Return what is to be stored now, and forget it; empty while it is too early."""
        with self._lock:
            early = time.monotonic() - self._since < FLUSH_SECONDS
            if not self._counts or (early and self._counts.total() < FLUSH_SCANS):
                return {}
            return self._take()

    def take(self) -> ScanCounts:
        """Return all counts, and forget them."""
        with self._lock:
            return self._take()

    def put_back(self, counts: ScanCounts) -> None:
        """Count again what couldn't be stored."""
        with self._lock:
            self._counts.update(counts)

    def _take(self) -> ScanCounts:
        taken, self._counts, self._since = self._counts, Counter(), time.monotonic()
        return taken


Store = Callable[[ScanCounts], object]
"""Stores counts, or raises and has stored none."""


def hand_over(take: Callable[[], ScanCounts], tally: Tally, store: Store) -> bool:
    """Store the counts that `take` gives; where that fails they are counted on, and the log says so."""
    counts = take()
    if not counts:
        return True
    try:
        store(counts)
    except Exception:
        tally.put_back(counts)
        log.exception("scans wait to be stored")
        return False
    return True


def keep_storing(tally: Tally, store: Store, *, every: float = LOOK_SECONDS) -> None:
    """Store counts when they are due, for ever: the thread of a server that no resident waits for."""
    while True:
        time.sleep(every)
        hand_over(tally.take_due, tally, store)
