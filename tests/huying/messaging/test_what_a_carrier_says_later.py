"""Receipts repeat, come late and in any order: the state of a message is the same."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from feedback.models import OutboxMessage
from huying.base.errors import Conflict, NotFound
from huying.messaging import outbox
from huying.messaging.carriers import MessageEvent
from huying.messaging.outbox import KEPT


def post(session, vault, now, *, subject="1"):
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose="notice",
        subject=subject,
        number="+999100000001",
        template="ring",
        params={"place": "第3网格", "matter": "噪音扰民", "code": "7K3M9Q"},
        now=now,
    )
    return session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first()


def told(state, *, identity="", reference=""):
    return MessageEvent("http", state, "receipt", identity=identity, reference=reference, state=state)


def test_words_in_any_order_and_twice_give_one_state(public_db, vault, now):
    states = ["sent", "failed", "delivered", "", "sent"]
    with public_db.transaction() as session:
        for number, order in enumerate(list(permutations(states))[::10]):
            message = post(session, vault, now, subject=str(number))
            for state in order:
                outbox.take(session, OutboxMessage, told(state, identity=message.identity), now=now)
            assert message.state == "delivered"


def test_a_word_on_nobody_s_message_changes_nothing(public_db, vault, now):
    with public_db.transaction() as session:
        message = post(session, vault, now)
        for identity in ("", "x", "1-2-3", f"{message.identity}9", "0-99999999999999999999-0", "a-٣-0"):
            assert outbox.take(session, OutboxMessage, told("delivered", identity=identity), now=now) is None
        assert message.state == "queued"


def test_a_carrier_s_own_name_for_a_message_finds_it(public_db, vault, now):
    with public_db.transaction() as session:
        post(session, vault, now).reference = "SM1"
        session.flush()
        found = outbox.take(session, OutboxMessage, told("failed", reference="SM1"), now=now)
        assert found.state == "failed"


def test_a_late_word_on_the_first_try_says_nothing_of_the_second(public_db, vault, now):
    with public_db.transaction() as session:
        message = post(session, vault, now)
        first = message.identity
        outbox.take(session, OutboxMessage, told("failed", identity=first), now=now)
        outbox.retry(session, OutboxMessage, message.id, now=now)
        assert outbox.take(session, OutboxMessage, told("failed", identity=first), now=now) is None
        assert message.state == "queued"


def test_what_may_have_gone_out_keeps_its_identity_when_it_is_tried_again(public_db, vault, now):
    with public_db.transaction() as session:
        message = post(session, vault, now)
        before, message.state = message.identity, "unknown"
        outbox.retry(session, OutboxMessage, message.id, now=now)
        assert message.identity == before


def test_what_went_out_is_not_sent_again(public_db, vault, now):
    with public_db.transaction() as session:
        message = post(session, vault, now)
        message.state = "delivered"
        with pytest.raises(Conflict):
            outbox.retry(session, OutboxMessage, message.id, now=now)
        with pytest.raises(NotFound):
            outbox.retry(session, OutboxMessage, 99, now=now)


def test_after_seven_days_neither_number_nor_words_are_kept(public_db, vault, now):
    with public_db.transaction() as session:
        old = post(session, vault, now - KEPT - timedelta(minutes=1), subject="old")
        young = post(session, vault, now - KEPT + timedelta(minutes=1), subject="young")
        assert outbox.forget(session, OutboxMessage, now=now) == 1
        session.refresh(old)
        assert (old.sealed_number, old.number_index, old.params, old.state) == (b"", None, "{}", "dropped")
        assert young.sealed_number
        assert outbox.forget(session, OutboxMessage, now=now) == 0
        with pytest.raises(Conflict):
            outbox.retry(session, OutboxMessage, old.id, now=now)


def test_a_telephone_that_was_off_is_tried_again_later_twice_and_then_left(public_db, vault, now):
    with public_db.transaction() as session:
        message = post(session, vault, now)
        for tries in (1, 2, 3):
            message.state = "sent"
            event = MessageEvent(
                "twilio", "k", "receipt", identity=message.identity, state="failed", code="30003"
            )
            outbox.take(session, OutboxMessage, event, now=now)
            assert message.state == ("queued" if tries < 3 else "failed")
        assert message.due_at == now + timedelta(minutes=45)
