"""The call: one number at a time, each dial stored before it rings, and whether anybody was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.clock import day, local
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _, lazy
from huying.base.phones import Vault
from huying.base.telephone_cells import EXTENSION_MARK
from huying.telephony.voice import NotServed
from survey.drawing import answers, entries
from survey.drawing.answers import new_nonce
from survey.drawing.work import OUTSIDE
from survey.fieldwork.operations import appointments, batches, claims, closing, dials, outcomes
from survey.fieldwork.operations.dials import DialledIndex
from survey.fieldwork.queries import call_answers, held_cases
from survey.fieldwork.queries import dials as dials_of
from survey.fieldwork.queries.frozen_records import FrozenRecord, frozen_record
from survey.fieldwork.rules.dials import BY_HAND, IN_TALK, DialLine, route
from survey.fieldwork.rules.hours import may_dial, window
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.kinds import PHASE2
from survey.models import AccessRecord, Account, Answer, Attempt, CaseEvent, Dial, SampledCase, Wave
from survey.registry.rules.sealing import PURPOSE
from survey.waves.queries import holidays, opted_out
from survey.waves.rules import wave_rules
from survey.waves.rules.slots import Calendar

SHOWN, OPENED, ADDRESS_SHOWN = "number shown", "contact opened", "address shown"
DOOR = 1
"""A household that no number reaches has one way to it."""
TAKEN_BACK = "nobody after all"
ROUTE = "route"
NOT_SERVED = lazy("现在设的拨号方式拨不通这一户的号码，没有拨，请告诉督导。")


def dial(
    session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime, vault: Vault
) -> tuple[str, ...]:
    """Begin to dial by hand, and return the one number to dial now (E.164); each sight of it is recorded.

    Where households are met at their door it is the address.

    Dialling again before a result is known is the same dial. Returns nothing where nothing may be dialled:
    the case is closed then. Commit before the number is shown.
    """
    begun = start(session, unit, interviewer=interviewer, fence=fence, now=now, vault=vault)
    if begun is None:
        return ()
    wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
    at_door = wave.kind == PHASE2
    what = ADDRESS_SHOWN if at_door else SHOWN
    session.add(AccessRecord(at=now, by=interviewer.login, unit=unit, what=what))
    session.flush()
    if at_door:
        return (frozen_record(session, wave, unit, vault=vault).address,)
    return (number_of(session, begun, vault=vault),)


def start(
    session: Session,
    unit: str,
    *,
    interviewer: Account,
    fence: int,
    now: datetime,
    vault: Vault,
    line: DialLine = BY_HAND,
) -> Dial | None:
    """Store that the next number of the household is dialled; the first dial logs the attempt.

    Where the registry lists adults, the drawn one's number stands first, and the draw of the person is
    logged before the first attempt. Returns None where the household has no number, or wished no call ever
    again: the case is closed then. Raises NotServed for a number that the line doesn't ring. Commit before
    anything rings.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state != "held":
        raise Conflict(_("这一户已经接通，请在通话页面继续。"))
    wave = session.get_one(Wave, case.wave_label)
    attempt = held_cases.attempt_in_hand(session, case)
    check_now(session, case, now=now)
    if opted_out.has(session, unit):
        closing.close_opted_out(session, case, attempt=attempt, now=now)
        return None
    if running := dials_of.open_of(session, unit):
        return running
    record = opened(session, wave, unit, by=interviewer, vault=vault, now=now)
    if wave.kind == PHASE2:
        _log_first(session, attempt, wave=wave, record=record, by=interviewer, now=now)
        return dials.begin(session, attempt, position=DOOR, now=now)
    position = _next_number(session, attempt, record=record, vault=vault)
    if position is None:
        if opted_out.barred(session, unit):
            closing.close_opted_out(session, case, attempt=attempt, now=now)
        else:
            closing.close_without_number(session, case, attempt=attempt, now=now)
        return None
    number = record.numbers[position - 1]
    if not line.serves(number.partition(EXTENSION_MARK)[0]):
        raise NotServed(NOT_SERVED)
    _log_first(session, attempt, wave=wave, record=record, by=interviewer, now=now)
    return dials.begin(
        session, attempt, position=position, line=line, dialled=_index(number, vault=vault), now=now
    )


def _log_first(
    session: Session, attempt: Attempt, *, wave: Wave, record: FrozenRecord, by: Account, now: datetime
) -> None:
    """Log the attempt at its first dial, or as somebody sets out for the door."""
    if attempt.dialled_at is None:
        batches.seal_earlier(session, wave.label, now=now)
        log_attempt(session, attempt, wave=wave, record=record, by=by, now=now)
        appointments.keep(session, attempt.unit, now=now)


def opened(
    session: Session, wave: Wave, unit: str, *, by: Account, vault: Vault, now: datetime
) -> FrozenRecord:
    """Return the record of a case in hand; that a deposited contact was opened is logged."""
    record = frozen_record(session, wave, unit, vault=vault)
    if wave.deposit_period is not None:
        session.add(AccessRecord(at=now, by=by.login, unit=unit, what=OPENED))
    return record


def _index(number: str, *, vault: Vault) -> DialledIndex:
    bare = number.partition(EXTENSION_MARK)[0]
    return DialledIndex(vault.index(bare, purpose=PURPOSE), vault.index(route(bare), purpose=ROUTE))


