"""Ratings: a link opens one form once; the answer decides how the case goes on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations.steps import load, take
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import requests
from feedback.cases.rules.requests import RatingAnswer
from feedback.models import Rating
from huying.base.errors import Gone, Invalid
from huying.base.i18n import _

LONGEST_WORDS = 1200


def rate(session: Session, token: str, answer: RatingAnswer, *, now: datetime) -> Rating:
    """Store the one answer of a link.

    Not solved, or a result of 1 or 2, sends the case back, one level up.
    """
    event = requests.event_of_rating(solved=answer.solved, result=answer.result)
    _check(answer)
    case = load(session, case_queries.rating_of_link(session, token, now=now).case_id)
    # The case is held now: of several answers at once one finds the rating open.
    rating = case_queries.rating_of_link(session, token, now=now)
    if rating.round != case.round:
        raise Gone(case_queries.EXPIRED_LINK)
    rating.answered_at = now
    rating.solved, rating.conduct, rating.result = answer.solved, answer.conduct, answer.result
    rating.words = answer.words.strip()
    session.flush()
    take(session, case, event, actor="resident", now=now)
    return rating


def _check(answer: RatingAnswer) -> None:
    for mark in (answer.conduct, answer.result):
        if mark is not None and mark not in range(1, 6):
            raise Invalid(_("请从列出的选项里选。"))
    if len(answer.words) > LONGEST_WORDS:
        raise Invalid(_("请不要超过 %(longest_words)s 个字。", longest_words=LONGEST_WORDS))
