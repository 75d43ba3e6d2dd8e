"""How an attempt ends: the case rests until it is due again, or closes with a final outcome in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.drawing import entries
from survey.drawing.answers import bind, commitment, new_nonce
from survey.fieldwork.operations import claims
from survey.fieldwork.queries import held_cases, histories, interviews
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.dispositions import ledger_code
from survey.fieldwork.rules.outcome_codes import NOT_REACHED, CallOutcome
from survey.fieldwork.rules.queue import APPOINTED, PARTIAL
from survey.models import (
    LEDGER,
    Account,
    AnswerCommitment,
    Attempt,
    Interview,
    InterviewBinding,
    Outcome,
    SampledCase,
    Wave,
)
from survey.waves.queries import opted_out
from survey.waves.rules import wave_rules
from survey.waves.rules.final_codes import FINAL, UNREACHED

TALK = ("talking", "interviewing", "coding")
NO_CALL = "dnc"
"""How an outcome came of a household that wished no call."""
FOR_ANOTHER_DAY = timedelta(hours=24)


def finish(
    session: Session, unit: str, outcome: CallOutcome, *, interviewer: Account, fence: int, now: datetime
) -> None:
    """End the call with a temporary or a final code, one that is possible now.

    The appointment codes need the time that was asked for. What the case's final outcome is follows from its
    whole log, not from this code alone.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state not in TALK:
        raise Conflict(_("还没有接通，不能记录通话结果。"))
    if outcome.code not in held_cases.codes_of(case.state, interviews.so_far(session, unit)):
        raise Refused(_("这个结果现在不能用，请按通话的实际情况选择。"), status=422)
    appointment = outcome.appointment
    if outcome.code in policy.APPOINTED:
        appointment = _appointment(session, case, appointment, now=now)
    attempt = held_cases.attempt_in_hand(session, case)
    attempt.note = outcome.note
    settle(session, case, attempt=attempt, code=outcome.code, now=now, appointment=appointment)


def _appointment(session: Session, case: SampledCase, at: datetime | None, *, now: datetime) -> datetime:
    if at is None:
        raise Refused(_("预约要写明日期和时间。"), status=422)
    wave = session.get_one(Wave, case.wave_label)
    any_hour = wave_rules.read(wave.rules).hours == "any"
    return policy.check_appointment(at, now=now, field_ends=wave.field_ends_at, any_hour=any_hour)


def settle(
    session: Session,
    case: SampledCase,
    *,
    attempt: Attempt,
    code: str,
    now: datetime,
    appointment: datetime | None = None,
) -> None:
    """End the attempt with `code`; then the case rests or closes, as the sealed rules say."""
    attempt.code, attempt.ended_at, attempt.ended_by = code, now, "interviewer"
    session.flush()
    history = histories.of_units(session, [case.unit])[case.unit]
    case.counted = len(policy.counted(history))
    if _is_over(session, case, history, code=code):
        close(session, case, now=now, by=str(attempt.interviewer_id))
        return
    due = policy.next_due(history, now=now, appointment=appointment) or now + FOR_ANOTHER_DAY
    priority = {"suspended_partial": PARTIAL} | dict.fromkeys(policy.APPOINTED, APPOINTED)
    claims.free(session, case, next_due=due, priority=priority.get(code))


def _is_over(
    session: Session, case: SampledCase, history: Sequence[policy.DialledAttempt], *, code: str
) -> bool:
    if code in FINAL and code not in NOT_REACHED:
        return True
    if code == "soft_refusal":
        return sum(attempt.code == code for attempt in history) > 1
    effort = wave_rules.read(session.get_one(Wave, case.wave_label).rules).effort
    if code in histories.ASKED:
        return len(policy.counted(history)) >= effort.attempts + effort.asked_extra
    if policy.effort_met(history, rules=effort):
        return True
    # Before the attempts are made, dead numbers end a case only where nobody was ever reached.
    dead = histories.number_states(history, numbers=1) == ["bad"]
    return dead and disposition(session, case.unit, history=history) not in UNREACHED


def close(session: Session, case: SampledCase, *, now: datetime, by: str, numbers: int = 1) -> str:
    """Close a case with the outcome that its log gives, and log it; return the outcome's ledger name."""
    history = histories.of_units(session, [case.unit]).get(case.unit, [])
    return _close(
        session, case, disposition(session, case.unit, history=history, numbers=numbers), now=now, by=by
    )


def _close(
    session: Session, case: SampledCase, outcome: str, *, now: datetime, by: str, how: str | None = None
) -> str:
    headline = interviews.so_far(session, case.unit).headline
    code = ledger_code(outcome, headline=headline)
    session.add(Outcome(unit=case.unit, code=code, at=now, by=by))
    case.state, case.final_code = "closed", code
    case.holder_id, case.lease_until, case.tab = None, None, ""
    interview = session.get(Interview, case.unit)
    if interview is not None:
        interview.finished_at = now
    bound = None
    if code == "complete" and headline is not None:
        bound = _commit_answer(session, case, answer=headline)
    elif code == "complete_other":
        bound = _bind(session, case)
    LEDGER.append(session, entries.final(u=case.unit, code=code, how=how, a=bound, s=new_nonce()), at=now)
    session.flush()
    return code


def close_opted_out(session: Session, case: SampledCase, *, attempt: Attempt, now: datetime) -> None:
    """Close a case whose household asked in an earlier wave never to be called again."""
    attempt.ended_at, attempt.ended_by, attempt.set_by = now, "rule", "rule"
    session.flush()
    _close(session, case, opted_out.OPTED_OUT, now=now, by="rule", how=NO_CALL)


def close_without_number(session: Session, case: SampledCase, *, attempt: Attempt, now: datetime) -> None:
    """Close a case whose household has no number at all: there is nothing to dial."""
    attempt.ended_at, attempt.ended_by, attempt.set_by = now, "rule", "rule"
    session.flush()
    close(session, case, now=now, by="rule", numbers=0)


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
