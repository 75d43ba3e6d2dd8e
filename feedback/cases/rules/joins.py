"""When two cases may be one matter, and when they are joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback.cases.rules.limits import plain_location

WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about, as far as two can be compared: `contact` is a blind index."""

    category: str
    grid_code: str | None
    location: str
    contact: bytes | None
    opened_at: datetime


def alike(one: Matter, other: Matter) -> bool:
    """Tell whether two may be one matter: same kind and grid, 14 days, same telephone or same location."""
    if (one.category, one.grid_code) != (other.category, other.grid_code) or one.grid_code is None:
        return False
    if abs(one.opened_at - other.opened_at) > WITHIN:
        return False
    location = plain_location(one.location)
    same_hand = one.contact is not None and one.contact == other.contact
    return same_hand or (bool(location) and location == plain_location(other.location))


def agreed(*, desk: bool, resident: bool, same_contact: bool) -> bool:
    """Tell whether two cases are joined: the desk wants it, and the second resident does or is the first."""
    return desk and (resident or same_contact)
