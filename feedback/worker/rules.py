"""What a worker claims: a visit to a household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VisitClaim:
    """A visit to a household of a grid; `number` is E.164 or empty, and so may be `address`, but not both."""

    grid_code: str
    visited_at: datetime
    number: str = ""
    address: str = ""
