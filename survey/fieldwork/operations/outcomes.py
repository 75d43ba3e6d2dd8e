"""How an attempt ends: another number is dialled, the case rests until it is due again, or it closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.fieldwork.operations import appointments, claims, closing, dials, dnc, statements
from survey.fieldwork.queries import dials as dials_of
from survey.fieldwork.queries import held_cases, histories, interviews
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.questionnaire.items import Answers
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules import languages
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.rules.dials import attempt_code
from survey.fieldwork.rules.dispositions import group_of
from survey.fieldwork.rules.languages import IN_ITS_LANGUAGE, UNCLEAR
from survey.fieldwork.rules.outcome_codes import NEVER_AGAIN, NOT_REACHED, CallOutcome, kept
from survey.fieldwork.rules.queue import APPOINTED as BY_APPOINTMENT
from survey.fieldwork.rules.queue import ORDINARY, PARTIAL
from survey.models import Account, Attempt, CallNote, SampledCase, Wave
from survey.waves.queries import holidays, opted_out
from survey.waves.rules import wave_rules
from survey.waves.rules.final_codes import FINAL, UNREACHED

TALK = ("talking", "interviewing", "coding")
FOR_ANOTHER_DAY = timedelta(hours=24)
BY_INTERVIEWER = "interviewer"
WRONG_NUMBER = "number_suspect"


def finish(
    session: Session, unit: str, outcome: CallOutcome, *, interviewer: Account, fence: int, now: datetime
) -> bool:
    """End the call with a temporary or a final code, one that is possible now.

    The appointment codes need the time that was asked for. What the case's final outcome is follows from its
    whole log, not from this code alone. Returns whether the case stays in hand: a wrong number leads to the
    household's next one.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state not in TALK:
        raise Conflict(_("还没有接通，不能记录通话结果。"))
    interview = interviews.so_far(session, unit)
    silenced = opted_out.has(session, unit)
    codes = (*held_cases.codes_of(case.state, interview), *((NEVER_AGAIN,) if silenced else ()))
    if outcome.code not in codes:
        raise Refused(_("这个结果现在不能用，请按通话的实际情况选择。"), status=422)
    languages.check(outcome.code, said=outcome.language)
    attempt = held_cases.attempt_in_hand(session, case)
    attempt.note = outcome.note
    attempt.refused_by, attempt.refusal_reason = outcome.refused_by or None, outcome.reason or None
    if outcome.code == WRONG_NUMBER and _leads_on(session, case, attempt, now=now):
        _keep_note(session, attempt, by=interviewer, now=now)
        return True
    if outcome.code == NEVER_AGAIN and not silenced:
        dnc.say(session, unit, interviewer=interviewer, now=now)
    if outcome.code in APPOINTED:
        _appoint(session, case, outcome, by=interviewer, now=now)
    if outcome.code == IN_ITS_LANGUAGE:
        # Each placement in the queue keeps it, so that the log tells when it changed.
        case.language = None if outcome.language == UNCLEAR else outcome.language
    code = _heard(session, attempt, kept(outcome.code), answers=interview.answers, by=interviewer, now=now)
    settle(session, case, attempt=attempt, code=code, now=now)
    return False


def _leads_on(session: Session, case: SampledCase, attempt: Attempt, *, now: datetime) -> bool:
    """End the dial to a wrong number; whether the household has another to dial. Who rang us isn't called."""
    if attempt.is_back:
        return False
    dials.end_open(session, case.unit, code=WRONG_NUMBER, set_by=BY_INTERVIEWER, now=now)
    barred = opted_out.barred(session, case.unit)
    if dials_of.next_number(session, attempt, barred=barred) is None:
        return False
    case.state = "held"
    claims.lease(case, now=now)
    session.flush()
    return True


def _keep_note(session: Session, attempt: Attempt, *, by: Account, now: datetime) -> None:
    """Keep what was written of this number beside the attempt, whose own note its end will write."""
    if attempt.note:
        note = CallNote(unit=attempt.unit, attempt=attempt.n, at=now, by_id=by.id, text=attempt.note)
        session.add(note)
        attempt.note = ""
        session.flush()


def _heard(
    session: Session, attempt: Attempt, code: str, *, answers: Answers, by: Account, now: datetime
) -> str:
    """Return how the attempt ends where somebody said whether the household is eligible."""
    if code in FINAL and group_of(code) == "NE":
        return statements.hear(session, attempt, code=code, by=by, now=now)
    if answers.get("S2A") == answers.get("S2B") == 1:
        statements.contradict(session, attempt, by=by, now=now)
    return code


