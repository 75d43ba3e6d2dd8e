"""A link asks once; a wrong, used or expired one says so and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback import messages
from feedback.cases.operations import ratings
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.requests import RatingAnswer
from feedback.models import Case, OutboxMessage, Rating
from huying.base.errors import Gone, Invalid, NotFound
from huying.messaging.carriers import FakeCarrier
from tests.feedback.town import RESIDENT


def _rate(town, token, *, solved="solved", conduct=5, result=5, words="", at=None):
    with town.database.transaction() as session:
        answer = RatingAnswer(solved, conduct, result, words)
        return ratings.rate(session, token, answer, now=at or town.now)


@pytest.mark.parametrize(
    ("solved", "result", "standing"),
    [
        ("solved", 5, ("confirmed", "", 1)),
        ("solved", None, ("confirmed", "", 1)),
        ("solved", 1, ("confirmed", "", 1)),
        ("unsure", 4, ("unconfirmed", "", 1)),
        ("not_solved", 5, ("contested", "unit", 2)),
    ],
)
def test_the_answer_decides_how_the_case_goes_on_once_its_day_is_over(town, solved, result, standing):
    case = town.declared()
    _rate(town, town.token(case), solved=solved, result=result, at=town.now + timedelta(hours=1))
    assert town.settle(at=town.now + timedelta(hours=25) - timedelta(seconds=1)) == 0
    assert _standing(town, case) == ("declared", "resident", 1)
    assert town.settle(at=town.now + timedelta(hours=25)) == 1
    assert _standing(town, case) == standing


def _standing(town, case):
    with town.database.reading() as session:
        stored = session.get_one(Case, case.id)
        return stored.state, stored.holder, stored.round


def test_the_next_round_has_its_own_clock_and_its_own_link(town):
    case = town.declared()
    later = town.now + timedelta(days=3)
    _rate(town, town.token(case), solved="not_solved", result=None, at=later - timedelta(days=1))
    town.settle(at=later)
    town.answer(case, at=later, worker=None)
    town.declare(case, actor="unit", at=later + timedelta(days=1))
    with town.database.reading() as session:
        stored = session.get_one(Case, case.id)
        assert stored.due_at == later + timedelta(days=7)
        assert case_queries.rating_of_link(session, town.token(case, turn=2), now=later).result_of == "unit"
    with town.database.reading() as session, pytest.raises(NotFound):
        case_queries.rating_of_link(session, town.token(case), now=later)


def test_looking_at_a_link_changes_nothing(town):
    case = town.declared()
    with town.database.reading() as session:
        assert case_queries.rating_of_link(session, town.token(case), now=town.now).answered_at is None
        assert case_queries.rating_of_link(session, town.token(case).lower(), now=town.now).solved is None


def test_a_link_used_a_day_ago_and_a_wrong_one_get_the_same_reply(town):
    case = town.declared()
    _rate(town, town.token(case))
    town.settle()
    with pytest.raises(NotFound) as used:
        _rate(town, town.token(case), solved="not_solved", result=1, at=town.now + timedelta(days=1))
    with pytest.raises(NotFound) as wrong:
        _rate(town, "0123456789ABCDEF")
    assert used.value.message == wrong.value.message
    assert "12345" in used.value.message
    assert _standing(town, case) == ("confirmed", "", 1)


def test_an_expired_link_says_so_and_whom_to_call(town):
    case = town.declared()
    late = town.now + timedelta(days=14)
    with pytest.raises(Gone, match=r"已过期.*12345"):
        _rate(town, town.token(case), at=late)
    _rate(town, town.token(case), at=late - timedelta(seconds=1))


@pytest.mark.parametrize("wrong", ["", "短", "0" * 15, "0" * 17, "x" * 5000])
def test_what_is_no_link_finds_nothing(town, wrong):
    with town.database.reading() as session, pytest.raises(NotFound):
        case_queries.rating_of_link(session, wrong, now=town.now)


@pytest.mark.parametrize("answer", [{"solved": "yes"}, {"conduct": 0}, {"result": 6}, {"words": "长" * 1201}])
def test_an_answer_with_a_fault_is_not_stored(town, answer):
    case = town.declared()
    with pytest.raises(Invalid):
        _rate(town, town.token(case), **answer)
    with town.database.reading() as session:
        rating = session.scalars(select(Rating)).one()
        assert rating.answered_at is None
        assert session.get_one(Case, case.id).state == "declared"


def test_the_rating_knows_whose_conduct_and_whose_result_it_is(town):
    from feedback.cases.operations import whistles

    case = town.open().case
    town.answer(case)
    whistle = town.whistle(case)
    with town.database.transaction() as session:
        whistles.accept(session, whistle, department_code="water", now=town.now)
        whistles.declare(session, whistle, department_code="water", note="好", now=town.now, vault=town.vault)
    with town.database.reading() as session:
        rating = case_queries.rating_of_link(session, town.token(case), now=town.now)
        assert (rating.conduct_of, rating.result_of) == ("W1", "dept:water")


def test_the_message_brings_the_link_to_the_frozen_number(town, tmp_path):
    case = town.declared()
    carrier = FakeCarrier(tmp_path / "messages")
    for expected in (1, 0):
        sent = messages.send_queued(
            town.database,
            carrier=carrier,
            base_url="https://hy.example.cn",
            vault=town.vault,
            now=town.now,
        )
        assert sent == expected
    [message] = carrier.sent()
    assert message["number"] == RESIDENT
    assert f"https://hy.example.cn/r/{town.token(case)}" in message["text"]
    with town.database.reading() as session:
        assert session.scalars(select(OutboxMessage)).one().state == "sent"
