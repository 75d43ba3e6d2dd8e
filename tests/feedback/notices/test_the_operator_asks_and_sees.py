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
from feedback.models import MessageReply, OptOut, OutboxMessage, Rating, SpokenAnswer
from feedback.notices.operations import replies
from huying.base import clock
from huying.base.channels import Channels
from huying.messaging import outbox
from huying.messaging.carriers import MessageEvent
from tests.feedback.neighbourhood import settings_in

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


def ask(operator, solved):
    page = operator.open("/unasked/")
    (link,) = re.findall(r'href="(/unasked/[0-9]+)"', page.html)
    return operator.press(operator.open(link), link, solved=solved)


@pytest.mark.parametrize(
    ("solved", "state"), [("solved", "confirmed"), ("not_solved", "contested"), ("unsure", "unconfirmed")]
)
def test_without_a_carrier_the_operator_asks_and_the_case_goes_on(
    declared, operator, backstage, solved, state
):
    page = ask(operator, solved)
    assert page.path == "/unasked/"
    assert "没有要打电话问的居民" in page.text
    (case,) = backstage.cases()
    assert case.state == state
    with backstage.ground.database.reading() as session:
        (answer,) = session.scalars(select(SpokenAnswer))
        assert (answer.solved, answer.asked_by, answer.round) == (solved, "operator", 1)
        (rating,) = session.scalars(select(Rating))
        assert (rating.answered_at, rating.solved) == (None, None), "no part of anybody's rate"


def test_the_link_opens_no_more_once_somebody_said_it(declared, operator, backstage, resident):
    (case,) = backstage.cases()
    link = backstage.link(case)
    assert resident.open(link).status == 200
    ask(operator, "solved")
    assert resident.open(link).status == 410


def test_nobody_answered_is_noted_and_asked_again(declared, operator, backstage):
    assert "打过 1 次没通" in ask(operator, "unreached").text
    assert "打过 2 次没通" in ask(operator, "unreached").text
    assert backstage.cases()[0].state == "declared"
    ask(operator, "solved")
    assert backstage.cases()[0].state == "confirmed"


def test_nothing_is_preselected_and_nothing_chosen_is_a_fault(declared, operator):
    page = operator.open("/unasked/1")
    assert "checked" not in page.html
    assert CALLER[4:] in page.html.replace(" ", "")
    assert operator.press(page, "/unasked/1").status == 422


def test_whom_a_message_reached_nobody_calls(declared, operator, backstage):
    with backstage.ground.database.transaction() as session:
        invitation = select(OutboxMessage).where(OutboxMessage.purpose == "rating")
        session.scalars(invitation).one().state = "delivered"
    assert "没有要打电话问的居民" in operator.open("/unasked/").text
    assert operator.open("/unasked/1").status == 404


def test_after_fourteen_days_there_is_nobody_to_ask(declared, operator, moment, sign_in):
    moment.shift(timedelta(days=14))
    assert "没有要打电话问的居民" in sign_in(roles.OPERATOR).open("/unasked/").text


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
