"""Two reviewers outside the line exclude a rating, each with a reason; nothing is deleted, all is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from feedback.cases.operations import ratings, receipt_words
from feedback.cases.operations.ratings import Arrival
from feedback.cases.rules.requests import RatingAnswer
from feedback.models import LEDGER, Rating, RatingVerdict
from feedback.review import operations, queries
from huying.base.errors import Conflict, Invalid, NotFound
from tests.support.owner import as_owner

WEEK = timedelta(days=8)


@pytest.fixture
def rated(town):
    """A rating given in the second in which its form was shown."""
    case = town.declared()
    later = town.now + timedelta(hours=1)
    with town.database.transaction() as session:
        answer = RatingAnswer("solved", 5, 5, "好")
        rating = ratings.rate(session, town.token(case), answer, now=later, arrival=Arrival(seen_at=later))
    town.settle(at=later + timedelta(days=1))
    return rating


def decide(town, rating, by, *, reason="pressed", said="看了时间和网络", area=None):
    with town.database.transaction() as session:
        return operations.decide(
            session, rating.id, reason=reason, text=said, by=by, area_code=area, now=town.now + WEEK
        )


def figures(town):
    with town.database.reading() as session:
        return queries.figures(session, now=town.now + 2 * WEEK)


def odd(town, *, by="a", area=None):
    with town.database.reading() as session:
        found = queries.odd(session, by=by, area_code=area, now=town.now + WEEK)
        return [(each.rating.id, each.signals, each.mine) for each in found]


def test_what_looks_odd_is_on_the_desk_of_reviewers_outside_the_line_alone(town, rated):
    assert odd(town) == [(rated.id, ("quick",), "")]
    assert odd(town, area="S") == []
    with pytest.raises(NotFound):
        decide(town, rated, "a", area="S")


def test_one_reviewer_excludes_nothing_and_two_do(town, rated):
    decide(town, rated, "a")
    assert (figures(town).excluded, figures(town).whole.answered) == (0, 1)
    assert odd(town) == [(rated.id, ("quick",), "exclude")]
    decide(town, rated, "b", reason="not_resident")
    told = figures(town)
    assert (told.excluded, told.whole.answered, sum(told.by_reason.values())) == (1, 0, 1)
    assert odd(town) == []


def test_nobody_decides_twice(town, rated):
    decide(town, rated, "a")
    with pytest.raises(Conflict, match="另一位"):
        decide(town, rated, "a")


@pytest.mark.parametrize(
    ("reason", "said"), [("", "x"), ("dislike", "x"), ("abuse", " "), ("abuse", "长" * 301)]
)
def test_a_verdict_has_a_listed_reason_and_words(town, rated, reason, said):
    with pytest.raises(Invalid):
        decide(town, rated, "a", reason=reason, said=said)


def test_an_excluded_rating_is_still_there_and_the_verdicts_are_in_the_ledger(town, rated):
    for by in "ab":
        decide(town, rated, by)
    with town.database.reading() as session:
        assert session.scalars(select(Rating)).one().conduct == 5
        assert len(session.scalars(select(RatingVerdict)).all()) == 2
        assert b"".join(LEDGER.lines(session)).count(b"rating.exclude") == 2


@pytest.mark.parametrize("statement", ["UPDATE rating_verdict SET text = ''", "DELETE FROM rating_verdict"])
def test_a_verdict_is_never_changed(town, rated, statement):
    decide(town, rated, "a")
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(town.database) as session:
        session.execute(text(statement))


def test_figures_stand_with_and_without_what_looks_odd(town, rated):
    told = figures(town)
    assert (told.flagged, told.by_signal["quick"]) == (1, 1)
    assert (told.whole.answered, told.without_flagged.answered) == (1, 0)


def test_words_by_receipt_and_by_telephone_are_counted_apart(town):
    without = town.declared(contact=None, once="without-a-number-01")
    called = town.declared(once="with-a-number-0001")
    with town.database.transaction() as session:
        receipt_words.say(session, without.id, solved="not_solved", now=town.now)
        ratings.rate_by_telephone(session, called.id, RatingAnswer("solved"), by="operator", now=town.now)
    town.settle()
    told = figures(town)
    assert (told.by_telephone, dict(told.by_receipt)) == (1, {"not_solved": 1})
    assert (told.whole.invited, told.whole.answered) == (1, 0)


def test_figures_change_once_a_week(town, rated):
    with town.database.reading() as session:
        assert queries.figures(session, now=town.now + timedelta(days=3)).whole.answered == 0
