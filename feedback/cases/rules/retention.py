"""How long a case keeps what names its resident: counted from its end; counts and custody stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

CONTACT, INDEX, TEXT = "contact", "index", "text"
KEPT: Mapping[str, timedelta] = {
    CONTACT: timedelta(days=90),
    INDEX: timedelta(days=180),
    TEXT: timedelta(days=730),
}
"""The number, the index by which it is found, and everything that somebody wrote."""


def ended_before(what: str, *, now: datetime) -> datetime:
    """Return since when a case must have been over for this to go."""
    return now - KEPT[what]
