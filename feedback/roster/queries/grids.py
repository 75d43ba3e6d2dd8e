"""The grids that an office looks after: who answers for each now, and one grid's duty in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import checks, numbers, several
from feedback.contacts.queries.answer import ContactAnswer
from feedback.duty import queries as duty
from feedback.models import Area, DepositRun, Duty
from feedback.roster.queries import outlooks
from feedback.web.queries import lookups
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.phones import Vault

LATELY = timedelta(days=30)
SHOWN_DEPOSITS = 6


@dataclass(frozen=True, slots=True)
class GridNow:
    """Who answers for a grid now, and how many hours of the last 30 days it had nobody."""

    grid: Area
    answer: ContactAnswer
    vacant: int

    @property
    def rank(self) -> int:
        """How urgent it is: 0 nobody on duty, 1 a number unchecked, 2 as it should be."""
        return {"vacant": 0, "stale": 1}.get(self.answer.state, 2)


@dataclass(frozen=True, slots=True)
class CommunityNow:
    """A community's grids as they are now, gaps first."""

    name: str
    rows: Sequence[GridNow]

    @property
    def gaps(self) -> int:
        """How many of its grids nobody holds."""
        return sum(each.rank == 0 for each in self.rows)

    @property
    def unchecked(self) -> int:
        """In how many of its grids a number waits for a check."""
        return sum(each.rank == 1 for each in self.rows)


@dataclass(frozen=True, slots=True)
class GridDuty:
    """A grid's duty in full: who answers now, every row ever entered, the duty phone and its state."""

    grid: Area
    area_name: str
    answer: ContactAnswer
    rows: Sequence[Duty]
    names: Mapping[str, str]
    post_phone: str | None
    post_state: str | None


def now_of_each(session: Session, *, top: str | None, vault: Vault, now: datetime) -> list[CommunityNow]:
    """Return who answers for each grid inside an area, by community: gaps and unchecked numbers first."""
    areas = lookups.areas(session)
    grids = lookups.grids_below(areas, top)
    hours = outlooks.vacant_hours_by_grid(session, start=now - LATELY, end=now)
    answers = several.answers(session, [grid.code for grid in grids], at=now, vault=vault)
    found: dict[str, list[GridNow]] = {}
    for grid in grids:
        here = GridNow(grid, answers[grid.code], round(hours.get(grid.code, 0.0)))
        found.setdefault(grid.parent_code or "", []).append(here)
    communities = [
        CommunityNow(
            lookups.full_name(areas, areas[code]) if code in areas else "",
            sorted(rows, key=lambda each: (each.rank, each.grid.code)),
        )
        for code, rows in found.items()
    ]
    return sorted(communities, key=lambda each: (each.rows[0].rank, -each.gaps, each.rows[0].grid.code))


def own(session: Session, code: str, *, top: str | None) -> Area:
    """Return a grid in use inside the area `top`; raise NotFound for any other."""
    listed = lookups.grids_below(lookups.areas(session), top)
    found = next((area for area in listed if area.code == code), None)
    if found is None:
        raise NotFound(_("没有这个网格，或不归您管。"))
    return found


def duty_of(session: Session, grid: Area, *, vault: Vault, now: datetime) -> GridDuty:
    """Return a grid's duty, the latest row first."""
    post, rows = numbers.of_post(session, grid.code), duty.every(session, grid.code)[::-1]
    return GridDuty(
        grid=grid,
        area_name=lookups.area_name(session, grid.code),
        answer=contacts.answer(session, grid.code, at=now, vault=vault),
        rows=rows,
        names=lookups.names_of(session, {row.worker_code for row in rows}),
        post_phone=numbers.number_of(post, vault=vault) if post else None,
        post_state=checks.state_of(post, now=now) if post else None,
    )


def latest_deposits(session: Session) -> Sequence[DepositRun]:
    """Return the last deposits, the newest first."""
    return session.scalars(select(DepositRun).order_by(DepositRun.made_at.desc()).limit(SHOWN_DEPOSITS)).all()
