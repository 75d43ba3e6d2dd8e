"""A reviewer decides on an odd rating: kept with its reason, never changed; the rating itself stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.ledger import write
from feedback.models import Case, Rating, RatingVerdict
from feedback.review import queries
from feedback.review.rules.verdicts import EXCLUDING, REASONS
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _

LONGEST_TEXT = 300


def decide(
    session: Session,
    rating_id: int,
    *,
    reason: str,
    text: str,
    by: str,
    area_code: str | None,
    now: datetime,
) -> RatingVerdict:
    """Store what one reviewer decided; a rating is excluded once two have said so, each on their own."""
    if reason not in REASONS:
        raise Invalid(_("请选择理由。"))
    said = needed(text, otherwise=_("请写明看了什么、为什么这样定。"))
    if len(said) > LONGEST_TEXT:
        raise Invalid(_("请不要超过 %(longest)s 个字。", longest=LONGEST_TEXT))
    suspicion, _version = queries.one(session, rating_id, by=by, area_code=area_code, now=now)
    mine = select(RatingVerdict.id).where(RatingVerdict.rating_id == rating_id, RatingVerdict.by == by)
    if session.scalar(mine) is not None:
        raise Conflict(_("您已经复核过这一条，要由另一位复核员再看。"))
    verdict = RatingVerdict(
        rating_id=rating_id,
        by=by,
        at=now,
        verdict="exclude" if reason in EXCLUDING else "keep",
        reason=reason,
        text=said,
    )
    session.add(verdict)
    session.flush()
    _log(session, suspicion.rating, suspicion.case, verdict)
    return verdict


def _log(session: Session, rating: Rating, case: Case, verdict: RatingVerdict) -> None:
    write(
        session,
        f"rating.{verdict.verdict}",
        at=verdict.at,
        c=case.code,
        n=rating.round,
        r=verdict.reason,
    )
