"""The carrier of a town within one transaction: it fails, tells late, and keeps what reached whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from feedback.messages import Linking
from feedback.models import OutboxMessage
from feedback.notices.operations import replies, telling
from feedback.notices.queries.recipients import Ways
from huying.base import clock
from huying.base.asking import HttpAnswer
from huying.base.clock import LOCAL
from huying.base.phones import Vault
from huying.messaging import hours, sending
from huying.messaging.http import HttpCarrier
from huying.telephony import signing
from huying.telephony.voice import Forged, WebRequest
from tests.feedback.town import LI, RESIDENT, WANG
from tests.huying.messaging.providers import BASE, KEY, Gateway

NUMBERS = [RESIDENT, "+99913800002", WANG, LI]
SMS = Ways(frozenset({"sms"}))
TROUBLE = {"30003", "30004"}


@dataclass(frozen=True)
class Wired(HttpCarrier):
    """The genuine adapter, a wire's length from its gateway: what is sent and signed is all real."""

    gateway: Gateway = field(default_factory=Gateway)

    def _ask(self, path: str, text: bytes | None = None) -> HttpAnswer:
        failures = self.gateway.failures
        failure = failures.pop(0) if failures else ""
        if failure in {"429", "500"}:
            return HttpAnswer(int(failure), b"{}")
        if failure == "reset_before":
            raise ConnectionError
        signed = text if text is not None else path.encode()
        headers = {signing.HEADER: signing.sign(self.key, signed, at=clock.now())}
        method = "GET" if text is None else "POST"
        status, document = self.gateway.api(method, path, headers, text or b"")
        if failure == "reset_after":
            raise ConnectionError
        return HttpAnswer(status, json.dumps(document).encode())


@dataclass
class WithinOne:
    """A database whose transactions all lie within one."""

    session: Session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.session.begin_nested():
            yield self.session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        yield self.session


@dataclass
class Letters:
    """What leaves the town and what comes back; `faults` is empty while all is well."""

    session: Session
    vault: Vault
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gateway = Gateway()
        self.wire = Wired(KEY, "https://carrier.example", gateway=self.gateway)
        self.seen, self.stopped, self.keys = 0, set[str](), set[str]()
        self.taken, self.failed = Counter[str](), set[str]()

    def work(self, moods: list[str], *, now: datetime) -> None:
        """Tell what is new and send what is queued; the next requests fare as `moods` say."""
        telling.tell(self.session, means=SMS, vault=self.vault, now=now)
        self.gateway.failures[:] = moods
        here = WithinOne(self.session)
        carrier = Linking(self.wire, BASE, self.vault, here)
        post = sending.Mailroom(here, OutboxMessage, {"sms": carrier}, self.vault, replies.stopped)
        sending.drain(post, now=now)
        self.gateway.failures.clear()
        for message in self.gateway.asked[self.seen :]:
            self._look(message["id"], message["to"], now=now)
        self.seen = len(self.gateway.asked)

    def tell(self, which: int, word: str, *, now: datetime) -> None:
        """Let the carrier say late what became of one of the last messages; a forged word is refused."""
        if not self.gateway.asked:
            return
        identity = self.gateway.asked[-1 - which % min(10, len(self.gateway.asked))]["id"]
        said = {"id": identity, "status": "failed", "code": word} if word in TROUBLE else {}
        if word in TROUBLE:
            self.failed.add(identity)
        self._take("receipt", said or {"id": identity, "status": word}, now=now)

    def hear(self, number: str, text: str, *, key: str, now: datetime) -> None:
        """Let somebody write back, perhaps once more the same."""
        if f"{number}/{key}" not in self.keys:
            self.keys.add(f"{number}/{key}")
            change = {"恢复": self.stopped.discard, "1": lambda _number: None}.get(text, self.stopped.add)
            change(number)
        self._take("reply", {"from": number, "text": text, "seq": key}, now=now)

    def _take(self, what: str, said: dict[str, str], *, now: datetime) -> None:
        body = json.dumps(said).encode()
        for key in ("x" * 32, KEY):
            headers = {signing.HEADER: signing.sign(key, body, at=clock.now())}
            request = WebRequest(f"{BASE}/sms/http/{what}", headers, {}, body)
            if key != KEY:
                with pytest.raises(Forged):
                    self.wire.events(request, what=what)
                continue
            for event in self.wire.events(request, what=what):
                replies.take(self.session, event, vault=self.vault, region="CN", allowed="invented", now=now)

    def _look(self, identity: str, number: str, *, now: datetime) -> None:
        row, _dash, _retried = identity.rpartition("-")
        self.taken[row] += 1
        before = sum(each.startswith(f"{row}-") for each in self.failed)
        if self.taken[row] > 1 + before:
            self.faults.append(f"{row} went out twice")
        message = self.session.get_one(OutboxMessage, int(row.rpartition("-")[2]))
        if number in self.stopped and message.purpose not in replies.PASSING:
            self.faults.append(f"{message.purpose} went to somebody who said stop")
        quiet = hours.is_quiet(now, timezone=LOCAL)
        if quiet and message.priority == hours.USUAL:
            self.faults.append(f"{message.purpose} went by night")
