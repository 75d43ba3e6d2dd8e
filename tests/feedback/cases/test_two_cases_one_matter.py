"""Two cases may be one matter: offered before sending, joined by a desk and the second resident alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback import roles
from feedback.cases.operations import handling, joins
from feedback.cases.rules.joins import WITHIN, Matter, agreed, alike
from feedback.models import Case, OutboxMessage
from huying.base.errors import Conflict, Invalid
from tests.conftest import NOW
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import HELP, POSTER, Backstage
from tests.feedback.town import RESIDENT

ADDRESS = f"/help/{POSTER}"
NEIGHBOUR = HELP | {"text": "我家也漏", "place": " 2 单元。", "contact": "+999 1390 0010"}
SignIn = Callable[[str], Visitor]


@pytest.fixture
def two(town):
    """Two residents' cases of one pipe: the same kind, grid and place."""
    first = town.open(once="the-first-form-001").case
    second = town.open(once="the-second-form-01", contact="+99913800009").case
    return first, second


def propose(town, case, into):
    with town.database.transaction() as session:
        return joins.propose(session, case.id, into_id=into.id, by="worker", now=town.now)


def answer(town, case, *, same):
    with town.database.transaction() as session:
        joins.answer(session, case.id, same=same, now=town.now)


def state(town, case):
    with town.database.reading() as session:
        return session.get_one(Case, case.id).state


def test_a_desk_alone_joins_nothing_and_with_the_second_resident_it_does(town, two):
    first, second = two
    assert propose(town, second, first) is False
    assert state(town, second) == "registered"
    answer(town, second, same=True)
    assert (state(town, second), state(town, first)) == ("ended", "registered")


def test_what_the_second_resident_refuses_stays_two_cases(town, two):
    first, second = two
    propose(town, second, first)
    answer(town, second, same=False)
    assert state(town, second) == "registered"
    with pytest.raises(Conflict, match="不是同一件"):
        propose(town, second, first)
    with pytest.raises(Conflict):
        answer(town, second, same=True)


def test_of_one_telephone_the_desks_word_is_enough(town):
    first = town.open(once="the-first-form-001").case
    second = town.open(once="the-second-form-01").case
    assert propose(town, second, first) is True


def test_the_residents_word_alone_joins_nothing(town, two):
    first, second = two
    with town.database.transaction() as session:
        joins.say_same(
            session, session.get_one(Case, second.id), into=session.get_one(Case, first.id), now=town.now
        )
    assert state(town, second) == "registered"
    assert propose(town, second, first) is True


def withdraw(town, case):
    with town.database.transaction() as session:
        handling.withdraw(session, case.id, now=town.now)


def test_nothing_is_joined_into_what_ended_before_the_second_resident_answered(town, two):
    first, second = two
    propose(town, second, first)
    withdraw(town, first)
    with pytest.raises(Conflict, match="没有等您回答"):
        answer(town, second, same=True)
    assert state(town, second) == "registered", "it goes on by itself"


def test_two_cases_proposed_each_into_the_other_never_both_end(town, two):
    first, second = two
    propose(town, second, first)
    propose(town, first, second)
    answer(town, second, same=True)
    with pytest.raises(Conflict):
        answer(town, first, same=True)
    assert (state(town, second), state(town, first)) == ("ended", "registered")


def test_what_goes_on_for_two_residents_is_not_withdrawn_by_one(town, two):
    first, second = two
    propose(town, second, first)
    answer(town, second, same=True)
    with pytest.raises(Conflict, match="别的居民"):
        withdraw(town, first)
    assert state(town, first) == "registered"


def test_both_of_ones_own_may_be_withdrawn(town):
    first = town.open(once="the-first-form-001").case
    second = town.open(once="the-second-form-01").case
    propose(town, second, first)
    withdraw(town, first)
    assert state(town, first) == "ended"


def test_what_is_not_alike_is_not_joined(town, two):
    elsewhere = town.open(once="the-third-form-001", grid="G2").case
    with pytest.raises(Invalid):
        propose(town, elsewhere, two[0])
    with pytest.raises(Invalid):
        propose(town, two[0], two[0])


