"""How the line of a call stands, for the page of its interviewer: never the number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import held_cases
from survey.fieldwork.rules.provider_results import PROVIDER
from survey.models import Account, Attempt, Dial, SampledCase


@dataclass(frozen=True, slots=True)
class LineState:
    """The latest dial of an attempt: its state, what it came to if known, whether the line is over."""

    state: str
    code: str | None
    is_over: bool


def of_case(session: Session, unit: str) -> LineState | None:
    """Return how the latest dial of the call in hand stands; None before one."""
    attempt = held_cases.attempt_in_hand(session, session.get_one(SampledCase, unit))
    latest = (
        select(Dial).where(Dial.attempt_id == attempt.id).order_by(Dial.started_at.desc(), Dial.ulid.desc())
    )
    dial = session.scalar(latest.limit(1))
    return None if dial is None else LineState(dial.state, dial.code, dial.line_ended_at is not None)


def ended_by_carrier(session: Session, unit: str, *, interviewer: Account) -> bool:
    """Whether the last attempt with a household was this interviewer's and a carrier or a rule ended it."""
    last = session.scalar(select(Attempt).where(Attempt.unit == unit).order_by(Attempt.n.desc()).limit(1))
    return (
        last is not None
        and last.interviewer_id == interviewer.id
        and last.ended_at is not None
        and last.ended_by == "interviewer"
        and last.set_by in {PROVIDER, "rule"}
    )
