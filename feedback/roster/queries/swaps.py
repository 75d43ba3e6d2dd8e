"""Swaps that workers ask for, read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import SwapOffer


def to_worker(session: Session, worker_code: str, *, now: datetime) -> list[SwapOffer]:
    """Return the swaps that a worker is asked for and hasn't answered."""
    query = select(SwapOffer).where(
        SwapOffer.to_worker == worker_code, SwapOffer.settled_at.is_(None), SwapOffer.valid_to > now
    )
    return list(session.scalars(query.order_by(SwapOffer.valid_from)))


def from_worker(session: Session, worker_code: str, *, now: datetime) -> list[SwapOffer]:
    """Return the swaps that a worker asked for and whose time isn't over."""
    query = select(SwapOffer).where(SwapOffer.from_worker == worker_code, SwapOffer.valid_to > now)
    return list(session.scalars(query.order_by(SwapOffer.valid_from)))


def agreed_by(session: Session, worker_code: str, *, now: datetime) -> list[SwapOffer]:
    """Return the swaps by which a worker stands in for others and whose time isn't over."""
    own = (SwapOffer.to_worker == worker_code, SwapOffer.duty_id.is_not(None), SwapOffer.undone_at.is_(None))
    query = select(SwapOffer).where(*own, SwapOffer.valid_to > now)
    return list(session.scalars(query.order_by(SwapOffer.valid_from)))


def news(session: Session, *, now: datetime) -> list[tuple[SwapOffer, str, str]]:
    """Return what is to be told of swaps whose time isn't over: which, to which worker, and what."""
    found: list[tuple[SwapOffer, str, str]] = []
    for each in session.scalars(select(SwapOffer).where(SwapOffer.valid_to > now).order_by(SwapOffer.id)):
        if each.undone_at is not None:
            both = [each.from_worker, each.to_worker]
            found += [(each, worker, "undone") for worker in both if worker != each.undone_by]
        elif each.settled_at is None:
            found.append((each, each.to_worker, "asked"))
        else:
            found.append((each, each.from_worker, "agreed" if each.duty_id else "declined"))
    return found
