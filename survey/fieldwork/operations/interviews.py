"""The interview: one answer at a time, each stored at once, the path computed anew from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _, lazy
from survey.fieldwork.operations import claims
from survey.fieldwork.queries import histories
from survey.fieldwork.questionnaire import entry, orders, path, texts
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.questionnaire.path import Ending, SpokenForm
from survey.fieldwork.questionnaire.v0 import BY_CODE
from survey.models import Account, Answer, Interview, SampledCase, Wave

WILLING = 1
NOT_ASKED = lazy("按前面的回答，现在不问这一题。")
NO_CONSENT = lazy("还没有征得同意，请从第一题开始。")
OPEN = ("talking", "interviewing", "coding")


def form_of(session: Session, unit: str) -> SpokenForm:
    """Return the form of a case's interview: the orders it was begun with, or will be."""
    interview = session.get(Interview, unit)
    if interview is not None:
        return SpokenForm(orders=orders.from_json(json.loads(interview.orders)))
    case = session.get_one(SampledCase, unit)
    seed = histories.field_seed(session.get_one(Wave, case.wave_label))
    return SpokenForm(orders=orders.orders(seed, unit=unit))


def answers_of(session: Session, unit: str) -> dict[str, Value]:
    """Return the latest answer to each item, on the path or not."""
    rows = select(Answer.item, Answer.value).where(Answer.unit == unit).order_by(Answer.rev)
    return {item: entry.from_text(value) for item, value in session.execute(rows)}


def current_item(session: Session, unit: str) -> str | None:
    """Return the code of the first item that isn't answered; None when nothing more is to be asked."""
    item = path.next_item(answers_of(session, unit), form=form_of(session, unit))
    return item.code if item else None


def ending_of(session: Session, unit: str) -> Ending | None:
    """Return why the interview is at its end, None while it isn't or wasn't begun."""
    answers = answers_of(session, unit)
    return path.ending(answers, form=form_of(session, unit)) if answers else None


def completeness_of(session: Session, unit: str) -> str | None:
    """Return `complete`, `partial` or `break_off`; None where the interview proper wasn't begun."""
    return path.completeness(answers_of(session, unit), form=form_of(session, unit))


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
    begun = session.get(Interview, unit) is not None
    given = _Given.load(session, unit)
    # Before the entry itself: a fault in it would be shown on the page of a question that isn't asked.
    if item not in path.path(given.answers, form=given.form):
        raise Conflict(NOT_ASKED if begun else NO_CONSENT)
    value = entry.validate(BY_CODE[item], raw)
    if not begun and not _begin(session, case, value=value, now=now):
        case.state = "coding"
        session.flush()
        return None
    if given.answers.get(item) != value:
        rev = given.revisions.get(item, 0) + 1
        text = entry.to_text(value)
        session.add(
            Answer(unit=unit, item=item, rev=rev, value=text, at=now, by_id=interviewer.id, fence=fence)
        )
    following = path.next_item({**given.answers, item: value}, form=given.form)
    case.state = "interviewing" if following else "coding"
    session.flush()
    return following.code if following else None


@dataclass(frozen=True, slots=True)
class _Given:
    """What an interview holds: its form, the latest answers, and how often each was given."""

    form: SpokenForm
    answers: dict[str, Value]
    revisions: dict[str, int]

    @classmethod
    def load(cls, session: Session, unit: str) -> _Given:
        """Return what is stored of an interview."""
        rows = session.execute(
            select(Answer.item, Answer.value, Answer.rev).where(Answer.unit == unit).order_by(Answer.rev)
        ).all()
        return cls(
            form_of(session, unit),
            {item: entry.from_text(value) for item, value, _ in rows},
            {item: rev for item, _, rev in rows},
        )


def _begin(session: Session, case: SampledCase, *, value: Value, now: datetime) -> bool:
    """Begin the interview where consent was given; return whether it was."""
    if value != WILLING:
        return False
    form = form_of(session, case.unit)
    session.add(
        Interview(
            unit=case.unit,
            mode="phone",
            wording_hash=texts.wording_hash(),
            orders=json.dumps(form.orders.as_json(), sort_keys=True),
            started_at=now,
        )
    )
    session.flush()
    return True
