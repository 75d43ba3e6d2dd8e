"""What is missing for the work to go on: said on the office's first page before a resident notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.queries import desks
from feedback.contacts.queries import checks
from feedback.oversight.queries.cases import Overseer, end_of_day
from feedback.web.queries import lookups, readiness
from huying.base import clock, working_days


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing: accounts, years of the list of days off, and numbers whose check ends today."""

    coordinator: bool
    district: bool
    departments: Mapping[str, int]
    workers: int
    years: tuple[int, ...]
    lapsing: int

    @property
    def nothing(self) -> bool:
        """Whether all is there."""
        accounts = self.coordinator or self.district or self.departments or self.workers
        return not (accounts or self.years or self.lapsing)


def missing(session: Session, *, seen_by: Overseer, now: datetime) -> Missing:
    """Return what is missing now."""
    known = lookups.areas(session)
    areas = {code for code, area in known.items() if lookups.is_inside(known, area, seen_by.area_code)}
    lapsing = {
        check.contact.id
        for check in checks.due(session, areas, asks=False, now=now)
        if check.until is not None and now < check.until < end_of_day(now)
    }
    return Missing(
        coordinator=not readiness.has_coordinator(session),
        district=not readiness.has_district(session),
        departments=desks.unmanned_departments(session),
        workers=desks.workers_without_account(session),
        years=tuple(working_days.years_missing(clock.local(now).date())),
        lapsing=len(lapsing),
    )
