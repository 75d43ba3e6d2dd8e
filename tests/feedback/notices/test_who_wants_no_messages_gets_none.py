"""A stop word stops at once, is confirmed once, and is taken back by nobody but whoever holds the number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.cases.operations import lost_receipts, proofs
from feedback.models import Case, Contact, MessageReply, OptOut, OutboxMessage
from feedback.notices.operations import replies
from feedback.notices.queries import messages
from feedback.reach.operations import pings
from huying.messaging.outbox import KEPT
from tests.feedback.notices.telling import Telling
from tests.feedback.town import LI, RESIDENT, WANG

MINUTE = timedelta(minutes=1)


@pytest.fixture
def telling(town) -> Telling:
    return Telling(town)


def told(telling, at):
    return [text for _channel, number, text in telling.round(at) if number == RESIDENT]


def test_nothing_but_one_confirmation_reaches_a_number_that_said_stop(telling, town):
    town.open()
    assert len(told(telling, town.now)) == 1
    for key, text in enumerate(("退 订", "ＴＤ", "不要再发", "td")):
        assert telling.hear(RESIDENT, text, at=town.now + MINUTE, key=str(key))
    (confirmed,) = told(telling, town.now + MINUTE)
    assert "已退订" in confirmed
    town.open(once="form-0123456789ac", at=town.now + MINUTE)
    town.open(once="form-0123456789ad", urgency="life", at=town.now + MINUTE)
    assert told(telling, town.now + 2 * MINUTE) == []
    with town.database.reading() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1
        dropped = select(OutboxMessage).where(OutboxMessage.state == "dropped")
        assert {message.code for message in session.scalars(dropped)} == {"stopped"}


def test_what_was_waiting_when_somebody_said_stop_is_not_sent(telling, town):
    town.open()
    telling.means = type(telling.means)()
    telling.round(town.now)
    telling.hear(RESIDENT, "STOP", at=town.now)
    telling.means = type(telling.means)(frozenset({"sms"}))
    assert ["已退订" in text for text in told(telling, town.now + MINUTE)] == [True]


def test_a_repeated_delivery_of_one_reply_is_one_reply(telling, town):
    assert telling.hear(RESIDENT, "TD", at=town.now, key="same")
    assert not telling.hear(RESIDENT, "TD", at=town.now + MINUTE, key="same")
    with town.database.reading() as session:
        assert len(session.scalars(select(MessageReply)).all()) == 1


def test_only_the_number_itself_takes_it_back(telling, town):
    telling.hear(RESIDENT, "TD", at=town.now)
    telling.hear(LI, "恢复", at=town.now + MINUTE)
    telling.hear(RESIDENT, "START", at=town.now + MINUTE)
    told(telling, town.now + MINUTE)
    town.open()
    assert told(telling, town.now + 2 * MINUTE) == []
    telling.hear(RESIDENT, "恢复", at=town.now + 3 * MINUTE)
    town.open(once="form-0123456789ac", at=town.now + 3 * MINUTE)
    assert ["已恢复" in text for text in told(telling, town.now + 3 * MINUTE)].count(True) == 1
    telling.hear(RESIDENT, "TD", at=town.now + 4 * MINUTE)
    assert ["已退订" in text for text in told(telling, town.now + 4 * MINUTE)] == [True]


def test_a_code_that_somebody_asks_for_still_comes_and_at_once_at_any_hour(telling, town):
    night = town.now + timedelta(hours=15)
    telling.hear(RESIDENT, "TD", at=night)
    told(telling, night)
    case = town.open(at=night, proven=False).case
    with town.database.transaction() as session:
        assert proofs.ask(session, session.get_one(Case, case.id), vault=town.vault, now=night)
    assert ["验证码" in text for text in told(telling, night)] == [True]


def test_a_lost_receipt_comes_at_once_at_any_hour(telling, town):
    night = town.now + timedelta(hours=15)
    town.open(at=night)
    told(telling, night)
    with town.database.transaction() as session:
        assert lost_receipts.send(session, RESIDENT, vault=town.vault, now=night) == 1
    assert ["/receipt/" in text for text in told(telling, night)] == [True]


def test_a_number_is_found_by_its_index_alone(telling, town):
    telling.hear(RESIDENT, "TD", at=town.now)
    with town.database.reading() as session:
        (wish,) = session.scalars(select(OptOut))
        assert wish.number_index == town.vault.index(RESIDENT, purpose="opt-out")
        assert wish.number_index != town.vault.index(RESIDENT, purpose="case")


@pytest.mark.parametrize(("text", "works"), [("１", True), ("2", False)])
def test_one_or_two_answers_the_question_whether_somebody_is_on_duty(telling, town, text, works):
    at = town.now + timedelta(days=6)
    with town.database.transaction() as session:
        pings.ask_due(session, vault=town.vault, now=at)
    telling.round(at)
    telling.hear(WANG, text, at=at + MINUTE)
    with town.database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.worker_code == "W1")).one()
        assert (contact.verified_at == at + MINUTE) is works
        assert (contact.failed_at == at + MINUTE) is not works


def test_one_from_somebody_who_was_asked_nothing_goes_to_a_person(telling, town):
    telling.hear(RESIDENT, "1", at=town.now)
    telling.hear(RESIDENT, "楼上还在漏水", at=town.now)
    telling.hear("106900001234567890123", "1", at=town.now)
    with town.database.transaction() as session:
        waiting = messages.waiting(session)
        assert [reply.text for reply in waiting] == ["1", "楼上还在漏水", "1"]
        _reply, number = messages.reply(session, waiting[1].id, vault=town.vault)
        assert number == RESIDENT
        replies.handle(session, waiting[1].id, by="operator", now=town.now)
        assert len(messages.waiting(session)) == 2


def test_words_and_number_of_a_reply_are_kept_for_seven_days(telling, town):
    telling.hear(RESIDENT, "楼上还在漏水", at=town.now)
    with town.database.transaction() as session:
        replies.forget(session, now=town.now + KEPT)
        assert messages.waiting(session)[0].text
        replies.forget(session, now=town.now + KEPT + MINUTE)
    with town.database.reading() as session:
        (reply,) = session.scalars(select(MessageReply))
        assert (reply.text, reply.sealed_number) == ("", b"")


def test_no_telephone_is_flooded_with_receipts(telling, town):
    for number in range(10):
        town.open(once=f"form-0123456789{number:02}")
    assert len(told(telling, town.now)) == replies.MOST_A_DAY
    with town.database.reading() as session:
        limited = select(OutboxMessage).where(OutboxMessage.code == "limited")
        assert len(session.scalars(limited).all()) == 10 - replies.MOST_A_DAY


def test_who_stopped_messages_with_the_carrier_has_stopped_them_here(telling, town):
    town.open()
    told(telling, town.now)
    with town.database.transaction() as session:
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.purpose == "receipt")).one()
        message.state, message.code = "failed", "21610"
        session.flush()
        assert replies.note_stops(session, now=town.now) == 1
        assert replies.note_stops(session, now=town.now) == 0
    town.open(once="form-0123456789ac")
    assert told(telling, town.now + MINUTE) == []
