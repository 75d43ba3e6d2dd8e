"""Whatever is sent twice happens once, also when it arrives twenty times at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from feedback.cases.operations import ratings
from feedback.cases.rules.requests import RatingAnswer
from feedback.models import Case, CaseStep, OutboxMessage, Rating, RatingVersion
from feedback.posters.operations import posters
from feedback.worker.operations import lists
from huying.base.errors import Conflict, Refused
from tests.feedback.town import RESIDENT

THREADS = 20


def _at_once(act: Callable[[], object]) -> list[object]:
    """Results of the act done by twenty threads that start together; a refusal counts as a result."""
    start = Barrier(THREADS)

    def one(_number: int) -> object:
        start.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def _count(town, model) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_one_form_opens_one_case_with_one_receipt(town):
    opened = _at_once(lambda: town.open(once="the-same-form-0001"))
    assert len({(each.case.id, each.receipt) for each in opened}) == 1
    assert (_count(town, Case), _count(town, CaseStep)) == (1, 1)


def test_two_forms_open_two_cases(town):
    first, second = town.open(once="the-first-form-001"), town.open(once="the-second-form-01")
    assert first.receipt != second.receipt
    assert first.case.id != second.case.id


def test_a_form_without_its_mark_is_refused(town):
    with pytest.raises(Refused, match="表单不完整"):
        town.open(once="short")


def test_one_rating_sent_twenty_times_counts_once(town):
    case = town.declared()

    def rate() -> None:
        with town.database.transaction() as session:
            ratings.rate(session, town.token(case), RatingAnswer("not_solved", 3, 1), now=town.now)

    assert set(_at_once(rate)) == {None}
    _at_once(town.settle)
    assert (_count(town, Rating), _count(town, RatingVersion)) == (1, THREADS)
    with town.database.reading() as session:
        stored = session.get_one(Case, case.id)
        assert (stored.round, stored.state, stored.holder) == (2, "contested", "unit")
        assert [step.event for step in stored.steps].count("contest") == 1


def test_one_declaration_invites_once(town):
    case = town.open(contact=RESIDENT).case
    town.answer(case)
    results = _at_once(lambda: town.declare(case))
    assert sum(isinstance(result, Conflict) for result in results) == THREADS - 1
    assert (_count(town, Rating), _count(town, OutboxMessage)) == (1, 1)


def test_one_form_issues_one_poster(town):
    def issue() -> int:
        with town.database.transaction() as session:
            mark = "a-form-sent-twenty-times"
            return posters.issue(session, grid_code="G2", location="门口", once=mark, now=town.now).id

    assert len(set(_at_once(issue))) == 1


def test_one_form_hands_in_one_list(town):
    def hand_in() -> int:
        with town.database.transaction() as session:
            listed = lists.hand_in(
                session,
                worker_code="W1",
                rows=[("+99913800001", "和平里3号楼201")],
                once="a-form-sent-twenty-times",
                vault=town.vault,
                now=town.now,
            )
            return listed.id

    assert len(set(_at_once(hand_in))) == 1
