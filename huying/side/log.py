"""The log of servers and background work: no telephone number gets into it."""

from __future__ import annotations

import logging

from huying.base import phones

PLAIN = logging.Formatter()


class NoNumbers(logging.Filter):
    """Keeps telephone numbers out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask every long run of digits in the record's message and traceback."""
        record.msg, record.args = phones.redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = phones.redact(PLAIN.formatException(record.exc_info))
        return True


NO_NUMBERS = NoNumbers()
