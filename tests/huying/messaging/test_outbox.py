"""The outbox: one cause, one message, sent after the commit, never twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from feedback.models import OutboxMessage
from huying.messaging import outbox
from huying.messaging.carriers import ACCEPTED, FakeCarrier, NoEvents
from huying.messaging.sending import LEASE, Mailroom, drain


def _post(session, vault, now, *, subject="case-1"):
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose="rating",
        subject=subject,
        number="+999100000001",
        template="rating",
        params={
            "url": "https://hy.example.cn/r/0000",
            "day": "23日",
            "spot": "第3网格",
            "matter": "水电气热",
        },
        now=now,
    )


def _drain(db, vault, now, carrier):
    return drain(Mailroom(db, OutboxMessage, {"sms": carrier}, vault), now=now)


def test_a_message_is_sent_once(public_db, vault, now, tmp_path):
    carrier = FakeCarrier(tmp_path / "sent")
    with public_db.transaction() as session:
        _post(session, vault, now)
        _post(session, vault, now)
    assert _drain(public_db, vault, now, carrier) == 1
    assert _drain(public_db, vault, now, carrier) == 0
    assert [message["number"] for message in carrier.sent()] == ["+999100000001"]
    assert "https://hy.example.cn/r/0000" in carrier.sent()[0]["text"]


def test_a_rolled_back_cause_sends_nothing(public_db, vault, now, tmp_path):
    with pytest.raises(ZeroDivisionError), public_db.transaction() as session:
        _post(session, vault, now) or 1 / 0
    assert _drain(public_db, vault, now, FakeCarrier(tmp_path)) == 0


class Dying(NoEvents):
    """A carrier whose process is killed while it sends."""

    def send(self, identity, *, number, template, params):
        raise SystemExit


def test_what_a_killed_sender_held_is_unknown_and_never_sent_again(public_db, vault, now, tmp_path):
    with public_db.transaction() as session:
        _post(session, vault, now)
    with pytest.raises(SystemExit):
        _drain(public_db, vault, now, Dying())
    later = now + timedelta(minutes=3)
    assert _drain(public_db, vault, later, FakeCarrier(tmp_path)) == 0
    with public_db.reading() as session:
        assert session.get_one(OutboxMessage, 1).state == "unknown"


def test_a_killed_sender_holds_no_message_but_the_one_it_was_sending(public_db, vault, now, tmp_path):
    with public_db.transaction() as session:
        for number in range(3):
            _post(session, vault, now, subject=f"case-{number}")
    with pytest.raises(SystemExit):
        _drain(public_db, vault, now, Dying())
    assert _drain(public_db, vault, now + timedelta(minutes=3), FakeCarrier(tmp_path)) == 2


def test_two_senders_at_once_send_each_message_once(public_db, vault, now):
    with public_db.transaction() as session:
        for number in range(20):
            _post(session, vault, now, subject=f"case-{number}")
    carrier = Counting()
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda _: _drain(public_db, vault, now, carrier), range(2)))
    assert sum(counts) == 20
    assert sorted(carrier.identities) == sorted(set(carrier.identities))


class Counting(NoEvents):
    """A carrier that keeps what it was asked to send."""

    def __init__(self):
        self.identities = []

    def send(self, identity, *, number, template, params):
        self.identities.append(identity)
        return ACCEPTED


def test_the_number_rests_sealed(public_db, vault, now):
    with public_db.transaction() as session:
        _post(session, vault, now)
    with public_db.reading() as session:
        assert b"100000001" not in session.get_one(OutboxMessage, 1).sealed_number


def test_a_sender_s_lease_runs_from_its_own_message_however_long_the_round(public_db, vault, now):
    with public_db.transaction() as session:
        for number in range(2):
            _post(session, vault, now, subject=f"case-{number}")

    class Slow(Counting):
        def send(self, identity, **more):
            with public_db.reading() as session:
                held = session.query(OutboxMessage).filter_by(state="sending").one()
                leases.append(held.leased_until)
            return super().send(identity, **more)

    leases: list = []
    _drain(public_db, vault, now, Slow())
    assert now + LEASE <= leases[0] < leases[1]
