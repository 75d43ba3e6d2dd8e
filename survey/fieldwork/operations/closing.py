"""A case closes with the outcome that its whole log gives, in the ledger; a later one is a correction."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.drawing import entries
from survey.drawing.answers import bind, commitment, new_nonce
from survey.fieldwork.operations import appointments, dials
from survey.fieldwork.queries import corrections, histories, interviews
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.rules.corrections import COMPLETE
from survey.fieldwork.rules.dispositions import ledger_code
from survey.models import (
    AnswerCommitment,
    Attempt,
    Correction,
    Interview,
    InterviewBinding,
    Outcome,
    SampledCase,
    Wave,
)
from survey.waves.queries import opted_out

NO_CALL = "dnc"
"""How an outcome came of a household that wished no call."""
BY_REGISTRY = "registry"
BY_RULE = "rule"
REOPENED = "reopened"
SALT = 16


def close(session: Session, case: SampledCase, *, now: datetime, by: str, numbers: int = 1) -> str:
    """Close a case with the outcome that its log gives, and log it; return the outcome's ledger name."""
    history = histories.of_units(session, [case.unit]).get(case.unit, [])
    found = disposition(session, case.unit, history=history, numbers=numbers)
    how = None
    if not history and found == opted_out.OPTED_OUT:
        how = NO_CALL
    return _close(session, case, found, now=now, by=by, how=how)


def close_opted_out(session: Session, case: SampledCase, *, attempt: Attempt, now: datetime) -> None:
    """Close a case in hand whose household, or each of whose numbers, wished never to be called again."""
    _end_by_rule(session, attempt, now=now)
    how = None if corrections.was_called(session, case.unit) else NO_CALL
    _close(session, case, opted_out.OPTED_OUT, now=now, by=BY_RULE, how=how)


def close_without_number(session: Session, case: SampledCase, *, attempt: Attempt, now: datetime) -> None:
    """Close a case in hand that has no number left that could be dialled."""
    _end_by_rule(session, attempt, now=now)
    close(session, case, now=now, by=BY_RULE, numbers=0)


def _end_by_rule(session: Session, attempt: Attempt, *, now: datetime) -> None:
    dials.end_open(session, attempt.unit, code="cancelled_by_us", set_by=BY_RULE, now=now)
    attempt.ended_at, attempt.ended_by, attempt.set_by = now, BY_RULE, BY_RULE
    session.flush()


def _close(
    session: Session, case: SampledCase, outcome: str, *, now: datetime, by: str, how: str | None = None
) -> str:
    headline = interviews.so_far(session, case.unit).headline
    code = ledger_code(outcome, headline=headline)
    case.state, case.holder_id, case.lease_until, case.tab = "closed", None, None, ""
    appointments.end(session, case.unit, now=now)
    interview = session.get(Interview, case.unit)
    if interview is not None and not interview.is_void:
        interview.finished_at = now
    if case.final_code is not None:
        return correct(session, case, to=code, by=by, now=now)
    session.add(Outcome(unit=case.unit, code=code, at=now, by=by))
    case.final_code = code
    bound = None
    if code == COMPLETE and headline is not None:
        bound = _commit_answer(session, case, answer=headline)
    elif code == "complete_other":
        bound = _bind(session, case)
    ledger = session.get_one(Wave, case.wave_label).ledger
    ledger.append(session, entries.final(u=case.unit, code=code, how=how, a=bound, s=new_nonce()), at=now)
    session.flush()
    return code


def correct(session: Session, case: SampledCase, *, to: str, by: str, now: datetime) -> str:
    """Log another outcome of a case that had one already; return what is in force.

    A complete after the final entry has nothing that binds its answers: it counts in the rates alone.
    """
    before = corrections.outcome(session, case.wave_label, case.unit)
    code = "complete_other" if to == COMPLETE else to
    if before is None or code == before:
        return before or code
    names = (by, BY_RULE)
    line = entries.correction(u=case.unit, from_=before, to=code, why=REOPENED, by=names, s=new_nonce())
    row = Correction(
        wave_label=case.wave_label,
        unit=case.unit,
        from_code=before,
        to_code=code,
        why=REOPENED,
        salt=secrets.token_hex(SALT),
        asked_by=by,
        asked_role=BY_RULE,
        asked_at=now,
        entry=session.get_one(Wave, case.wave_label).ledger.append(session, line, at=now),
    )
    session.add_all([row, Outcome(unit=case.unit, code=code, at=now, by="+".join(names)[:64])])
    session.flush()
    return code


def _commit_answer(session: Session, case: SampledCase, *, answer: int) -> str:
    """Seal the headline answer; return what binds all answers of the interview."""
    nonce, binding_nonce = new_nonce(), new_nonce()
    session.add(
        AnswerCommitment(
            commitment=commitment(answer, stratum=case.stratum, nonce=nonce),
            wave_label=case.wave_label,
            unit=case.unit,
            stratum=case.stratum,
            nonce=nonce,
            answer=answer,
            binding_nonce=binding_nonce,
        )
    )
    return bind(interviews.texts(session, case.unit), nonce=binding_nonce)


def _bind(session: Session, case: SampledCase) -> str:
    """Return what binds all answers of an interview that has no headline answer to seal."""
    nonce = new_nonce()
    session.add(InterviewBinding(unit=case.unit, wave_label=case.wave_label, nonce=nonce))
    return bind(interviews.texts(session, case.unit), nonce=nonce)


def silent_cases(session: Session) -> list[SampledCase]:
    """Return the cases that wait though their household wishes no call."""
    waiting = select(SampledCase).where(
        SampledCase.state != "closed", SampledCase.holder_id.is_(None), opted_out.wished(SampledCase.unit)
    )
    return list(session.scalars(waiting.order_by(SampledCase.unit).with_for_update(of=SampledCase)))
