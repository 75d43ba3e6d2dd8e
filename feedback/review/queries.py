"""Ratings as reviewers see them: what looks odd, who decided what, and the figures for everybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.models import (
    Area,
    Case,
    LimitedRequest,
    Rating,
    RatingTrace,
    RatingVerdict,
    RatingVersion,
    ReceiptWord,
)
from feedback.review.rules import signals
from feedback.review.rules.figures import AnswerCount, AskedRound, tally
from feedback.review.rules.signals import GivenRating
from feedback.review.rules.verdicts import Verdict, excluded, outside, settled
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _

LOOKED_BACK = timedelta(days=90)
LIMITED_LATELY = timedelta(days=30)
STREET = "street"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A rating that looks odd: its signals and where; never its marks, and words only on its own page."""

    rating: Rating
    case: Case
    area: str
    signals: tuple[str, ...]
    mine: str = ""
    decided: int = 0


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What everybody may know of ratings: counts alone."""

    whole: AnswerCount
    without_flagged: AnswerCount
    flagged: int
    excluded: int
    by_signal: Mapping[str, int]
    by_reason: Mapping[str, int]
    by_telephone: int
    by_receipt: Mapping[str, int]


def odd(session: Session, *, by: str, area_code: str | None, now: datetime) -> list[Suspicion]:
    """Return what a reviewer still has to look at, outside the reviewer's own line, the oldest first."""
    found = _signals(session, now=now)
    decided = _verdicts(session, until=now)
    known = lookups.areas(session)
    rows = session.execute(
        select(Rating, Case).join(Case).where(Rating.id.in_(found)).order_by(Rating.answered_at, Rating.id)
    )
    return [
        _suspicion(session, rating, case, found[rating.id], decided[rating.id], by=by)
        for rating, case in rows
        if outside(_line(known, case.grid_code), area_code=area_code) and not settled(decided[rating.id])
    ]


def one(
    session: Session, rating_id: int, *, by: str, area_code: str | None, now: datetime
) -> tuple[Suspicion, RatingVersion]:
    """Return an odd rating and its words, to a reviewer outside its line; raise NotFound for any other."""
    found = {each.rating.id: each for each in odd(session, by=by, area_code=area_code, now=now)}
    if rating_id not in found:
        raise NotFound(_("没有这条评价，或不归您复核。"))
    versions = select(RatingVersion).where(RatingVersion.rating_id == rating_id)
    return found[rating_id], session.scalars(versions.order_by(RatingVersion.id.desc()).limit(1)).one()


def limited(session: Session, *, area_code: str | None, now: datetime) -> list[LimitedRequest]:
    """Return the requests that limits held back lately, the newest first."""
    lately = select(LimitedRequest).where(LimitedRequest.at >= now - LIMITED_LATELY)
    rows = session.scalars(lately.order_by(LimitedRequest.id.desc()).limit(500))
    known = lookups.areas(session)
    return [row for row in rows if outside(_line(known, row.grid_code), area_code=area_code)]


def mark(session: Session, *, now: datetime) -> tuple[datetime, int | None, int | None]:
    """Return what the figures hang on: the week, the last verdict and the answers in effect by then."""
    until = clock.week_began(now)
    settled_by = select(func.count(Rating.id)).where(Rating.settled_at < until)
    decided_by = select(func.max(RatingVerdict.id)).where(RatingVerdict.at < until)
    return until, session.scalar(decided_by), session.scalar(settled_by)


