"""How the line of a call stands, for the page of its interviewer: never the number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import held_cases
from survey.fieldwork.rules.dials import MANUAL
from survey.fieldwork.rules.provider_results import PROVIDER
from survey.models import Account, Attempt, Dial, SampledCase

BY_INTERVIEWER = "interviewer"


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


def ended_first(session: Session, unit: str, *, interviewer: Account, fence: int) -> Dial | None:
    """Return the latest dial of this interviewer's call, under this fence, that its carrier ended first.

    None where the interviewer did, where it isn't over, or where the case went on without this page.
    """
    latest = (
        select(Dial, Attempt.ended_by)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(SampledCase, SampledCase.unit == Dial.unit)
        .where(Dial.unit == unit, SampledCase.fence == fence, Attempt.interviewer_id == interviewer.id)
        .order_by(Dial.started_at.desc(), Dial.ulid.desc())
    )
    dial, ended_by = session.execute(latest.limit(1)).one_or_none() or (None, None)
    if dial is None or dial.adapter == MANUAL or ended_by not in {None, BY_INTERVIEWER}:
        return None
    return None if dial.set_by in {None, BY_INTERVIEWER} else dial


def ended_by_carrier(session: Session, unit: str, *, interviewer: Account) -> bool:
    """Whether the last attempt with a household was this interviewer's and a carrier or a rule ended it."""
    last = session.scalar(select(Attempt).where(Attempt.unit == unit).order_by(Attempt.n.desc()).limit(1))
    return (
        last is not None
        and last.interviewer_id == interviewer.id
        and last.ended_at is not None
        and last.ended_by == BY_INTERVIEWER
        and last.set_by in {PROVIDER, "rule"}
    )
