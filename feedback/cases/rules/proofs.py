"""A number is proven by a code that was sent to it, or by an operator who calls it back."""

from __future__ import annotations

from datetime import timedelta

VALID = timedelta(hours=24)
MOST_TRIES = 5
DIGITS = 6
TEMPLATE = PURPOSE = "proof"
LOST_TEMPLATE = LOST_PURPOSE = "lost"
CHANGED = "changed"
