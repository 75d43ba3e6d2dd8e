"""Outside the demonstration: real settings, a carrier of our own over HTTP, thirty days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.app import create_app
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import checks
from feedback.models import Contact, MessageReceipt, MessageReply, OutboxMessage, Ping
from feedback.reach.operations import reports
from feedback.side import SIDE
from huying.base import clock
from huying.base.channels import Channels, Sms
from huying.base.voice import Voice
from huying.messaging import outbox
from huying.side.worker import BackgroundWorker
from huying.store.installation import Installation
from huying.telephony import signing
from tests.feedback.neighbourhood import LI, WANG, settings_in
from tests.huying.messaging.providers import KEY, Gateway

KEPT_ALIVE = ("settle undelivered pings", "ask numbers", "tell of cases", "send messages")


def real(data: Path, address: str):
    """Settings of an installation that serves people, with a carrier or without."""
    sms = Sms("http", KEY, address) if address else Sms()
    return replace(
        settings_in(data),
        demo=False,
        base_url="https://hy.example.cn",
        secret="s" * 40,
        channels=Channels(sms),
        allowed_numbers="invented",
    )


@dataclass
class Served:
    """An app, its carrier, and somebody who works in the background."""

    app: Flask
    gateway: Gateway
    moment: object

    @property
    def here(self) -> Installation:
        return self.app.extensions["huying"]

    def work(self) -> None:
        tasks = [task for task in SIDE.tasks if task.name in KEPT_ALIVE]
        worker = BackgroundWorker(self.here, tasks, tell=lambda _said: None)
        assert worker.round(), worker.failed

    def tell(self, what: str, **said: str) -> int:
        body = json.dumps(said).encode()
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        return self.app.test_client().post(f"/sms/http/{what}", data=body, headers=headers).status_code

    def shown(self) -> str | None:
        with self.here.database.reading() as session:
            return contacts.answer(session, "g3", at=clock.now(), vault=self.here.vault).number


@pytest.fixture
def served(data: Path, moment) -> Iterator[Served]:
    gateway = Gateway()
    with gateway.serving():
        app = create_app(real(data, gateway.carrier.address))
        yield Served(app, gateway, moment)
        app.extensions["huying"].database.dispose()


@pytest.fixture
def silent(data: Path, moment) -> Iterator[Served]:
    app = create_app(real(data, ""))
    yield Served(app, Gateway(), moment)
    app.extensions["huying"].database.dispose()


def test_with_a_carrier_numbers_stay_fresh_for_thirty_days(served):
    answered = 0
    for _half_day in range(61):
        served.work()
        for asked in served.gateway.asked[answered:]:
            assert served.tell("receipt", id=asked["id"], status="delivered") == 204
            seq = asked["id"]
            assert served.tell("reply", **{"from": asked["to"], "text": "1", "seq": seq}) == 204
        answered = len(served.gateway.asked)
        assert served.shown() == WANG
        served.moment.shift(timedelta(hours=12))
    asked_of_wang = [each for each in served.gateway.asked if each["to"] == WANG]
    assert 4 <= len(asked_of_wang) <= 6
    with served.here.database.reading() as session:
        assert {message.state for message in session.scalars(select(OutboxMessage))} == {"delivered"}


def test_without_a_carrier_every_number_is_listed_before_it_lapses_and_nobody_is_asked_in_vain(silent):
    areas = {"g3", "g4", "m1", "s1"}
    seen: set[int] = set()
    with silent.here.database.transaction() as session:  # everybody's first check
        for contact in session.scalars(select(Contact)):
            reports.prove(session, contact.id, now=clock.now())
    for _day in range(30):
        silent.work()
        with silent.here.database.transaction() as session:
            for check in checks.due(session, areas, asks=False, now=clock.now()):
                assert check.until is not None
                assert check.until > clock.now(), f"{check.owner} lapsed before anybody was told"
                if check.until <= clock.now() + timedelta(days=2):  # called at the last, not at the first
                    reports.prove(session, check.contact.id, now=clock.now())
                    seen.add(check.contact.id)
        assert silent.shown() == WANG
        silent.moment.shift(timedelta(days=1))
    with silent.here.database.reading() as session:
        mobiles = set(session.scalars(select(Contact.id).where(Contact.kind == "mobile")))
        assert mobiles <= seen
        assert session.scalars(select(Ping)).all() == []
        assert session.scalars(select(OutboxMessage)).all() == []


def test_a_forged_word_is_refused_and_stored_nowhere(served):
    served.moment.shift(timedelta(days=6))
    served.work()
    body = json.dumps({"id": served.gateway.asked[0]["id"], "status": "delivered"}).encode()
    client = served.app.test_client()
    for headers in (
        {},
        {signing.HEADER: "t=1,v1=0"},
        {signing.HEADER: signing.sign("x" * 32, body, at=clock.now())},
    ):
        assert client.post("/sms/http/receipt", data=body, headers=headers).status_code == 403
    assert client.post("/sms/twilio/receipt", data=body).status_code == 404
    assert client.post("/sms/http/other", data=body).status_code == 404
    with served.here.database.reading() as session:
        assert session.scalars(select(MessageReceipt)).all() == []
        assert {message.state for message in session.scalars(select(OutboxMessage))} == {"sent"}


def test_words_repeated_and_reordered_are_stored_once_and_give_one_state(served):
    served.moment.shift(timedelta(days=6))
    served.work()
    identity = served.gateway.asked[0]["id"]
    for status in ("delivered", "sent", "failed", "delivered", "musing"):
        assert served.tell("receipt", id=identity, status=status) == 204
    with served.here.database.reading() as session:
        assert len(session.scalars(select(MessageReceipt)).all()) == 4
        assert "delivered" in {message.state for message in session.scalars(select(OutboxMessage))}


def test_a_number_that_the_carrier_says_nobody_has_is_shown_no_more(served):
    served.moment.shift(timedelta(days=6))
    served.work()
    (asked,) = [each for each in served.gateway.asked if each["to"] == WANG]
    served.tell("receipt", id=asked["id"], status="failed", code="vacant")
    served.work()
    assert served.shown() is None


def test_a_carrier_s_own_trouble_says_nothing_of_a_number(served):
    served.moment.shift(timedelta(days=6))
    served.gateway.failures += ["429"] * 5
    served.work()
    with served.here.database.reading() as session:
        assert {contact.failed_at for contact in session.scalars(select(Contact))} == {None}
        assert session.scalars(select(OutboxMessage)).first().state == "queued"


def test_somebody_else_s_words_go_to_the_operator(served):
    assert served.tell("reply", **{"from": LI, "text": "请回电", "seq": "1"}) == 204
    with served.here.database.reading() as session:
        (reply,) = session.scalars(select(MessageReply))
        assert (reply.understood, reply.text) == ("other", "请回电")


@pytest.fixture
def spoken(data: Path, moment) -> Iterator[Served]:
    """An installation whose gateway for calls is spoken to over the contract too."""
    made = replace(real(data, ""), voice=Voice("http", KEY, address="https://carrier.example"))
    app = create_app(made)
    yield Served(app, Gateway(), moment)
    app.extensions["huying"].database.dispose()


@pytest.mark.parametrize(("result", "state"), [("answered", "delivered"), ("no_answer", "failed")])
def test_a_telephone_that_rang_says_whether_anybody_heard_it(spoken, result, state):
    here = spoken.here
    with here.database.transaction() as session:
        outbox.post(
            session,
            OutboxMessage,
            vault=here.vault,
            purpose="notice",
            subject="1/voice",
            number=WANG,
            template="ring",
            params={},
            channel="voice",
            priority="urgent",
            now=clock.now(),
        )
        message = session.scalars(select(OutboxMessage)).one()
        message.state, identity = "sent", message.identity
    for seq in (1, 1, 2):
        body = json.dumps({"call": "c", "seq": seq, "id": f"m.{identity}", "result": result}).encode()
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        client = spoken.app.test_client()
        assert client.post("/voice/http/status", data=body, headers=headers).status_code == 204
    with here.database.reading() as session:
        assert session.scalars(select(OutboxMessage)).one().state == state
        assert len(session.scalars(select(MessageReceipt)).all()) == 1
