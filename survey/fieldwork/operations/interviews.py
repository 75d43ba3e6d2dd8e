"""The interview: one answer at a time, each stored at once, the path computed anew from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _, lazy
from survey.fieldwork.operations import claims
from survey.fieldwork.queries import interviews
from survey.fieldwork.queries.interviews import InterviewSoFar
from survey.fieldwork.questionnaire import entry, path, texts
from survey.fieldwork.questionnaire.current import BY_CODE
from survey.fieldwork.questionnaire.items import Value
from survey.models import Account, Answer, Interview, SampledCase

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

    Saving the same value again changes nothing; another value is a new revision. Raises Invalid where the
    entry is none of the item's, Conflict where the case is no longer held or the item isn't asked.
    """
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    if case.state not in OPEN:
        raise Conflict(_("还没有接通，不能开始提问。"))
    if item not in BY_CODE:
        raise NotFound(_("没有这一题。"))
    interview = interviews.so_far(session, unit)
    # Before the entry itself: a fault in it would be shown on the page of a question that isn't asked.
    if item not in interview.items:
        raise Conflict(NOT_ASKED if interview.is_begun else NO_CONSENT)
    value = entry.validate(BY_CODE[item], raw)
    if not interview.is_begun and not _begin(session, case, interview, value=value, now=now):
        case.state = "coding"
        session.flush()
        return None
    if interview.answers.get(item) != value:
        rev = interview.revisions.get(item, 0) + 1
        text = entry.to_text(value)
        session.add(
            Answer(unit=unit, item=item, rev=rev, value=text, at=now, by_id=interviewer.id, fence=fence)
        )
    following = path.next_item({**interview.answers, item: value}, form=interview.form)
    case.state = "interviewing" if following else "coding"
    session.flush()
    return following.code if following else None


def _begin(
    session: Session, case: SampledCase, interview: InterviewSoFar, *, value: Value, now: datetime
) -> bool:
    """Begin the interview where consent was given; return whether it was."""
    if value != WILLING:
        return False
    session.add(
        Interview(
            unit=case.unit,
            mode="phone",
            wording_hash=texts.wording_hash(),
            orders=json.dumps(interview.form.orders.as_json(), sort_keys=True),
            started_at=now,
        )
    )
    session.flush()
    return True
