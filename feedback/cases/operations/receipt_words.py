"""Solved or not, said with the receipt: where no number was left, and "not solved" after a link is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback.cases.operations.steps import load, take
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import lifecycle, requests, word
from feedback.cases.rules.lifecycle import Hand
from feedback.models import Case, ReceiptWord
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _

LONGEST_WORDS = 1200


def say(
    session: Session, case_id: int, *, solved: str, words: str = "", by: str = "", now: datetime
) -> ReceiptWord:
    """Store a word of whoever holds the receipt; each version stays, the last one counts.

    `by` is the operator who took it down, where one did.
    Raise Conflict where this isn't the way now, Invalid for what can't be said by it.
    """
    case = load(session, case_id)
    door = case_queries.door(session, case, now=now)
    if door is None:
        raise Conflict(_("这件事现在不用您说办好没有。"))
    if solved not in door.words:
        raise Invalid(_("请选择“解决了”“没有解决”或“说不清”。"))
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("请不要超过 %(longest_words)s 个字。", longest_words=LONGEST_WORDS))
    pending = case_queries.pending_word(session, case)
    said = ReceiptWord(
        case_id=case.id,
        round=case.round,
        channel=door.channel,
        at=now,
        solved=solved,
        words=words.strip(),
        by=by,
        settles_at=word.settles_at(pending.at if pending else now, solved=solved, urgency=case.urgency),
    )
    session.add(said)
    session.flush()
    if said.settles_at <= now:
        _settle(session, case, said, now=now)
    return said


def settle(session: Session, *, now: datetime) -> int:
    """Let the words whose day is over take effect; return in how many cases."""
    due = select(ReceiptWord.case_id).where(ReceiptWord.settled_at.is_(None), ReceiptWord.settles_at <= now)
    cases = session.scalars(due.distinct().order_by(ReceiptWord.case_id)).all()
    for case_id in cases:
        case = load(session, case_id)
        last = select(ReceiptWord).where(ReceiptWord.case_id == case_id, ReceiptWord.settled_at.is_(None))
        said = session.scalars(last.order_by(ReceiptWord.id.desc()).limit(1)).one()
        _settle(session, case, said, now=now)
    return len(cases)


def _settle(session: Session, case: Case, said: ReceiptWord, *, now: datetime) -> None:
    versions = (ReceiptWord.case_id == case.id, ReceiptWord.settled_at.is_(None))
    session.execute(update(ReceiptWord).where(*versions).values(settled_at=now))
    event = requests.event_of_word(said.solved)
    standing = lifecycle.allowed(case.state, Hand("resident", case.holder, case.keeper))
    # An answer of the link that took effect meanwhile goes first.
    if said.round == case.round and event in standing:
        take(session, case, event, actor="resident", by=f"resident:{said.channel}", now=now)
