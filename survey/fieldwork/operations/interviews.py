"""The talk: one answer at a time, each stored at once, the path computed anew from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _, lazy
from survey.fieldwork.operations import claims
from survey.fieldwork.queries import call_answers, held_cases, interviews
from survey.fieldwork.queries.interviews import InterviewSoFar
from survey.fieldwork.questionnaire import entry
from survey.fieldwork.questionnaire.items import Value
from survey.models import Account, Answer, AttemptAnswer, Interview, SampledCase

WILLING = 1
NOT_ASKED = lazy("按前面的回答，现在不问这一题。")
NO_CONSENT = lazy("还没有征得同意，请从第一题开始。")
OPEN = ("talking", "interviewing", "coding")


def save_answer(
    session: Session,
    unit: str,
    *,
    interviewer: Account,
    fence: int,
    item: str,
    raw: str | Sequence[str],
    now: datetime,
) -> str | None:
    """Store what was entered for an item; return the code of the next one, None when all are answered.

    An item of the call belongs to its attempt; the interview begins once the respondent is willing. Saving
    the same value again changes nothing; another value is a new revision, and so is the former one of an
    item that returned to the path. Raises Invalid where the entry is none of the item's, Conflict where the
    case is no longer held or the item isn't asked.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state not in OPEN:
        raise Conflict(_("还没有接通，不能开始提问。"))
    talk = interviews.so_far(session, unit)
    asked = talk.form.item(item)
    if asked is None:
        raise NotFound(_("没有这一题。"))
    # Before the entry itself: a fault in it would be shown on the page of a question that isn't asked.
    if item not in talk.items:
        raise Conflict(NOT_ASKED if talk.exists else NO_CONSENT)
    value = entry.validate(asked, raw)
    if not talk.exists and not talk.form.questionnaire.calls and value != WILLING:
        # The first questionnaire knew no items of a call: without consent it kept the outcome alone.
        case.state = "coding"
        session.flush()
        return None
    return _store(session, case, talk, item=item, value=value, by=interviewer, now=now)


def _store(
    session: Session,
    case: SampledCase,
    talk: InterviewSoFar,
    *,
    item: str,
    value: Value,
    by: Account,
    now: datetime,
) -> str | None:
    after = talk.after(item, value)
    if after.is_through and not talk.exists:
        _begin(session, case, talk, now=now)
    if talk.said.get(item) != value:
        given = {
            "item": item,
            "rev": talk.revisions.get(item, 0) + 1,
            "value": entry.to_text(value),
            "at": now,
            "by_id": by.id,
            "fence": case.fence,
        }
        if item in talk.form.call_codes:
            session.add(AttemptAnswer(attempt_id=held_cases.attempt_in_hand(session, case).id, **given))
        else:
            session.add(Answer(unit=case.unit, **given))
    following = after.next_item
    case.state = "coding" if following is None else "interviewing" if after.is_through else "talking"
    session.flush()
    return following


def undo_answer(
    session: Session, unit: str, *, interviewer: Account, fence: int, item: str, rev: int, now: datetime
) -> bool:
    """Store the former value of an item as its next revision; tell whether there was one in this talk.

    Nothing is stored where `rev` isn't the item's latest revision any more: it was done before.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    talk = interviews.so_far(session, unit)
    if rev - talk.void.get(item, 0) < 2:
        return False
    if case.state not in OPEN or talk.revisions.get(item) != rev or item not in talk.items:
        return True
    attempt = held_cases.attempt_in_hand(session, case)
    value = (
        interviews.revision(session, unit, item=item, rev=rev - 1)
        if item not in talk.form.call_codes
        else call_answers.revision(session, attempt.id, item=item, rev=rev - 1)
    )
    if value is None:
        return False
    _store(session, case, talk, item=item, value=value, by=interviewer, now=now)
    return True


def _begin(session: Session, case: SampledCase, talk: InterviewSoFar, *, now: datetime) -> None:
    """Begin the interview: the respondent speaks, and is willing. After a voided one it begins anew."""
    form = talk.form
    if talk.is_void:
        voided = session.get_one(Interview, case.unit)
        voided.again_at, voided.finished_at = now, None
        session.flush()
        return
    session.add(
        Interview(
            unit=case.unit,
            mode=form.questionnaire.mode,
            wording_hash=form.questionnaire.wording_hash,
            orders=json.dumps(form.orders.as_json(form.questionnaire), sort_keys=True),
            started_at=now,
        )
    )
    session.flush()
