"""What any carrier must do: whoever takes the messages, one cause is one message, and its state is true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from feedback.models import OutboxMessage
from huying.base import clock
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.messaging import outbox
from huying.messaging.carriers import Delivery
from huying.messaging.sending import Mailroom, drain
from huying.store.db import Database
from huying.telephony import signing
from huying.telephony.voice import Forged
from tests.conftest import NOW
from tests.huying.messaging.providers import KEY, MAKERS, Provider
from tests.huying.telephony.gateways import elsewhere
from tests.support.seeds import EMPTY, Seeds

FACTS = {"place": "和平里社区第3网格", "matter": "水电气热", "code": "7K3M9Q"}
CHANNELS = {"wecom": "chat", "dingtalk": "chat", "feishu": "chat", "mail": "mail"}


@pytest.fixture(params=sorted(MAKERS))
def provider(request: pytest.FixtureRequest, tmp_path: Path, time_machine) -> Iterator[Provider]:
    made = MAKERS[request.param](tmp_path)
    time_machine.move_to(NOW, tick=False)
    with made.serving():
        yield made


def send(provider: Provider, identity: str = "i-1-0", *, number: str = ""):
    return provider.carrier.send(identity, number=number or provider.number, template="ring", params=FACTS)


def know(provider: Provider, identity: str = "i-1-0"):
    return provider.carrier.reconcile(
        identity, number=provider.number, template="ring", params=FACTS, since=NOW - timedelta(minutes=2)
    )


def away(carrier):
    """The same carrier at an address where nobody is."""
    nobody = "http://127.0.0.1:9"
    if carrier.name == "twilio":
        return replace(carrier, make_client=partial(elsewhere, nobody))
    if carrier.name == "mail":
        return replace(carrier, mail=replace(carrier.mail, server="localhost:9"))
    if carrier.name == "http":
        return replace(carrier, address=nobody)
    (group,) = carrier.groups
    return replace(carrier, groups=(replace(group, address=f"{nobody}/?key=x"),))


class TestEveryCarrier:
    def test_a_message_arrives_once_with_its_words(self, provider):
        assert send(provider).delivery is Delivery.ACCEPTED
        (text,) = provider.taken
        if provider.carrier.name != "mail":  # a letter travels encoded
            assert "和平里社区第3网格有危险：水电气热" in text

    def test_too_many_at_once_is_a_message_for_later(self, provider):
        provider.failures.append("429")
        assert send(provider).delivery is Delivery.LATER
        assert provider.taken == []
        assert send(provider).delivery is Delivery.ACCEPTED

    def test_nobody_there_is_a_message_for_later(self, provider):
        gone = away(provider.carrier)
        told = gone.send("i", number=provider.number, template="ring", params=FACTS)
        # Twilio's client says of a refused connection no more than of a lost one.
        assert told.delivery is (Delivery.UNKNOWN if gone.name == "twilio" else Delivery.LATER)

    def test_an_answer_lost_after_acceptance_is_unknown_and_one_message(self, provider):
        provider.failures.append("reset_after")
        assert send(provider).delivery is Delivery.UNKNOWN
        assert len(provider.taken) == 1
        known = know(provider)
        if provider.recalls == "no":
            assert known is None
        else:
            assert known.delivery is Delivery.ACCEPTED

    def test_what_never_arrived_is_sent_again_only_where_the_carrier_is_sure(self, provider):
        provider.failures.append("reset_before")
        lost = send(provider).delivery
        assert lost is (Delivery.LATER if provider.carrier.name == "mail" else Delivery.UNKNOWN)
        known = know(provider)
        if provider.recalls == "exactly":
            assert known.delivery is Delivery.LATER
        else:
            assert known is None

    def test_what_was_not_signed_is_forged(self, provider):
        if not provider.tells:
            with pytest.raises(Forged):
                provider.carrier.events(None, what="receipt")
            return
        request = provider.event("receipt", id="i-1-0", status="delivered")
        with pytest.raises(Forged):
            provider.carrier.events(replace(request, headers={}), what="receipt")
        changed = replace(
            request,
            body=request.body.replace(b"delivered", b"failed"),
            form={**request.form, "MessageStatus": ["failed"]} if request.form else {},
        )
        with pytest.raises(Forged):
            provider.carrier.events(changed, what="receipt")

    def test_a_receipt_says_of_which_message_it_is_and_a_repetition_is_the_same(self, provider):
        if not provider.tells:
            return
        (event,) = provider.carrier.events(
            provider.event("receipt", id="i-1-0", status="delivered"), what="receipt"
        )
        (again,) = provider.carrier.events(
            provider.event("receipt", id="i-1-0", status="delivered"), what="receipt"
        )
        assert (event.kind, event.identity, event.state) == ("receipt", "i-1-0", "delivered")
        assert event.key == again.key

    def test_a_reply_says_who_wrote_what(self, provider):
        if not provider.tells:
            return
        request = provider.event("reply", **{"from": "+85291230000", "text": "ＴＤ", "seq": "7"})
        (event,) = provider.carrier.events(request, what="reply")
        assert (event.kind, event.number, event.text) == ("reply", "+85291230000", "ＴＤ")

    @pytest.mark.parametrize("fate", ["429", "500", "reset_before", "reset_after"])
    def test_whatever_goes_wrong_people_get_one_message_at_the_most(self, provider, fate, here):
        here.post(provider)
        provider.failures.append(fate)
        for minutes in (0, 3, 6, 15, 40, 120, 600):
            here.drain(provider, minutes)
        assert len(provider.taken) <= 1
        state = here.state()
        assert state in ({"sent"} if provider.taken and provider.recalls != "no" else {"sent", "unknown"})
        if fate == "429" or provider.recalls == "exactly":
            assert (state, len(provider.taken)) == ("sent", 1)


class Here:
    """An outbox of our own beside a carrier."""

    def __init__(self, database: Database, vault: Vault, time_machine) -> None:
        self.database, self.vault, self.clock = database, vault, time_machine

    def post(self, provider: Provider, subject: str = "1") -> None:
        with self.database.transaction() as session:
            outbox.post(
                session,
                OutboxMessage,
                vault=self.vault,
                purpose="notice",
                subject=subject,
                number=provider.number,
                template="ring",
                params=FACTS,
                channel="sms",
                priority="urgent",
                now=NOW,
            )

    def drain(self, provider: Provider, minutes: float = 0) -> None:
        at = NOW + timedelta(minutes=minutes)
        self.clock.move_to(at, tick=False)
        drain(Mailroom(self.database, OutboxMessage, {"sms": provider.carrier}, self.vault), now=at)

    def state(self) -> str:
        with self.database.reading() as session:
            return session.get_one(OutboxMessage, 1).state


@pytest.fixture
def here(seeds: Seeds, tmp_path: Path, keys: Keyring, time_machine) -> Iterator[Here]:
    with seeds.copy("sqlite", EMPTY["public"], folder=tmp_path, keys=keys) as database:
        yield Here(database, Vault(keys), time_machine)


@pytest.fixture
def gateway(tmp_path: Path, time_machine) -> Iterator[Provider]:
    made = MAKERS["http"](tmp_path)
    time_machine.move_to(NOW, tick=False)
    with made.serving():
        yield made


def test_a_gateway_is_told_the_template_by_its_own_name_with_parameters(gateway):
    params = {"url": "https://hy.example.cn/r/0", "day": "23日", "spot": "第3网格", "matter": "看护"}
    gateway.carrier.send("i-1-0", number="+8613800000000", template="rating", params=params)
    (asked,) = gateway.asked
    assert (asked["template"], asked["params"], asked["id"]) == ("SMS_1", params, "i-1-0")


def test_a_number_that_nobody_has_is_refused_and_not_tried_again(gateway, here):
    gateway.number = "+8613800009404"
    here.post(gateway)
    for minutes in (0, 10, 100):
        here.drain(gateway, minutes)
    assert here.state() == "failed"
    assert gateway.taken == []


def test_a_carrier_that_is_busy_for_a_day_is_given_up_and_one_press_sends_it_again(gateway, here):
    here.post(gateway)
    gateway.failures += ["429"] * 8
    for hour in range(24):
        here.drain(gateway, hour * 60)
    assert here.state() == "failed"
    with here.database.transaction() as session:
        outbox.retry(session, OutboxMessage, 1, now=NOW + timedelta(days=1))
    here.drain(gateway, 24 * 60)
    assert (here.state(), len(gateway.taken)) == ("sent", 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]]",
        b'{"id": 1}',
        b'{"id": "x", "status": ["delivered"]}',
        b"[" * 100_000,
        b'{"id": "' + b"x" * 65 + b'", "status": "sent"}',
        b'"text"',
    ],
)
def test_what_makes_no_sense_is_forged_though_it_is_signed(gateway, body):
    request = gateway.event("receipt", id="x", status="sent")

    signed = replace(
        request, body=body, headers={signing.HEADER: signing.sign("k" * 32, body, at=clock.now())}
    )
    try:
        events = gateway.carrier.events(signed, what="receipt")
    except Forged:
        return
    assert all(event.state == "" for event in events)


def test_no_secret_stands_in_what_is_written_of_a_carrier(provider):
    assert "hidden" not in repr(provider.carrier)
    assert KEY not in repr(provider.carrier)
    assert json.dumps(str(provider.carrier)).count("SECs") == 0