def figures(session: Session, *, now: datetime) -> PublicFigures:
    """Return the figures of the ratings that took effect before this week began, for everybody.

    They change once a week, so that nobody reads a single answer from two days.
    """
    until = clock.week_began(now)
    found, decided = _signals(session, now=until), _verdicts(session, until=until)
    rows = session.scalars(select(Rating).where(Rating.issued_at < until)).all()
    rounds = [
        AskedRound(
            rating.channel,
            rating.solved if rating.settled_at is not None and rating.settled_at < until else None,
            rating.id in found,
            excluded(decided[rating.id]),
        )
        for rating in rows
    ]
    reasons = select(RatingVerdict.reason, RatingVerdict.rating_id).where(RatingVerdict.verdict == "exclude")
    out = {rating_id for rating_id, verdicts in decided.items() if excluded(verdicts)}
    by_reason = {rating_id: reason for reason, rating_id in session.execute(reasons) if rating_id in out}
    return PublicFigures(
        whole=tally(rounds, flagged=True),
        without_flagged=tally(rounds, flagged=False),
        flagged=len(found),
        excluded=len(out),
        by_signal=Counter(code for codes in found.values() for code in codes),
        by_reason=Counter(by_reason.values()),
        by_telephone=sum(each.channel == "telephone" and each.solved is not None for each in rounds),
        by_receipt=_by_receipt(session, until=until),
    )


def _by_receipt(session: Session, *, until: datetime) -> Counter[str]:
    """Count the rounds that somebody spoke about with the receipt, by what was said last."""
    said = select(ReceiptWord.case_id, ReceiptWord.round, ReceiptWord.solved).order_by(ReceiptWord.id)
    settled_words = session.execute(said.where(ReceiptWord.settled_at < until))
    return Counter({(case_id, turn): solved for case_id, turn, solved in settled_words}.values())


def _signals(session: Session, *, now: datetime) -> dict[int, frozenset[str]]:
    """Return the signals of the ratings given by link lately; only the last version of each counts."""
    rows = session.execute(
        select(RatingVersion, Rating, RatingTrace)
        .join(Rating, Rating.id == RatingVersion.rating_id)
        .outerjoin(RatingTrace, RatingTrace.version_id == RatingVersion.id)
        .where(RatingVersion.channel == "link")
        .where(RatingVersion.at >= now - LOOKED_BACK, RatingVersion.at <= now)
        .order_by(RatingVersion.id)
    )
    last = {rating.id: _given(version, rating, trace) for version, rating, trace in rows}
    return signals.signals(last.values())


def _given(version: RatingVersion, rating: Rating, trace: RatingTrace | None) -> GivenRating:
    return GivenRating(
        id=rating.id,
        worker=rating.conduct_of or rating.result_of,
        issued_at=rating.issued_at,
        at=version.at,
        shown_at=trace.seen_at if trace else None,
        network=trace.network if trace else None,
        of_staff=trace.of_staff if trace else False,
        marks=(version.conduct, version.result),
        words=version.words,
    )


def _verdicts(session: Session, *, until: datetime) -> defaultdict[int, list[Verdict]]:
    found: defaultdict[int, list[Verdict]] = defaultdict(list)
    rows = select(RatingVerdict.rating_id, RatingVerdict.by, RatingVerdict.verdict)
    decided = rows.where(RatingVerdict.at <= until).order_by(RatingVerdict.id)
    for rating_id, by, verdict in session.execute(decided):
        found[rating_id].append(Verdict(by, verdict))
    return found


def _suspicion(
    session: Session,
    rating: Rating,
    case: Case,
    codes: frozenset[str],
    decided: list[Verdict],
    *,
    by: str,
) -> Suspicion:
    mine = next((each.verdict for each in decided if each.by == by), "")
    area = lookups.area_name(session, case.grid_code)
    ordered = tuple(code for code in signals.SIGNALS if code in codes)
    return Suspicion(rating, case, area, ordered, mine, len(decided))


def _line(known: Mapping[str, Area], grid_code: str | None) -> list[str]:
    """Return the codes of the areas from a grid up to its street: the line that answers for its worker."""
    line: list[str] = []
    area = known.get(grid_code or "")
    while area is not None:
        line.append(area.code)
        area = None if area.level == STREET else known.get(area.parent_code or "")
    return line
