"""Badges, read: by either code, by worker, and what anybody at a door may know of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.contacts.queries.answer import surname
from feedback.duty import queries as duty
from feedback.models import Badge, Worker
from feedback.web.queries import lookups
from huying.base.errors import NotFound
from huying.base.i18n import _


@dataclass(frozen=True, slots=True)
class BadgeCheck:
    """Whether a badge is valid, whose it is, and the areas where its holder is on duty, each until when."""

    valid: bool
    surname: str
    areas: Sequence[tuple[str, datetime | None]]


def find(session: Session, text: str) -> Badge:
    """Return the badge of either code, however it was typed, withdrawn or not; raise NotFound."""
    dial, code = codes.normalise_dial(text), codes.normalise(text)
    badge = None
    if dial is not None and codes.is_dial_code(dial):
        badge = session.scalar(select(Badge).where(Badge.dial_code == dial))
    elif code is not None and codes.is_poster_code(code):
        badge = session.scalar(select(Badge).where(Badge.code == code))
    if badge is None:
        raise NotFound(_("没有这个编号的工作证。"))
    return badge


def scanned(session: Session, text: str) -> Badge:
    """Return the badge of a code as its QR symbol holds it; raise NotFound, for the number to be said too."""
    code = codes.normalise(text)
    if code is None or not codes.is_poster_code(code):
        raise NotFound(_("没有这个编号的工作证。"))
    return find(session, code)


def of_worker(session: Session, worker_code: str) -> Sequence[Badge]:
    """Return all badges that a worker ever had, the latest first."""
    own = select(Badge).where(Badge.worker_code == worker_code)
    return session.scalars(own.order_by(Badge.id.desc())).all()


def of_workers(session: Session, workers: Collection[str], *, most: int) -> dict[str, Badge]:
    """Return the latest badge of each of these workers who ever had one, for the first of them by code."""
    newest = select(func.max(Badge.id)).where(Badge.worker_code.in_(workers)).group_by(Badge.worker_code)
    query = select(Badge).where(Badge.id.in_(newest)).order_by(Badge.worker_code).limit(most)
    return {badge.worker_code: badge for badge in session.scalars(query)}


def check(session: Session, badge: Badge, *, now: datetime) -> BadgeCheck:
    """Return what is known of a badge and its holder now."""
    worker = session.get_one(Worker, badge.worker_code)
    held = duty.grids_of(session, worker.code, at=now)
    return BadgeCheck(
        valid=badge.retired_at is None and worker.active,
        surname=surname(worker.name),
        areas=[(lookups.area_name(session, row.grid_code), row.valid_to) for row in held],
    )


def workers(session: Session, *, top: str | None) -> dict[str, str]:
    """Return the names of the workers in service inside the area `top` (None: of all), by code."""
    if top is None:
        return lookups.workers(session)
    own = lookups.grids_below(lookups.areas(session), top)
    return lookups.workers_of(session, [area.code for area in own])
