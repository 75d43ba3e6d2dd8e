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
