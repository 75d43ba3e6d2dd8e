"""How long a case keeps what names its resident; counts and custody stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

CONTACT, INDEX, TEXT, PHOTO, TRACE = "contact", "index", "text", "photo", "trace"
KEPT: Mapping[str, timedelta] = {
    CONTACT: timedelta(days=90),
    INDEX: timedelta(days=180),
    TEXT: timedelta(days=730),
    PHOTO: timedelta(days=365),
    TRACE: timedelta(days=30),
}
"""The number, the index by which it is found, and everything that somebody wrote, from a case's end on.

A photo from when it was taken in, and how an answer came in from its moment on.
"""


def ended_before(what: str, *, now: datetime) -> datetime:
    """Return since when a case must have been over for this to go."""
    return now - KEPT[what]
