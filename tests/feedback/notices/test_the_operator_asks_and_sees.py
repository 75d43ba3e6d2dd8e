"""The operator's pages: residents whom no message asked, messages that didn't go out, words written back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback import roles
from feedback.app import create_app
from feedback.cases.operations import handling
from feedback.models import Account, MessageReply, OptOut, OutboxMessage, Rating, ReceiptWord
from feedback.notices.operations import replies
from huying import accounts
from huying.base import clock
from huying.base.channels import Channels
from huying.messaging import outbox
from huying.messaging.carriers import MessageEvent
from tests.feedback.neighbourhood import HELP, PASSWORD, POSTER, settings_in

CALLER = "+99913900009"


@pytest.fixture
def app(data):
    """Without any carrier."""
    made = create_app(replace(settings_in(data), demo=False, channels=Channels()))
    yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture
def declared(asked, backstage):
    """A matter that is reported done, of a resident who left a number."""
    return done(backstage)


def done(backstage):
    """Report the only case as done."""
    here = backstage.ground
    (case,) = backstage.cases()
    with here.database.transaction() as session:
        now = clock.now()
        handling.answer_case(session, case.id, worker_code="w1", note="去看", now=now)
        handling.declare(session, case.id, actor="worker", note="修好了", now=now, vault=here.vault)
    return case


@pytest.fixture
def operator(sign_in):
    return sign_in(roles.OPERATOR)


def call(operator, why="word"):
    """Take the call on the list that is made for this reason; return its page, with the number."""
    page = operator.open("/calling/")
    (link,) = re.findall(rf'href="(/calling/{why}/[0-9]+)"', page.html)
    return operator.press(operator.open(link), f"{link}/take")


def ask(operator, solved):
    page = call(operator)
    if solved == "unreached":
        return operator.press(page, "/missed")
    return operator.press(page, "/done", solved=solved)


@pytest.mark.parametrize(
    ("solved", "state"), [("solved", "confirmed"), ("not_solved", "contested"), ("unsure", "unconfirmed")]
)
@pytest.mark.usefixtures("declared")
def test_without_a_carrier_the_operator_asks_and_the_case_goes_on_a_day_later(
    operator, backstage, moment, solved, state
):
    page = ask(operator, solved)
    assert page.path == "/calling/"
    assert "没有要打的电话" in page.text
    assert backstage.cases()[0].state == "declared", "for a day it can be changed in silence"
    moment.shift(timedelta(days=1))
    backstage.settle()
    assert backstage.cases()[0].state == state
    with backstage.ground.database.reading() as session:
        (rating,) = session.scalars(select(Rating))
        assert (rating.channel, rating.solved, rating.conduct) == ("telephone", solved, None)


def test_whoever_calls_back_within_a_day_says_otherwise_by_receipt(
    asked, declared, operator, backstage, moment
):
    ask(operator, "not_solved")
    receipt = asked.rpartition("/")[2]
    form = operator.press(operator.open("/calling/"), "/receipt", receipt=receipt)
    assert "checked" not in form.html
    operator.press(form, f"/receipt/{receipt}", solved="solved")
    moment.shift(timedelta(days=1))
    backstage.settle()
    assert backstage.cases()[0].state == "confirmed"


def test_at_the_counter_whoever_left_no_number_is_heard_by_receipt(resident, operator, backstage, moment):
    page = resident.open(f"/help/{POSTER}")
    receipt = resident.press(page, f"/help/{POSTER}", **HELP | {"contact": ""}).path.rpartition("/")[2]
    done(backstage)
    form = operator.press(operator.open("/calling/"), "/receipt", receipt=receipt)
    operator.press(form, f"/receipt/{receipt}", solved="not_solved", words="还在漏")
    with backstage.ground.database.reading() as session:
        (word,) = session.scalars(select(ReceiptWord))
        assert (word.channel, word.by, word.solved) == ("receipt", "operator", "not_solved")
    moment.shift(timedelta(days=1))
    backstage.settle()
    assert backstage.cases()[0].round == 2


def test_three_times_nobody_answered_and_nobody_tries_again(asked, declared, operator, backstage, resident):
    assert "打过 1 次没通" in ask(operator, "unreached").text
    assert "打过 2 次没通" in ask(operator, "unreached").text
    assert "没有要打的电话" in ask(operator, "unreached").text
    (case,) = backstage.cases()
    assert [step.event for step in case.steps][-6:] == ["call_taken", "call_missed"] * 3
    assert (case.state, case.holder) == ("declared", "resident")
    assert "三次电话都没打通" in resident.open(asked).text


def test_the_number_shows_only_to_who_took_the_call(declared, operator, sign_in, backstage):
    page = operator.open("/calling/word/1")
    assert CALLER[4:] not in page.html.replace(" ", "")
    page = call(operator)
    assert CALLER[4:] in page.html.replace(" ", "")
    assert "checked" not in page.html
    assert operator.press(page, "/done").status == 422
    with backstage.ground.database.transaction() as session:
        accounts.create(
            session,
            Account,
            login="second",
            name="second",
            role=roles.OPERATOR,
            password=PASSWORD,
            now=clock.now(),
        )
    another = sign_in("second").open("/calling/word/1")
    assert "有人在打" in another.text
    assert not another.offers("/take")


def test_whom_a_message_reached_nobody_calls(declared, operator, backstage):
    with backstage.ground.database.transaction() as session:
        invitation = select(OutboxMessage).where(OutboxMessage.purpose == "rating")
        session.scalars(invitation).one().state = "delivered"
    assert "没有要打的电话" in operator.open("/calling/").text
    assert operator.open("/calling/word/1").status == 404


def test_after_fourteen_days_there_is_nobody_to_ask(declared, operator, moment, sign_in):
    moment.shift(timedelta(days=14))
    assert "没有要打的电话" in sign_in(roles.OPERATOR).open("/calling/").text


def test_who_asked_for_a_call_is_called_by_a_deadline_and_told_so(resident, operator, backstage):
    page = resident.press(
        resident.open(f"/unreached/{POSTER}"), f"/unreached/{POSTER}", wish="call_back", contact=CALLER
    )
    receipt = re.findall(r"/receipt/(\w{12})", page.html)[0]
    assert "话务员会在" in resident.open(f"/receipt/{receipt}").text
    assert "居民要人回电" in operator.open("/calling/").text
    operator.press(call(operator, "asked"), "/done")
    assert "没有要打的电话" in operator.open("/calling/").text, "the number is proven by the call"
    text = resident.open(f"/receipt/{receipt}").text
    assert "给居民打了电话" in text
    assert "话务员会在" not in text


@pytest.mark.usefixtures("declared")
def test_a_second_round_is_called_back_about(sign_in, backstage, moment, resident, asked):
    ask(sign_in(roles.OPERATOR), "not_solved")
    moment.shift(timedelta(days=1))
    backstage.settle()
    operator = sign_in(roles.OPERATOR)
    assert "居民说没解决，回访" in operator.open("/calling/").text
    assert "话务员会在" in resident.open(asked).text
    operator.press(call(operator, "contested"), "/done")
    assert "没有要打的电话" in operator.open("/calling/").text
    assert backstage.cases()[0].state == "contested", "a call moves nothing"


@pytest.mark.parametrize(
    ("role", "path"), [(roles.GRID_OFFICE, "/office/"), (roles.OPERATOR, "/switchboard/")]
)
def test_first_pages_say_that_no_message_goes_out(sign_in, role, path):
    assert "还没有短信通道" in sign_in(role).open(path).text


def test_the_numbers_page_says_that_mobiles_are_called_too(sign_in):
    assert "手机也要打" in sign_in(roles.GRID_OFFICE).open("/numbers/").text


def post(backstage, state, *, subject="1"):
    here = backstage.ground
    with here.database.transaction() as session:
        outbox.post(
            session,
            OutboxMessage,
            vault=here.vault,
            purpose="notice",
            subject=subject,
            number="+99913812345",
            template="ring",
            params={"place": "第3网格", "matter": "噪音扰民", "code": "7K3M9Q"},
            now=clock.now(),
        )
        session.flush()
        newest = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        newest.state, newest.code = state, {"failed": "429", "dropped": "stale"}.get(state, "")


def test_what_did_not_go_out_is_listed_without_its_number_and_sent_again_by_a_press(operator, backstage):
    for number, state in enumerate(("failed", "unknown", "dropped", "delivered")):
        post(backstage, state, subject=str(number))
    page = operator.open("/outbox/")
    assert "通道太忙" in page.text
    assert "等了三天没发出" in page.text
    assert "也许会收到两次" in page.text
    assert "13812345" not in page.html.replace(" ", "")
    assert "2345" in page.text
    operator.press(page, "/again")
    with backstage.ground.database.reading() as session:
        states = [message.state for message in session.scalars(select(OutboxMessage))]
    assert states.count("queued") == 1


def test_what_was_delivered_is_not_sent_again(operator, backstage):
    post(backstage, "delivered")
    post(backstage, "failed", subject="2")
    token = operator.open("/outbox/").form("/again").hidden["csrf_token"]
    assert operator.post("/outbox/1/again", csrf_token=token).status_code == 409


def test_words_written_back_are_read_and_put_aside(operator, backstage):
    here = backstage.ground
    with here.database.transaction() as session:
        event = MessageEvent("http", "1", "reply", number=CALLER, text="楼上还在漏水，请回电")
        replies.take(session, event, vault=here.vault, region="CN", allowed="invented", now=clock.now())
        stop = MessageEvent("http", "2", "reply", number="+99913900010", text="TD")
        replies.take(session, stop, vault=here.vault, region="CN", allowed="invented", now=clock.now())
    page = operator.open("/outbox/")
    assert "楼上还在漏水" in page.text
    assert "390009" not in page.html.replace(" ", "")
    one = operator.open("/outbox/replies/1")
    assert "tel:+99913900009" in one.html
    operator.press(one, "/outbox/replies/1")
    with here.database.reading() as session:
        assert session.get_one(MessageReply, 1).handled_by == "operator"
        assert len(session.scalars(select(OptOut)).all()) == 1
    assert "没有要看的回复" in operator.open("/outbox/").text
    assert operator.open("/outbox/replies/2").status == 404
