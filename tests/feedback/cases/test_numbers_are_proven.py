"""A number is proven by a code or a call back before it is asked to rate; a lost receipt comes back to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from feedback import roles
from feedback.cases.operations import call_backs as making
from feedback.cases.operations import limits, proofs
from feedback.cases.queries import call_backs
from feedback.cases.rules import call_backs as call_back_rules
from feedback.cases.rules.proofs import MOST_TRIES
from feedback.models import LEDGER, Case, ContactProof, OutboxMessage, Rating
from huying.base.errors import Gone
from tests.conftest import NOW
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import HELP, POSTER, Backstage, Delivered
from tests.feedback.town import RESIDENT

ADDRESS = f"/help/{POSTER}"
NUMBER, OTHER = "+99913900009", "+99913900777"
SignIn = Callable[[str], Visitor]


def _count(town, model) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_an_unproven_number_is_not_invited_to_rate(town):
    case = town.open(proven=False).case
    town.answer(case)
    town.declare(case)
    assert _count(town, Rating) == 0


def test_once_it_is_proven_its_owner_is_asked_even_after_the_declaration(town):
    case = town.open(proven=False).case
    town.answer(case)
    town.declare(case)
    with town.database.transaction() as session:
        proofs.prove_by_call(session, case.id, by="operator", vault=town.vault, now=town.now)
    with town.database.reading() as session:
        rating = session.scalars(select(Rating)).one()
        assert (rating.conduct_of, rating.result_of) == ("W1", "worker")


def test_who_calls_in_has_proven_the_number_by_calling(town):
    case = town.open(source="voice", proven=False).case
    town.answer(case)
    town.declare(case)
    assert _count(town, Rating) == 1


def test_a_code_is_tried_five_times_and_for_a_day(town):
    case = town.open(proven=False).case
    with town.database.transaction() as session:
        proofs.ask(session, session.get_one(Case, case.id), vault=town.vault, now=town.now)

    def typed(at=town.now) -> bool:
        with town.database.transaction() as session:
            return proofs.prove(session, case.id, "wrong!", vault=town.vault, now=at)

    with pytest.raises(Gone, match="失效"):
        typed(town.now + timedelta(days=1))
    assert [typed() for _ in range(MOST_TRIES)] == [False] * MOST_TRIES
    with pytest.raises(Gone, match="失效"):
        typed()


def test_a_telephone_gets_no_more_than_five_messages_a_day_from_strangers(town):
    with town.database.transaction() as session:
        may = [limits.may_message(session, RESIDENT, vault=town.vault, now=town.now) for _ in range(7)]
    assert may == [True] * 5 + [False] * 2
    with town.database.transaction() as session:
        assert limits.may_message(session, RESIDENT, vault=town.vault, now=town.now + timedelta(days=1))


def _code(delivered: Delivered) -> str:
    text = delivered()[-1]["text"]
    assert len(text.encode("utf-16-le")) // 2 <= 70
    return re.search(r"验证码 (\d{6})", text)[1]


def test_the_code_from_the_message_proves_the_number(
    resident: Visitor, backstage: Backstage, delivered: Delivered
) -> None:
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP)
    assert "核对您的电话" in page.text
    code = _code(delivered)
    assert delivered()[-1]["number"] == NUMBER
    wrong = resident.press(page, "/proof", code="12 34 5")
    assert (wrong.status, "验证码不对" in wrong.text) == (422, True)
    right = resident.press(page, "/proof", code=f" {code[:3]} {code[3:]}")
    assert "核对您的电话" not in right.text
    with backstage.ground.database.reading() as session:
        proof = session.scalars(select(ContactProof)).one()
        assert (proof.how, proof.proven_at is not None) == ("message", True)
        assert b"contact.proven" in b"\n".join(LEDGER.lines(session))
        stored = repr([vars(each) for each in session.scalars(select(OutboxMessage))])
    assert code not in stored


def test_another_number_counts_once_it_is_proven_and_the_change_is_logged(
    resident: Visitor, backstage: Backstage, delivered: Delivered, asked: str
) -> None:
    page = resident.press(resident.open(asked), "/number", contact=OTHER)
    case = backstage.cases()[0]
    vault = backstage.ground.vault
    assert case.contact_index == vault.index(NUMBER, purpose="case")
    resident.press(page, "/proof", code=_code(delivered))
    assert backstage.cases()[0].contact_index == vault.index(OTHER, purpose="case")
    told = delivered()[-1]
    assert (told["number"], "换了联系电话" in told["text"]) == (NUMBER, True)
    assert len(told["text"].encode("utf-16-le")) // 2 <= 70
    with backstage.ground.database.reading() as session:
        assert b"contact.changed" in b"\n".join(LEDGER.lines(session))


def test_an_operator_calls_back_and_says_that_it_is_the_residents(
    resident: Visitor, sign_in: SignIn, backstage: Backstage
) -> None:
    resident.press(resident.open(ADDRESS), ADDRESS, **HELP)
    operator = sign_in(roles.OPERATOR)
    page = operator.press(operator.open("/calling/prove/1"), "/take")
    assert f"tel:{NUMBER}" in page.html
    assert "没有要打的电话" in operator.press(page, "/done").text
    with backstage.ground.database.reading() as session:
        newest = session.scalars(select(ContactProof).order_by(ContactProof.id.desc()).limit(1)).one()
        assert (newest.how, newest.proven_by) == ("call", "operator")


def test_a_lost_receipt_comes_by_message_to_a_proven_number(
    resident: Visitor, asked: str, delivered: Delivered
) -> None:
    page = resident.press(resident.open("/track"), "/track/lost", contact=NUMBER)
    assert "请看短信" in page.text
    assert f"https://hy.example.cn{asked}" in delivered()[-1]["text"]


def test_the_page_never_says_whether_a_number_is_known_and_an_unproven_one_gets_nothing(
    resident: Visitor, delivered: Delivered
) -> None:
    resident.press(resident.open(ADDRESS), ADDRESS, **HELP)
    before = len(delivered())
    texts = {
        resident.press(resident.open("/track"), "/track/lost", contact=number).text
        for number in (NUMBER, OTHER)
    }
    assert len(texts) == 1
    assert len(delivered()) == before


def test_a_number_is_asked_for_in_its_field(resident: Visitor) -> None:
    page = resident.press(resident.open("/track"), "/track/lost", contact="12")
    assert page.status == 422
    assert page.title.startswith("错误：")


def test_another_code_can_be_asked_for_until_there_were_enough(
    resident: Visitor, delivered: Delivered, moment: Traveller
) -> None:
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP)
    answers = [resident.press(page, "/code") for _ in range(8)]
    assert len(delivered()) == 5
    assert [answer.status for answer in answers] == [200] * 4 + [429] * 4
    assert "发得太多了" in answers[-1].text
    assert resident.press(page, "/proof", code="123456").status == 410, "no code was sent, none is taken"


def test_those_nobody_could_reach_never_keep_a_later_number_off_the_list(town, monkeypatch):
    monkeypatch.setattr(call_backs, "SHOWN", 2)
    given_up = [town.open(once=f"form-of-a-resident-{n}", proven=False).case for n in range(2)]
    later = town.open(once="form-of-a-resident-9", proven=False).case
    with town.database.transaction() as session:
        for case in given_up:
            for _try in range(call_back_rules.MOST_TRIES):
                making.take(session, case.id, call_back_rules.PROVE, by="operator", now=town.now)
                making.missed(session, case.id, call_back_rules.PROVE, by="operator", now=town.now)
        assert [each.case.id for each in call_backs.waiting(session)] == [later.id]


def test_of_more_calls_than_are_shown_danger_is_among_them_and_each_can_be_opened(town, monkeypatch):
    monkeypatch.setattr(call_backs, "SHOWN", 1)
    ordinary = town.open(once="form-of-a-resident-1", proven=False).case
    danger = town.open(once="form-of-a-resident-2", urgency="life", proven=False).case
    with town.database.reading() as session:
        assert [each.case.id for each in call_backs.waiting(session)] == [danger.id]
        assert call_backs.one(session, ordinary.id, call_back_rules.PROVE).case.id == ordinary.id


def test_a_call_taken_by_a_clock_that_was_ahead_is_nobodys_for_longer():
    ahead = NOW + timedelta(days=5)
    assert not call_back_rules.is_held(ahead, now=NOW)
    assert call_back_rules.is_held(NOW + timedelta(minutes=1), now=NOW), "it was put back by a minute"