def _appoint(
    session: Session, case: SampledCase, outcome: CallOutcome, *, by: Account, now: datetime
) -> None:
    if outcome.appointment is None:
        raise Refused(_("预约要写明日期和时间。"), status=422)
    wave = session.get_one(Wave, case.wave_label)
    at = policy.check_appointment(
        outcome.appointment,
        now=now,
        field_ends=wave.field_ends_at,
        any_hour=wave_rules.read(wave.rules).hours == "any",
        calendar=holidays.of(session, wave),
    )
    appointments.make(
        session,
        case.unit,
        at=at,
        with_respondent=outcome.code == "appointment_respondent",
        pinned=outcome.pinned,
        by=by,
        now=now,
    )


def go_on(session: Session, case: SampledCase, *, now: datetime, set_by: str = BY_INTERVIEWER) -> bool:
    """Go on after a dial that reached nobody: return whether another number is left, else end the attempt."""
    attempt = held_cases.attempt_in_hand(session, case)
    barred = opted_out.barred(session, case.unit)
    if dials_of.next_number(session, attempt, barred=barred) is not None:
        return True
    codes = [dial.code for dial in dials_of.of_attempt(session, attempt) if dial.code]
    settle(session, case, attempt=attempt, code=attempt_code(codes), now=now, set_by=set_by)
    return False


def settle(
    session: Session,
    case: SampledCase,
    *,
    attempt: Attempt,
    code: str,
    now: datetime,
    ended_by: str = BY_INTERVIEWER,
    set_by: str | None = None,
) -> None:
    """End the attempt with `code`; then the case rests or closes, as the sealed rules say.

    An attempt that its interviewer didn't end keeps the case's class and appointment.
    """
    author = set_by or (BY_INTERVIEWER if ended_by == BY_INTERVIEWER else "rule")
    dials.end_open(session, case.unit, code=code, set_by=author, now=now)
    attempt.code, attempt.ended_at, attempt.ended_by, attempt.set_by = code, now, ended_by, author
    session.flush()
    history = histories.of_units(session, [case.unit])[case.unit]
    case.counted = len(policy.counted(history))
    if _is_over(session, case, history, code=code):
        closing.close(session, case, now=now, by=str(attempt.interviewer_id))
        return
    _rest(session, case, history, code=code, now=now, kept=ended_by != BY_INTERVIEWER)


def _rest(
    session: Session,
    case: SampledCase,
    history: Sequence[policy.DialledAttempt],
    *,
    code: str,
    now: datetime,
    kept: bool,
) -> None:
    if not kept and code not in APPOINTED:
        appointments.end(session, case.unit, now=now)
    wave = session.get_one(Wave, case.wave_label)
    appointment = appointments.time_of(session, case.unit) if code in APPOINTED else None
    due = policy.next_due(history, now=now, appointment=appointment, calendar=holidays.of(session, wave))
    priority = {"suspended_partial": PARTIAL} | dict.fromkeys(APPOINTED, BY_APPOINTMENT)
    begun = interviews.so_far(session, case.unit).completeness is not None
    usual = case.priority if kept else PARTIAL if begun else ORDINARY
    claims.free(session, case, next_due=due or now + FOR_ANOTHER_DAY, priority=priority.get(code, usual))


def _is_over(
    session: Session, case: SampledCase, history: Sequence[policy.DialledAttempt], *, code: str
) -> bool:
    if (code in FINAL and code not in NOT_REACHED) or opted_out.has(session, case.unit):
        return True
    looks = policy.second_looks(history)
    if looks is not None:
        return looks >= policy.SECOND_LOOKS
    if policy.is_final_refusal(history):
        return True
    effort = wave_rules.read(session.get_one(Wave, case.wave_label).rules).effort
    if code in histories.ASKED:
        return len(policy.counted(history)) >= effort.attempts + effort.asked_extra
    if policy.effort_met(history, rules=effort):
        return True
    # Before the attempts are made, dead numbers end a case only where nobody was ever reached.
    states = {row.state for row in dials_of.numbers(session, case.unit)}
    return states == {"bad"} and disposition(session, case.unit, history=history) not in UNREACHED
