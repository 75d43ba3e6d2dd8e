"""Ratings: a link opens one form once; the answer decides how the case goes on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import codes, tokens
from feedback.cases.operations.steps import load, take
from feedback.cases.rules import lifecycle
from feedback.models import Rating
from huying.base.errors import Gone, Invalid, NotFound
from huying.base.i18n import _, lazy

LONGEST_WORDS = 1200
# Alike for a wrong token and a used one: nobody learns from it whether somebody answered.
NO_SUCH_LINK = lazy("这个链接无效，或者已经用过了。想补充或更改，请拨打 12345。")
EXPIRED = lazy("这个链接已过期，不能再评价。事情没有解决，请拨打 12345。")


def find(session: Session, token: str, *, now: datetime) -> Rating:
    """Return the rating that a link may answer now; looking changes nothing.

    Raise NotFound for a wrong or used token, Gone for an expired or withdrawn one.
    """
    return _open(_lookup(session, token), now=now)


def rate(
    session: Session,
    token: str,
    *,
    solved: str,
    conduct: int | None,
    result: int | None,
    words: str,
    now: datetime,
) -> Rating:
    """Store the one answer of a link; `conduct` and `result` are 1–5, None for not said.

    Not solved, or a result of 1 or 2, sends the case back, one level up.
    """
    event = lifecycle.event_of_rating(solved=solved, result=result)
    _check(conduct=conduct, result=result, words=words)
    case = load(session, _lookup(session, token).case_id)
    # The case is held now: of several answers at once one finds the rating open.
    rating = _open(_lookup(session, token), now=now)
    if rating.round != case.round:
        raise Gone(EXPIRED)
    rating.answered_at = now
    rating.solved, rating.conduct, rating.result = solved, conduct, result
    rating.words = words.strip()
    session.flush()
    take(session, case, event, actor="resident", now=now)
    return rating


def _lookup(session: Session, token: str) -> Rating:
    plain = codes.normalise_token(token)
    rating = None
    if plain is not None:
        digest = tokens.token_hash(plain)
        query = select(Rating).where(Rating.token_hash == digest)
        rating = session.scalar(query.execution_options(populate_existing=True))
    if rating is None:
        raise NotFound(NO_SUCH_LINK)
    return rating


def _open(rating: Rating, *, now: datetime) -> Rating:
    if rating.answered_at is not None:
        raise NotFound(NO_SUCH_LINK)
    if now >= rating.expires_at:
        raise Gone(EXPIRED)
    return rating


def _check(*, conduct: int | None, result: int | None, words: str) -> None:
    for mark in (conduct, result):
        if mark is not None and mark not in range(1, 6):
            raise Invalid(_("请从列出的选项里选。"))
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("请不要超过 %(longest_words)s 个字。", longest_words=LONGEST_WORDS))
