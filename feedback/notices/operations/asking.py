"""The resident's word as an operator hears it, on a call or at the counter: labelled, in silence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import call_backs, joins, ratings, receipt_words
from feedback.cases.operations.steps import load
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import word
from feedback.cases.rules.call_backs import UNREACHED, WORD
from feedback.cases.rules.requests import RatingAnswer
from feedback.models import Case
from feedback.notices.queries import unasked


def note(session: Session, rating_id: int, *, solved: str, by: str, sends: bool, now: datetime) -> None:
    """Store whether a resident who was called said solved, or that nobody answered."""
    if solved != UNREACHED:
        answered(session, rating_id, RatingAnswer(solved), by=by, sends=sends, now=now)
        return
    case = _taken(session, rating_id, by=by, sends=sends, now=now)
    call_backs.missed(session, case.id, WORD, by=by, now=now)


def answered(
    session: Session, rating_id: int, answer: RatingAnswer, *, by: str, sends: bool, now: datetime
) -> None:
    """Store what a resident said who was called; raise NotFound for whom it isn't to be asked."""
    case = _taken(session, rating_id, by=by, sends=sends, now=now)
    call_backs.close(session, case, WORD, by=by, now=now)
    hear(session, case.id, answer, by=by, now=now)


def hear(session: Session, case_id: int, answer: RatingAnswer, *, by: str, now: datetime) -> Case:
    """Store what a resident says of a case: as an answer to the invitation, else by the receipt's door.

    Raise Refused kin where neither is open, or the receipt's door doesn't take that word.
    """
    case = joins.joined_into(session, load(session, case_id))
    if _takes_a_rating(session, case, now=now):
        ratings.rate_by_telephone(session, case.id, answer, by=by, now=now)
    else:
        receipt_words.say(session, case.id, solved=answer.solved, words=answer.words, by=by, now=now)
    return case


def _taken(session: Session, rating_id: int, *, by: str, sends: bool, now: datetime) -> Case:
    case = load(session, unasked.one(session, rating_id, sends=sends, now=now).case.id)
    unasked.one(session, rating_id, sends=sends, now=now)  # the case is held now: of two operators one asks
    call_backs.take(session, case.id, WORD, by=by, now=now)
    return case


def _takes_a_rating(session: Session, case: Case, *, now: datetime) -> bool:
    asked = case_queries.invitation(session, case)
    return asked is not None and word.changeable(asked.answered_at, expires_at=asked.expires_at, now=now)