def check_now(session: Session, case: SampledCase, *, now: datetime) -> None:
    """Raise Conflict where nobody may call this household now: the field, the hours, its own time."""
    wave = session.get_one(Wave, case.wave_label)
    _check_hours(wave, calendar=holidays.of(session, wave), now=now)
    appointments.check_time(session, case, now=now)


def _next_number(session: Session, attempt: Attempt, *, record: FrozenRecord, vault: Vault) -> int | None:
    dials.know_numbers(session, attempt.unit, numbers=record.numbers, vault=vault)
    return dials_of.next_number(session, attempt, barred=opted_out.barred(session, attempt.unit))


def number_of(session: Session, begun: Dial, *, vault: Vault) -> str:
    """Return the number (E.164) to which a dial goes."""
    wave = session.get_one(Wave, session.get_one(SampledCase, begun.unit).wave_label)
    return frozen_record(session, wave, begun.unit, vault=vault).numbers[begun.position - 1]


def reached(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Somebody answered: the talk begins, or goes on where an interview was broken off."""
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    running = dials_of.open_of(session, unit)
    if case.state != "held" or running is None:
        raise Conflict(_("请先按“拨打”。"))
    if running.line_ended_at is None:
        running.state = IN_TALK
    running.answered_at = running.answered_at or now
    # A call that its carrier ended already is to be coded: that it was completed isn't yet contact.
    case.state = "talking" if running.line_ended_at is None else "coding"
    claims.lease(case, now=now)
    session.flush()


def nobody_after_all(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Take back that somebody answered: it was pressed by mistake. The dial goes on; the press is logged.

    Raises Conflict once anything was answered in this call.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    attempt, running = held_cases.attempt_in_hand(session, case), dials_of.open_of(session, unit)
    if case.state not in {"talking", "interviewing"} or running is None:
        raise Conflict(_("没有接通，不用撤回。"))
    if _was_answered(session, attempt, running):
        raise Conflict(_("已经记下了回答，不能再说没有人接，请记录通话结果。"))
    if running.line_ended_at is None:
        running.state = "ringing"
    case.state = "held"
    session.add(CaseEvent(unit=unit, attempt_id=attempt.id, at=now, by=interviewer.login, what=TAKEN_BACK))
    claims.lease(case, now=now)
    session.flush()


def _was_answered(session: Session, attempt: Attempt, running: Dial) -> bool:
    if call_answers.any_on_last_number(session, attempt.id):
        return True
    given = select(Answer.id).where(Answer.unit == attempt.unit, Answer.at >= running.started_at)
    return session.scalar(given.limit(1)) is not None


def not_reached(
    session: Session, unit: str, *, interviewer: Account, fence: int, code: str, now: datetime
) -> bool:
    """Record that nobody was reached on the number just dialled, with `code`, one of NOT_REACHED.

    Returns whether another number is left to dial in this attempt; where none is, the attempt ends.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if code not in NOT_REACHED:
        raise Refused(_("请选择没有接通的原因。"), status=422)
    running = dials_of.open_of(session, unit)
    if case.state != "held" or running is None:
        raise Conflict(_("没有正在拨打的号码。"))
    dials.end(session, running, code=code, set_by="interviewer", now=now)
    return outcomes.go_on(session, case, now=now)


def _check_hours(wave: Wave, *, calendar: Calendar, now: datetime) -> None:
    if wave.field_ends_at is not None and now >= wave.field_ends_at:
        raise Conflict(_("这一轮访问的时间已经结束，不能再拨打。这一户不用管，过两分钟自己会放回去。"))
    if wave_rules.read(wave.rules).hours == "standard" and not may_dial(now, calendar=calendar):
        raise Conflict(
            _(
                "现在不是拨打时间：9:00–12:00、14:30–21:00，节假日不打。"
                "还没有拨过的话，这一户不用管，过两分钟自己会放回去。"
            )
        )


def log_attempt(
    session: Session, attempt: Attempt, *, wave: Wave, record: FrozenRecord, by: Account, now: datetime
) -> None:
    """Write a call into the ledger before its outcome is known: one of ours, or the household's to us."""
    unit, nonce = attempt.unit, new_nonce()
    minute = answers.minute(nonce, f"{local(now):%H:%M}")
    slot = window(now, calendar=holidays.of(session, wave)) or OUTSIDE
    line = entries.call(
        u=unit, day=day(now), w=slot, m=minute, back=attempt.is_back, by=by.code, s=new_nonce()
    )
    lines: Sequence[bytes] = [line]
    if record.drawn_adult is not None and not _was_dialled(session, unit):
        who = entries.person(u=unit, m=len(record.adults), k=record.drawn_adult, s=new_nonce())
        lines = [who, *lines]
    wave.ledger.extend(session, lines, at=now)
    attempt.dialled_at, attempt.minute_nonce = now, nonce
    # The desk counts by the window that the ledger names: the claim may lie in the one before.
    attempt.window = "" if slot == OUTSIDE else slot
    session.flush()


def _was_dialled(session: Session, unit: str) -> bool:
    dialled = select(func.count()).where(Attempt.unit == unit, Attempt.dialled_at.is_not(None))
    return bool(session.scalar(dialled))
