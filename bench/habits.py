"""How people of an invented city keep their numbers and their duty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """How often things happen: a year, a share, or a mean delay."""

    turnover: float = 0.25
    leaves: float = 3.0
    leave_days: float = 5.0
    swaps: float = 6.0
    dying_numbers: float = 0.15
    office_forgets: float = 0.2
    remembered_after_days: float = 10.0
    vacant_after_leaving: float = 0.4
    vacant_days: float = 14.0
    cover_planned: float = 0.85
    mended_days: float = 3.0
    """Mean days until the office stores a new number for a dead one, or calls one that let questions pass."""
    answers_ping: float = 0.9
    leaver_says_no: float = 0.7
    scans_a_day: float = 1.0
    doubt_is_said: float = 0.2
    reprint_days: float = 30.0
    """Mean days until a printed poster that is wrong hangs anew."""