def test_none_is_invited_twice(town):
    first = town.open(once="the-first-form-001").case
    second = town.open(once="the-second-form-01", contact=RESIDENT).case
    propose(town, second, first)
    town.answer(first)
    town.declare(first)
    with town.database.reading() as session:
        invited = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.purpose == "rating")
        assert session.scalar(invited) == 1


def ask(resident: Visitor, **fields: str) -> Page:
    return resident.press(resident.open(ADDRESS), ADDRESS, **fields)


def test_before_it_is_sent_a_like_matter_is_offered_without_anybodys_words(
    resident: Visitor, backstage: Backstage
) -> None:
    ask(resident, **HELP)
    page = ask(resident, **NEIGHBOUR)
    assert "还没有提交" in page.text
    assert "“水电气热” · 2单元" in page.text
    assert "三楼水管漏水" not in page.html
    assert "我家也漏" in page.html
    assert len(backstage.cases()) == 1


@pytest.mark.parametrize("same", ["yes", "no"])
def test_whoever_answers_gets_a_receipt_of_their_own(
    resident: Visitor, backstage: Backstage, same: str
) -> None:
    first = ask(resident, **HELP)
    receipt = resident.press(ask(resident, **NEIGHBOUR), ADDRESS, **NEIGHBOUR, same=same)
    assert receipt.path != first.path
    assert [case.state for case in backstage.cases()] == ["registered", "registered"]


def test_both_receipts_lead_to_the_one_case_once_desk_and_neighbour_agree(
    resident: Visitor, backstage: Backstage, sign_in: SignIn
) -> None:
    first = ask(resident, **HELP).path
    second = resident.press(ask(resident, **NEIGHBOUR), ADDRESS, **NEIGHBOUR, same="no").path
    worker = sign_in(roles.WORKER)
    page = worker.open("/held/2/same")
    assert "三楼水管漏水" in page.text
    assert worker.press(page, "/held/2/same/1").status == 200
    asked = resident.open(second)
    assert "和另一件是同一件事" in asked.text
    done = resident.press(asked, "/same/yes")
    assert "并在一起办" in done.text
    worker.press(worker.open("/worker/cases/1"), "/answer", message="两家一起修")
    assert "两家一起修" in resident.open(second).text
    assert "三楼水管漏水" not in resident.open(second).text
    assert not resident.open(first).offers("/withdraw")
    assert "别的居民也反映了这件事" in resident.open(first).text
    assert [case.state for case in backstage.cases()] == ["answered", "ended"]


def test_what_looks_like_nothing_says_so(resident: Visitor, sign_in: SignIn) -> None:
    ask(resident, **HELP)
    assert "没有相像的事" in sign_in(roles.WORKER).open("/held/1/same").text


MATTERS = st.builds(
    Matter,
    category=st.sampled_from(["水电气热", "其他"]),
    grid_code=st.sampled_from(["g3", "g4", None]),
    location=st.sampled_from(["", "2单元", "２单元 ", "三号楼"]),
    contact=st.sampled_from([None, b"a", b"b"]),
    opened_at=st.integers(0, 30).map(lambda days: NOW + timedelta(days=days)),
)


@given(MATTERS, MATTERS)
def test_two_are_alike_both_ways_and_only_of_one_kind_grid_and_fortnight(one, other):
    assert alike(one, other) == alike(other, one)
    if alike(one, other):
        assert (one.category, one.grid_code) == (other.category, other.grid_code)
        assert abs(one.opened_at - other.opened_at) <= WITHIN
        assert one.contact == other.contact or one.location


@given(st.booleans(), st.booleans(), st.booleans())
def test_without_the_desk_nothing_is_joined_nor_without_the_resident(desk, resident, same_contact):
    joined = agreed(desk=desk, resident=resident, same_contact=same_contact)
    assert joined == (desk and (resident or same_contact))
