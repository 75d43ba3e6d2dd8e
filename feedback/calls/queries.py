"""Calls to a dialled code, read: how they stand, whom they ring, which nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.calls.rules import Heard
from feedback.models import Call, CallLeg, Case, Poster


@dataclass(frozen=True, slots=True)
class MissedCall:
    """A call that nobody answered, and how its case stands."""

    at: datetime
    poster: str
    grid_code: str | None
    state: str


def heard(call: Call) -> Heard:
    """Return a call as the policy knows it."""
    return Heard(
        stage=call.stage,  # type: ignore[arg-type]
        wrong=call.wrong,
        leg=call.leg,
        answered=call.answered,
        declined=call.declined,
    )


def missed_lately(session: Session, *, since: datetime) -> Sequence[MissedCall]:
    """Return the calls since an instant that became cases, the latest first."""
    query = (
        select(Call.began_at, Poster.code, Case.grid_code, Case.state)
        .join(Case, Case.id == Call.case_id)
        .join(Poster, Poster.id == Call.poster_id)
        .where(Call.began_at >= since)
    )
    rows = session.execute(query.order_by(Call.began_at.desc()))
    return [MissedCall(at, poster, grid, state) for at, poster, grid, state in rows]


def legs(session: Session, call: Call) -> list[CallLeg]:
    """Return whom a call rings, in order."""
    query = select(CallLeg).where(CallLeg.call_id == call.id)
    return list(session.scalars(query.order_by(CallLeg.position)))


def seal_context(what: str, call_id: int) -> str:
    """Return what a value of a call is sealed for."""
    return f"call.{what}:{call_id}"
