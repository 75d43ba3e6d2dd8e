"""How an attempt ends: the case rests until it is due again, or closes with a final outcome in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.drawing import entries
from survey.drawing.answers import commitment, new_nonce
from survey.fieldwork.operations import claims, interviews
from survey.fieldwork.queries import histories
from survey.fieldwork.questionnaire import path
from survey.fieldwork.questionnaire.path import Ending
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.rules.dispositions import FINAL, UNREACHED, Completeness, final_disposition, ledger_code
from survey.models import LEDGER, Account, AnswerCommitment, Attempt, Interview, Outcome, SampledCase, Wave
from survey.waves.rules import wave_rules

NOT_REACHED = (
    "no_answer",
    "busy",
    "machine",
    "blocked",
    "number_suspect",
    "technical_ours",
    "cancelled_by_us",
)
LATER = ("callback_respondent", "callback_other", "appointment_respondent", "appointment_other")
DECLINED = ("soft_refusal", "refusal_person", "refusal_household")
NOT_THERE = ("number_suspect", "not_resident", "dead_after_draw", "unknown_respondent")
OBSTACLES = (
    "language_callback",
    "language_household",
    "language_respondent",
    "unable",
    "audio_quality",
    "place_unfit",
    "away_field_period",
    "no_eligible",
    "other_unknown",
    "miscellaneous",
)
AFTER = {
    Ending.APPOINTMENT: LATER,
    Ending.REFUSED: DECLINED,
    Ending.NUMBER_WRONG: ("number_suspect", "not_resident"),
    Ending.NOT_ELIGIBLE: ("no_eligible", "not_resident"),
    Ending.NO_SUCH_PERSON: NOT_THERE,
}
TALKED = ("talking", "interviewing", "coding")
FOR_ANOTHER_DAY = timedelta(hours=24)


def codes_now(session: Session, unit: str) -> tuple[str, ...]:
    """Return the codes with which the attempt in hand may end now."""
    case = session.get_one(SampledCase, unit)
    if case.state == "held":
        return NOT_REACHED
    ending = interviews.ending_of(session, unit)
    done = interviews.completeness_of(session, unit)
    if ending is Ending.FINISHED and done:
        return (done,)
    if ending in AFTER:
        return AFTER[ending]
    begun = ("suspended_partial",) if session.get(Interview, unit) else ()
    over = (done,) if done else ()
    return (*over, *begun, *LATER, *DECLINED, *NOT_THERE, *OBSTACLES)


def finish(
    session: Session,
    unit: str,
    *,
    interviewer: Account,
    fence: int,
    code: str,
    now: datetime,
    note: str = "",
    appointment: datetime | None = None,
) -> None:
    """End the call with a temporary or a final code, one of `codes_now`.

    `appointment` is the time asked for, needed by the appointment codes. What the case's final outcome is
    follows from its whole log, not from this code alone.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state not in TALKED:
        raise Conflict(_("还没有接通，不能记录通话结果。"))
    if code not in codes_now(session, unit):
        raise Refused(_("这个结果现在不能用，请按通话的实际情况选择。"), status=422)
    if code in APPOINTED:
        appointment = _appointed(session, case, appointment, now=now)
    attempt = claims.attempt_in_hand(session, case)
    attempt.note = note
    settle(session, case, attempt=attempt, code=code, now=now, appointment=appointment)


def _appointed(session: Session, case: SampledCase, at: datetime | None, *, now: datetime) -> datetime:
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
    priority = {"suspended_partial": claims.PARTIAL} | dict.fromkeys(APPOINTED, claims.APPOINTED)
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


def disposition(
    session: Session, unit: str, *, history: Sequence[policy.DialledAttempt], numbers: int = 1
) -> str:
    """Return the outcome that a case's whole log gives; `numbers` is how many the household has."""
    answers = interviews.answers_of(session, unit)
    done = path.completeness(answers, form=interviews.form_of(session, unit)) if answers else None
    told = histories.with_interview(history, answers)
    states = histories.number_states(history, numbers=numbers)
    return final_disposition(
        told,
        numbers=states,
        interview=cast("Completeness | None", done),
        facts=histories.facts(session, unit),
    )


def close(session: Session, case: SampledCase, *, now: datetime, by: str, numbers: int = 1) -> str:
    """Close a case with the outcome that its log gives, and log it; return the outcome's ledger name."""
    history = histories.of_units(session, [case.unit]).get(case.unit, [])
    outcome = disposition(session, case.unit, history=history, numbers=numbers)
    headline = _headline(session, case.unit)
    code = ledger_code(outcome, headline=headline)
    session.add(Outcome(unit=case.unit, code=code, at=now, by=by))
    case.state, case.final_code = "closed", code
    case.holder_id, case.lease_until, case.tab = None, None, ""
    interview = session.get(Interview, case.unit)
    if interview is not None:
        interview.finished_at = now
    if code == "complete" and headline is not None:
        _commit_answer(session, case, answer=headline)
    LEDGER.append(session, entries.final(u=case.unit, code=code, s=new_nonce()), at=now)
    session.flush()
    return code


def close_without_number(session: Session, case: SampledCase, *, attempt: Attempt, now: datetime) -> None:
    """Close a case whose household has no number at all: there is nothing to dial."""
    attempt.ended_at, attempt.ended_by, attempt.set_by = now, "rule", "rule"
    session.flush()
    close(session, case, now=now, by="rule", numbers=0)


def _headline(session: Session, unit: str) -> int | None:
    answers = interviews.answers_of(session, unit)
    return path.headline(answers, form=interviews.form_of(session, unit)) if answers else None


def _commit_answer(session: Session, case: SampledCase, *, answer: int) -> None:
    nonce = new_nonce()
    session.add(
        AnswerCommitment(
            commitment=commitment(answer, stratum=case.stratum, nonce=nonce),
            wave_label=case.wave_label,
            unit=case.unit,
            stratum=case.stratum,
            nonce=nonce,
            answer=answer,
            logged=False,
        )
    )
