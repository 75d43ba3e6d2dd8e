"""Practice: a call to an invented household, in a table of its own; no wave, ledger or record hears of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries import practice as calls
from survey.fieldwork.questionnaire import entry
from survey.fieldwork.rules import languages, practice
from survey.fieldwork.rules.attempts import APPOINTED, check_appointment
from survey.fieldwork.rules.outcome_codes import NEVER_AGAIN, NOT_REACHED, CallOutcome, kept
from survey.fieldwork.rules.practice import Step
from survey.fieldwork.rules.typed import whole
from survey.models import Account, PracticeCall

TALK = ("talking", "interviewing", "coding")
LONGEST_NOTE = 500


def begin(session: Session, *, interviewer: Account, now: datetime) -> PracticeCall:
    """Take an invented household, or the one that is practised on already.

    Raises Conflict where a real one is in hand.
    """
    if held_cases.held(session, interviewer=interviewer) is not None:
        raise Conflict(_("有一户已经在您手上。"))
    row = calls.running(session, interviewer=interviewer)
    if row is None:
        number = calls.made(session, interviewer=interviewer)
        row = PracticeCall(interviewer_id=interviewer.id, household=number, started_at=now)
        session.add(row)
        session.flush()
    return row


def dial(session: Session, number: int, *, interviewer: Account, now: datetime) -> str:
    """Dial nobody; return the invented number."""
    row = _row(session, number, interviewer=interviewer)
    if row.state != "held":
        raise Conflict(_("这一户已经接通，请在通话页面继续。"))
    row.dialled_at = row.dialled_at or now
    session.flush()
    return practice.household(row.household).number


def reached(session: Session, number: int, *, interviewer: Account) -> None:
    """Somebody answered."""
    row = _row(session, number, interviewer=interviewer)
    if row.state != "held" or row.dialled_at is None:
        raise Conflict(_("请先按“拨打”。"))
    _move(session, row, to="talking")


def nobody_after_all(session: Session, number: int, *, interviewer: Account) -> None:
    """Take back that somebody answered, as long as nothing was; sent twice it is done once."""
    row = _row(session, number, interviewer=interviewer)
    if practice.answers(calls.steps_of(row)):
        raise Conflict(_("已经记下了回答，不能再说没有人接，请记录通话结果。"))
    _move(session, row, to="held")


def not_reached(session: Session, number: int, *, interviewer: Account, code: str) -> None:
    """End the practice call as one in which nobody was reached."""
    row = _row(session, number, interviewer=interviewer)
    if code not in NOT_REACHED:
        raise Refused(_("请选择没有接通的原因。"), status=422)
    if row.state != "held" or row.dialled_at is None:
        raise Conflict(_("没有正在拨打的号码。"))
    _close(session, row, code=code)


def save_answer(
    session: Session, number: int, *, interviewer: Account, item: str, raw: str | Sequence[str]
) -> str | None:
    """Keep what was entered for an item; return the code of the next one, None when all are answered."""
    row = _row(session, number, interviewer=interviewer)
    talk = calls.talk(row)
    asked = talk.form.item(item)
    if row.state not in TALK or asked is None or item not in talk.items:
        raise Conflict(_("按前面的回答，现在不问这一题。"))
    value = entry.validate(asked, raw)
    _do(session, row, *(() if talk.said.get(item) == value else ((item, value),)))
    return calls.talk(row).next_item


def note(session: Session, number: int, *, interviewer: Account, text: str) -> None:
    """Keep a note; the same one twice is one."""
    row, text = _row(session, number, interviewer=interviewer), text.strip()[:LONGEST_NOTE]
    if not text:
        raise Refused(_("备注还是空的。"), status=422)
    if text not in practice.notes(calls.steps_of(row)):
        _do(session, row, (practice.NOTE, text))


def say_never(session: Session, number: int, *, interviewer: Account) -> None:
    """Keep that the household would wish no call ever again."""
    row = _row(session, number, interviewer=interviewer)
    if not practice.is_wished(calls.steps_of(row)):
        _do(session, row, (practice.WISH, 1))


def undo(session: Session, number: int, *, interviewer: Account, mark: str) -> str:
    """Take back the step of that mark if it is the last; return the item to be asked again, "" of a wish."""
    row = _row(session, number, interviewer=interviewer)
    steps = calls.steps_of(row)
    place = whole(mark)
    if place is None or place >= len(steps):
        raise Conflict(_("没有可以撤回的。"))
    back = practice.undone(steps, place)
    if back is not None and place == practice.last(steps):
        _do(session, row, back)
    return "" if steps[place][0] == practice.WISH else steps[place][0]


def finish(
    session: Session, number: int, outcome: CallOutcome, *, interviewer: Account, now: datetime
) -> None:
    """End the practice call with a result that would be possible; an appointment needs its time."""
    row = _row(session, number, interviewer=interviewer)
    if row.state not in TALK:
        raise Conflict(_("还没有接通，不能记录通话结果。"))
    codes = held_cases.codes_of(row.state, calls.talk(row))
    if practice.is_wished(calls.steps_of(row)):
        codes = (*codes, NEVER_AGAIN)
    if outcome.code not in codes:
        raise Refused(_("这个结果现在不能用，请按通话的实际情况选择。"), status=422)
    if outcome.code in APPOINTED:
        if outcome.appointment is None:
            raise Refused(_("预约要写明日期和时间。"), status=422)
        check_appointment(outcome.appointment, now=now)
    languages.check(outcome.code, said=outcome.language)
    _close(session, row, code=kept(outcome.code))


def leave(session: Session, number: int, *, interviewer: Account) -> None:
    """End the practice call without a result."""
    _close(session, _row(session, number, interviewer=interviewer), code=None)


def _row(session: Session, number: int, *, interviewer: Account) -> PracticeCall:
    return calls.in_hand(session, number, interviewer=interviewer, lock=True)


def _do(session: Session, row: PracticeCall, *steps: Step) -> None:
    row.steps = json.dumps([*calls.steps_of(row), *steps], ensure_ascii=False)
    if row.state in TALK:
        talk = calls.talk(row)
        going = "interviewing" if talk.is_through else "talking"
        row.state = going if talk.next_item else "coding"
    session.flush()


def _move(session: Session, row: PracticeCall, *, to: str) -> None:
    row.state = to
    session.flush()


def _close(session: Session, row: PracticeCall, *, code: str | None) -> None:
    row.code = code
    _move(session, row, to=calls.CLOSED)
