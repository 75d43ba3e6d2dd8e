"""Every seat and the marks of what it does, in one statement that looks at each seat's last rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from survey.fieldwork.rules.board.seat_states import SeatMarks
from survey.fieldwork.rules.traits import LANGUAGE
from survey.models import (
    Account,
    AccountSession,
    Answer,
    Attempt,
    AttemptAnswer,
    Dial,
    InterviewerTrait,
    SampledCase,
    SeatBreak,
)
from survey.roles import INTERVIEWER


def marks(session: Session) -> list[SeatMarks]:
    """Return the marks of every seat by its code; of an account out of use only while it holds a case."""
    columns: tuple[ColumnElement[Any] | Any, ...] = (
        *(Account.id, func.coalesce(Account.code, ""), Account.name, SampledCase.state),
        *(Attempt.started_at, Attempt.dialled_at, _answered(), _last_word()),
        *(SeatBreak.reason, SeatBreak.asked_at),
        *(_worked(), _returned(), _seen()),
    )
    rows = (
        select(*columns)
        .outerjoin(SampledCase, SampledCase.holder_id == Account.id)
        .outerjoin(Attempt, (Attempt.unit == SampledCase.unit) & Attempt.ended_at.is_(None))
        .outerjoin(SeatBreak, (SeatBreak.interviewer_id == Account.id) & SeatBreak.ended_at.is_(None))
        .where(Account.role == INTERVIEWER, Account.active | SampledCase.unit.is_not(None))
        .order_by(Account.code, Account.id)
    )
    return [SeatMarks(*row) for row in session.execute(rows)]


def _answered() -> ColumnElement[datetime | None]:
    return (
        select(func.max(Dial.answered_at))
        .where(Dial.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )


def _last_word() -> ColumnElement[datetime | None]:
    """When the line was over, as its carrier told, else when the last answer was saved."""
    over = select(func.max(Dial.line_ended_at)).where(Dial.attempt_id == Attempt.id).correlate(Attempt)
    said = select(func.max(Answer.at)).where(Answer.unit == SampledCase.unit).correlate(SampledCase)
    of_call = (
        select(func.max(AttemptAnswer.at)).where(AttemptAnswer.attempt_id == Attempt.id).correlate(Attempt)
    )
    return func.coalesce(over.scalar_subquery(), said.scalar_subquery(), of_call.scalar_subquery())


def _worked() -> ColumnElement[datetime | None]:
    over = select(func.max(Attempt.ended_at)).where(Attempt.interviewer_id == Account.id)
    return over.correlate(Account).scalar_subquery()


def _returned() -> ColumnElement[datetime | None]:
    back = select(func.max(SeatBreak.ended_at)).where(SeatBreak.interviewer_id == Account.id)
    return back.correlate(Account).scalar_subquery()


def _seen() -> ColumnElement[datetime]:
    last = select(func.max(AccountSession.seen_at)).where(AccountSession.account_id == Account.id)
    return last.correlate(Account).scalar_subquery()


def languages(session: Session) -> Mapping[int, Sequence[str]]:
    """Return what languages each seat speaks besides everybody's, by account."""
    trait = InterviewerTrait
    rows = select(trait.account_id, trait.value).where(trait.kind == LANGUAGE, trait.ended_at.is_(None))
    found: dict[int, list[str]] = {}
    for account, language in session.execute(rows):
        found.setdefault(account, []).append(language)
    return found
