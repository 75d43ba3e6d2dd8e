"""The log of servers and background work: one JSON object a line; no telephone number gets into it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from huying.base import phones, request_ids

PLAIN = logging.Formatter()
MORE = "huying"
"""The attribute of a record that holds further fields of its line."""


class NoNumbers(logging.Filter):
    """Keeps telephone numbers out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask every long run of digits in the record's message and traceback."""
        record.msg, record.args = phones.redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = phones.redact(PLAIN.formatException(record.exc_info))
        return True


NO_NUMBERS = NoNumbers()


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON: when, how grave, of whom, what, of which request."""

    def __init__(self, side: str) -> None:
        super().__init__()
        self._side = side

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, every long run of digits masked."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "side": self._side,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, MORE, {}),
        }
        if record.exc_info:
            told["trace"] = record.exc_text or self.formatException(record.exc_info)
        masked = {name: _masked(value) for name, value in told.items() if value != ""}
        named = {"request": request_ids.current()} if request_ids.current() else {}
        return json.dumps(masked | named, ensure_ascii=False)


def to_stderr(side: str) -> None:
    """Let everything that is logged go to standard error, where the host keeps and rotates it.

    Whoever runs this program inside another has a log of their own, which stays.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(side))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("huying").setLevel(logging.INFO)


def _masked(value: object) -> object:
    return phones.redact(value) if isinstance(value, str) else value
