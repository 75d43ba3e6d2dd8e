"""What the public side's ledger says: codes, digests and counts, never a name, a number or a text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.models import LEDGER
from huying.ledger import canonical


def write(session: Session, kind: str, *, at: datetime, **fields: str | int | Mapping[str, int]) -> int:
    """Append a line of that kind, with codes, digests and counts alone; return its number."""
    return LEDGER.append(session, canonical.line({"t": kind, **fields}), at=at)
