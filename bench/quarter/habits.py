"""How people of the invented district behave: chances an hour, unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DistrictHabits:
    """Chances; those of moves count for each case at a look at the desk, `looks` of them."""

    turnover_a_year: float = 0.25
    replaced_within_days: float = 6.0
    leave_a_week: float = 0.06
    swap_a_week: float = 0.05
    emergency_cover_a_day: float = 0.02
    takes: float = 0.7
    whistles: float = 0.7
    finishes: float = 0.2
    asks: float = 0.025
    pauses: float = 0.012
    department_takes: float = 0.2
    slow_department_takes: float = 0.03
    department_finishes: float = 0.05
    misrouted: float = 0.12
    refuses_anyway: float = 0.04
    coordinates: float = 0.25
    leaves_number: float = 0.82
    proves: float = 0.85
    answers_link: float = 0.5
    answers_receipt: float = 0.35
    not_solved: float = 0.22
    unsure: float = 0.08
    changes_mind: float = 0.1
    late_not_solved: float = 0.05
    withdraws: float = 0.03
    twice: float = 0.03
    stops_messages: float = 0.03
    carrier_fails: float = 0.12
    receipt_lost: float = 0.1
    receipt_twice: float = 0.3
    phone_off: float = 0.05
    looks: float = 0.4
    ping_answered: float = 0.93
