"""A call-back: taken by anybody but the interviewer, dialled by hand, asked, laid beside the interview."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _, lazy
from huying.base.phones import Vault
from survey.campaign import campaign_lock
from survey.fieldwork.operations import dnc
from survey.fieldwork.queries import call_backs as queries
from survey.fieldwork.queries import dials, field_rules, held_cases, held_talks
from survey.fieldwork.queries.frozen_records import frozen_record
from survey.fieldwork.rules import call_backs as rules
from survey.fieldwork.rules.call_backs import CallBackSaid
from survey.models import AccessRecord, Account, CallBack, FrameUnit, SampledCase, Wave
from survey.waves.queries import opted_out

SHOWN = "number shown: call-back"
"""What the log of sights says of a number that was shown for a call-back."""
HOW = "call_back"
SILENT, NOT_REACHED, REFUSED = "silent", "not_reached", "refused"
NOT_YOURS = lazy("这次回访不在您手上了，刚才的内容没有保存。")


def take(session: Session, *, interviewer: Account, now: datetime) -> CallBack | None:
    """Take the next household to be called back: the one in hand, else the first that isn't one's own.

    There is no choice. Raises Conflict with a case in hand.
    """
    campaign_lock(session)
    if mine := queries.held(session, interviewer=interviewer, now=now):
        return mine
    if held_cases.held(session, interviewer=interviewer) is not None:
        raise Conflict(_("有一户已经在您手上。"))
    found = queries.next_of(session, interviewer=interviewer, now=now)
    if found is not None:
        _let_go_of(session, interviewer)
        found.holder_id, found.taken_at, found.dialled_at = interviewer.id, now, None
        session.flush()
    return found


def _let_go_of(session: Session, interviewer: Account) -> None:
    """Put back what the interviewer took so long ago that it isn't in hand any more."""
    for left in queries.taken(session, interviewer=interviewer):
        left.holder_id, left.taken_at = None, None
    session.flush()


def dial(
    session: Session, unit: str, *, interviewer: Account, now: datetime, vault: Vault
) -> tuple[str, ...]:
    """Return the number (E.164) at which the interview was held; each sight of it is recorded.

    Returns nothing where the household wishes no call any more: the call-back is over then. Raises Conflict
    outside the hours. Commit before the number is shown.
    """
    row = _in_hand(session, unit, interviewer=interviewer, now=now)
    wave = session.get_one(Wave, session.get_one(SampledCase, unit).wave_label)
    if not field_rules.of(session, wave).may_dial(now):
        raise Conflict(_("现在不是拨打时间：9:00–12:00、14:30–21:00，节假日不打。"))
    position = queries.position(session, row)
    if opted_out.has(session, unit) or position in opted_out.barred(session, unit):
        _end(session, row, SILENT, by=interviewer, now=now)
        return ()
    row.tries, row.dialled_at = row.tries + (row.dialled_at is None), row.dialled_at or now
    session.add(AccessRecord(at=now, by=interviewer.login, unit=unit, what=SHOWN))
    session.flush()
    return (frozen_record(session, wave, unit, vault=vault).numbers[position - 1],)


def answer(
    session: Session, unit: str, said: CallBackSaid, *, interviewer: Account, now: datetime
) -> CallBack:
    """Store what was said, and whether it agrees with the interview. Once: it can't be changed any more.

    Raises Invalid for an answer that its question doesn't have.
    """
    row = _dialled(session, unit, interviewer=interviewer, now=now)
    talk = held_talks.one(session, unit)
    if talk is None:
        raise Conflict(_("这份访问已经更正过，不用再回访。"))
    rules.check_facts(said, {item.code: item.values for item in queries.in_hand(session, row).facts})
    found = rules.checked(said, talk.answers, seconds=talk.seconds)
    row.said = found.text()
    _end(session, row, found.verdict, by=interviewer, now=now)
    return row


def end(session: Session, unit: str, how: str, *, interviewer: Account, now: datetime) -> CallBack:
    """End a call-back in which nothing was asked: it is tried again, three times at most, or is over."""
    row = _dialled(session, unit, interviewer=interviewer, now=now)
    if how not in rules.ENDINGS:
        raise Refused(_("请选择没有问成的原因。"), status=422)
    if how in rules.NOT_DONE and row.tries < rules.MOST_TRIES:
        row.holder_id, row.taken_at, row.next_due = None, None, now + rules.AGAIN
        session.flush()
        return row
    if how == "never_again":
        _silence(session, unit, by=interviewer, now=now)
    _end(session, row, NOT_REACHED if how in rules.NOT_DONE else REFUSED, by=interviewer, now=now)
    return row


def _silence(session: Session, unit: str, *, by: Account, now: datetime) -> None:
    household = session.get_one(FrameUnit, unit).household_code
    numbers = [each.blind_index for each in dials.numbers(session, unit)]
    dnc.record(session, household, by=by.login, how=HOW, now=now, numbers=numbers, unit=unit)


def _in_hand(session: Session, unit: str, *, interviewer: Account, now: datetime) -> CallBack:
    row = session.get(CallBack, unit, with_for_update=True, populate_existing=True)
    if row is None or row.holder_id != interviewer.id or row.verdict is not None:
        raise Conflict(NOT_YOURS)
    if row.taken_at is None or now - row.taken_at > rules.IN_HAND:
        raise Conflict(NOT_YOURS)
    return row


def _dialled(session: Session, unit: str, *, interviewer: Account, now: datetime) -> CallBack:
    row = _in_hand(session, unit, interviewer=interviewer, now=now)
    if row.dialled_at is None:
        raise Conflict(_("请先按“拨打”。"))
    return row


def _end(session: Session, row: CallBack, verdict: str, *, by: Account, now: datetime) -> None:
    row.verdict, row.ended_at, row.by_id = verdict, now, by.id
    row.holder_id, row.taken_at = None, None
    session.flush()
