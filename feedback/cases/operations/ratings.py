"""Ratings: an answer can be changed for a day, the last one counts; then it decides how the case goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.cases.operations.steps import load, take
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import lifecycle, requests, word
from feedback.cases.rules.lifecycle import Hand
from feedback.cases.rules.requests import RatingAnswer
from feedback.cases.rules.retention import KEPT, TRACE
from feedback.models import Case, Rating, RatingTrace, RatingVersion
from huying.base.errors import Gone, Invalid
from huying.base.i18n import _

LONGEST_WORDS = 1200


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an answer came in: when its form was shown, from which network (a digest), whether staff's."""

    seen_at: datetime | None = None
    network: bytes | None = None
    of_staff: bool = False


NOTHING_KNOWN = Arrival()


def rate(
    session: Session, token: str, answer: RatingAnswer, *, now: datetime, arrival: Arrival = NOTHING_KNOWN
) -> Rating:
    """Store an answer of a link: the first, or another within a day of it."""
    requests.event_of_word(answer.solved)
    _check(answer)
    case = load(session, case_queries.rating_of_link(session, token, now=now).case_id)
    # The case is held now: what another answer just changed is seen.
    rating = case_queries.rating_of_link(session, token, now=now)
    version = _store(session, case, rating, answer, channel="link", now=now)
    session.add(
        RatingTrace(
            version_id=version.id,
            at=now,
            seen_at=arrival.seen_at,
            network=arrival.network,
            of_staff=arrival.of_staff,
        )
    )
    session.flush()
    return rating


def rate_by_telephone(
    session: Session, case_id: int, answer: RatingAnswer, *, by: str, now: datetime
) -> Rating:
    """Store what a resident tells an operator: labelled, in silence, as long as the link would take it."""
    requests.event_of_word(answer.solved)
    _check(answer)
    case = load(session, case_id)
    rating = case_queries.invitation(session, case)
    if rating is None or not word.changeable(rating.answered_at, expires_at=rating.expires_at, now=now):
        raise Gone(_("这一件现在不能评价：没有请过评价，或已经过期。没有解决的，可以凭回执编号再办。"))
    _store(session, case, rating, answer, channel="telephone", by=by, now=now)
    return rating


def settle(session: Session, *, now: datetime) -> int:
    """Let the answers whose day is over take effect; return how many."""
    due = select(Rating.id, Rating.case_id).where(Rating.settled_at.is_(None), Rating.settles_at <= now)
    waiting = session.execute(due.order_by(Rating.settles_at, Rating.id)).all()
    for rating_id, case_id in waiting:
        case = load(session, case_id)
        _settle(session, case, session.get_one(Rating, rating_id, populate_existing=True), now=now)
    return len(waiting)


def forget_traces(session: Session, *, now: datetime) -> int:
    """Drop what is known of how answers came in, after 30 days; return of how many."""
    old = delete(RatingTrace).where(RatingTrace.at <= now - KEPT[TRACE]).returning(RatingTrace.version_id)
    return len(session.scalars(old).all())


def _store(
    session: Session,
    case: Case,
    rating: Rating,
    answer: RatingAnswer,
    *,
    channel: str,
    now: datetime,
    by: str = "",
) -> RatingVersion:
    if rating.answered_at is None and rating.round != case.round:
        raise Gone(case_queries.EXPIRED_LINK)
    words = answer.words.strip()
    version = RatingVersion(
        rating_id=rating.id,
        at=now,
        channel=channel,
        by=by,
        solved=answer.solved,
        conduct=answer.conduct,
        result=answer.result,
        words=words,
    )
    session.add(version)
    rating.answered_at = rating.answered_at or now
    rating.channel = channel
    rating.solved, rating.conduct, rating.result = answer.solved, answer.conduct, answer.result
    rating.words = words
    if rating.settled_at is None:
        rating.settles_at = word.settles_at(rating.answered_at, solved=answer.solved, urgency=case.urgency)
    session.flush()
    if rating.settled_at is None and rating.settles_at is not None and rating.settles_at <= now:
        _settle(session, case, rating, now=now)
    return version


def _settle(session: Session, case: Case, rating: Rating, *, now: datetime) -> None:
    rating.settled_at = now
    session.flush()
    event = requests.event_of_word(str(rating.solved))
    standing = lifecycle.allowed(case.state, Hand("resident", case.holder, case.keeper))
    # Withdrawn or joined meanwhile: the opinion stays, the case goes nowhere.
    if rating.round == case.round and event in standing:
        by = "resident:telephone" if rating.channel == "telephone" else None
        take(session, case, event, actor="resident", by=by, now=now)


def _check(answer: RatingAnswer) -> None:
    for mark in (answer.conduct, answer.result):
        if mark is not None and mark not in range(1, 6):
            raise Invalid(_("请从列出的选项里选。"))
    if len(answer.words) > LONGEST_WORDS:
        raise Invalid(_("请不要超过 %(longest_words)s 个字。", longest_words=LONGEST_WORDS))
