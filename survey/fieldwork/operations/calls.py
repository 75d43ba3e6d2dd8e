"""The call: the number shown once the attempt stands in the ledger, and whether anybody was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.clock import day, local
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from survey.drawing import answers, entries
from survey.drawing.answers import new_nonce
from survey.drawing.work import OUTSIDE
from survey.fieldwork.operations import batches, claims, outcomes
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries.frozen_records import FrozenRecord, frozen_record
from survey.fieldwork.rules.hours import may_dial, window
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.models import LEDGER, AccessRecord, Account, Attempt, Interview, Wave
from survey.waves.queries import opted_out
from survey.waves.rules import wave_rules

SHOWN = "number shown"


def dial(
    session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime, vault: Vault
) -> tuple[str, ...]:
    """Log an attempt and return the numbers to dial (E.164), in their order; each sight is recorded.

    Where the registry lists adults, the drawn one's number stands first, and the draw of the person is
    logged before the first attempt. Dialling again in the same claim is the same attempt. Returns nothing
    where the household has no number at all, or wished no call ever again: the case is closed then.
    Commit before the numbers are shown.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state != "held":
        raise Conflict(_("这一户已经接通，请在通话页面继续。"))
    wave = session.get_one(Wave, case.wave_label)
    attempt = held_cases.attempt_in_hand(session, case)
    _check_hours(wave, now=now)
    if attempt.dialled_at is None and opted_out.has(session, wave, unit):
        outcomes.close_opted_out(session, case, attempt=attempt, now=now)
        return ()
    record = frozen_record(session, wave, unit, vault=vault)
    if not record.numbers:
        outcomes.close_without_number(session, case, attempt=attempt, now=now)
        return ()
    if attempt.dialled_at is None:
        batches.seal_earlier(session, wave.label, now=now)
        _log(session, attempt, record=record, by=interviewer, now=now)
    session.add(AccessRecord(at=now, by=interviewer.login, unit=unit, what=SHOWN))
    session.flush()
    return record.numbers


def reached(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Somebody answered: the talk begins, or goes on where an interview was broken off."""
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state != "held" or held_cases.attempt_in_hand(session, case).dialled_at is None:
        raise Conflict(_("请先按“拨打”。"))
    case.state = "interviewing" if session.get(Interview, unit) else "talking"
    claims.lease(case, now=now)
    session.flush()


def not_reached(
    session: Session, unit: str, *, interviewer: Account, fence: int, code: str, now: datetime
) -> None:
    """Nobody was reached on any number: end the attempt with `code`, one of NOT_REACHED."""
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if code not in NOT_REACHED:
        raise Refused(_("请选择没有接通的原因。"), status=422)
    attempt = held_cases.attempt_in_hand(session, case)
    if case.state != "held" or attempt.dialled_at is None:
        raise Conflict(_("没有正在拨打的号码。"))
    outcomes.settle(session, case, attempt=attempt, code=code, now=now)


def _check_hours(wave: Wave, *, now: datetime) -> None:
    if wave.field_ends_at is not None and now >= wave.field_ends_at:
        raise Conflict(_("这一轮访问的时间已经结束，不能再拨打。"))
    if wave_rules.read(wave.rules).hours == "standard" and not may_dial(now):
        raise Conflict(_("现在不是拨打时间：9:00–12:00、14:30–21:00，节假日不打。"))


def _log(session: Session, attempt: Attempt, *, record: FrozenRecord, by: Account, now: datetime) -> None:
    unit, nonce = attempt.unit, new_nonce()
    minute = answers.minute(nonce, f"{local(now):%H:%M}")
    slot = window(now) or OUTSIDE
    lines: Sequence[bytes] = [entries.call(u=unit, day=day(now), w=slot, m=minute, by=by.code, s=new_nonce())]
    if record.drawn_adult is not None and not _was_dialled(session, unit):
        who = entries.person(u=unit, m=len(record.adults), k=record.drawn_adult, s=new_nonce())
        lines = [who, *lines]
    LEDGER.extend(session, lines, at=now)
    attempt.dialled_at, attempt.minute_nonce = now, nonce
    # The desk counts by the window that the ledger names: the claim may lie in the one before.
    attempt.window = "" if slot == OUTSIDE else slot


def _was_dialled(session: Session, unit: str) -> bool:
    dialled = select(func.count()).where(Attempt.unit == unit, Attempt.dialled_at.is_not(None))
    return bool(session.scalar(dialled))
