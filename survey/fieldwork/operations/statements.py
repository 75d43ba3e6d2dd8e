"""Somebody says that a household isn't eligible: it counts once a second person, or the registry, agrees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.fieldwork.operations import closing
from survey.fieldwork.queries import statements as queries
from survey.fieldwork.rules.attempts import DOUBTED
from survey.models import Account, Attempt, EligibilityStatement, FrameUnit, SampledCase, Wave


def hear(session: Session, attempt: Attempt, *, code: str, by: Account, now: datetime) -> str:
    """Store what an interviewer heard; return how the attempt ends: in doubt, or with `code` once sure."""
    _add(session, attempt.unit, attempt_id=attempt.id, code=code, by=by.login, now=now)
    return code if queries.is_confirmed(queries.standing(session, attempt.unit)) else DOUBTED


def contradict(session: Session, attempt: Attempt, *, by: Account, now: datetime) -> None:
    """The respondent is eligible after all: what was said before stands no more."""
    if queries.standing(session, attempt.unit):
        _add(session, attempt.unit, attempt_id=attempt.id, code=None, by=by.login, now=now)


def answer(session: Session, household: str, *, code: str | None, by: Account, now: datetime) -> None:
    """The registrar answers for a household in question: `code` says why it isn't eligible, None that it is.

    Where it isn't, its case is closed unless somebody is calling.
    """
    if household not in queries.questions(session):
        raise Conflict(_("这一户没有等着核对的问题。"))
    mine = (
        select(SampledCase)
        .join(FrameUnit, FrameUnit.unit == SampledCase.unit)
        .join(Wave, Wave.label == SampledCase.wave_label)
        .where(FrameUnit.household_code == household, Wave.ended_at.is_(None))
        .where(SampledCase.final_code.is_(None))
    )
    for case in session.scalars(mine.with_for_update(of=SampledCase)).all():
        if not queries.standing(session, case.unit):
            continue
        author = f"{queries.REGISTRAR}{by.login}"[:64]
        _add(session, case.unit, attempt_id=None, code=code, by=author, now=now)
        if code is not None and case.holder_id is None:
            closing.close(session, case, now=now, by="rule")


def _add(
    session: Session, unit: str, *, attempt_id: int | None, code: str | None, by: str, now: datetime
) -> None:
    session.add(EligibilityStatement(unit=unit, attempt_id=attempt_id, code=code, at=now, by=by))
    session.flush()
