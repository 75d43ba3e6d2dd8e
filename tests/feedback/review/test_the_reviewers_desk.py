"""By page: an answer from the staff's own network is looked at by two reviewers; everybody sees the count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from feedback import roles
from feedback.cases.operations import ratings
from feedback.models import Account, RatingTrace
from huying import accounts
from huying.base import clock
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import LONG_AGO, PASSWORD, Backstage

RATED = {"solved": "solved", "conduct": "5", "result": "5", "words": "办得真快，很满意"}
SignIn = Callable[[str], Visitor]


@pytest.fixture
def rated(resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller) -> str:
    """The worker signed in and declared in one house with the resident, who answers an hour later."""
    worker = sign_in(roles.WORKER)
    worker.press(worker.open("/worker/cases/1"), "/answer", message="下午上门")
    worker.press(worker.open("/worker/cases/1"), "/declare", note="换了阀门")
    moment.shift(timedelta(hours=1))
    link = backstage.link(backstage.cases()[0])
    form = resident.open(link)
    moment.shift(timedelta(minutes=2))
    resident.press(form, link, **RATED)
    return link


@pytest.fixture
def second(backstage: Backstage, visitor: Callable[[], Visitor]) -> Callable[[], Visitor]:
    """Signs in another reviewer."""
    with backstage.ground.database.transaction() as session:
        accounts.create(
            session,
            Account,
            login="second",
            name="另一位复核员",
            role=roles.REVIEWER,
            password=PASSWORD,
            now=LONG_AGO,
        )

    def enter() -> Visitor:
        person = visitor()
        person.press(person.open("/sign-in"), "/sign-in", login="second", password=PASSWORD)
        return person

    return enter


def test_an_answer_from_the_staffs_own_network_is_on_the_reviewers_desk(rated: str, sign_in: SignIn) -> None:
    reviewer = sign_in(roles.REVIEWER)
    desk = reviewer.open("/review/ratings/")
    assert "1 条评价看上去不寻常" in desk.text
    assert "来自工作人员用的网络" in desk.text
    assert "答得太快" not in desk.text
    page = reviewer.open("/review/ratings/1")
    assert "办得真快，很满意" in page.text
    assert "13900009" not in page.html, "who was asked is nobody's to know"


def test_an_answer_in_the_second_in_which_its_form_was_shown_is_too_quick(
    rated: str, resident: Visitor, sign_in: SignIn
) -> None:
    resident.press(resident.open(rated), rated, **RATED)
    assert "答得太快" in sign_in(roles.REVIEWER).open("/review/ratings/").text


def test_two_reviewers_exclude_it_and_everybody_sees_the_count(
    rated: str,
    resident: Visitor,
    sign_in: SignIn,
    second: Callable[[], Visitor],
    moment: Traveller,
) -> None:
    said = {"reason": "pressed", "text": "与经办人同一网络"}
    first = sign_in(roles.REVIEWER)
    done = first.press(first.open("/review/ratings/1"), "/review/ratings/1", **said)
    assert "等另一位" in done.text
    assert not first.open("/review/ratings/1").offers("/review/ratings/1")
    other = second()
    page = other.open("/review/ratings/1")
    assert "与经办人同一网络" not in page.text, "each on their own"
    other.press(page, "/review/ratings/1", **said)
    assert "没有要复核的评价" in other.open("/review/ratings/").text
    moment.shift(timedelta(days=8))
    assert "1 条，每条由两位" in resident.open("/figures/ratings").text


def test_without_a_reason_nothing_is_decided(rated: str, sign_in: SignIn) -> None:
    reviewer = sign_in(roles.REVIEWER)
    page = reviewer.press(reviewer.open("/review/ratings/1"), "/review/ratings/1")
    assert page.status == 422
    assert page.title.startswith("错误：")


def test_figures_of_fewer_than_ten_answers_are_shown_to_nobody(rated: str, resident: Visitor) -> None:
    assert "不足 10 条，不公布" in resident.open("/figures/ratings").text


def test_how_an_answer_came_in_is_forgotten_after_thirty_days(rated: str, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        now = clock.now()
        assert ratings.forget_traces(session, now=now + timedelta(days=29)) == 0
        assert ratings.forget_traces(session, now=now + timedelta(days=30)) == 1
        assert session.scalar(select(func.count()).select_from(RatingTrace)) == 0
