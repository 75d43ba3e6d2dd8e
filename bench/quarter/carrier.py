"""The carrier of the invented district: it fails part of the time; and what people write back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bench.quarter.habits import DistrictHabits
from feedback.notices.operations import replies
from huying.messaging.carriers import Carrier
from huying.store.installation import Installation
from huying.telephony import signing
from huying.telephony.voice import Forged, WebRequest
from tests.huying.messaging.providers import KEY, Gateway

FAILURES = ("429", "500", "reset_before", "reset_after")
HOUR = timedelta(hours=1)
Later = Callable[[datetime, Callable[[datetime], None]], None]


class Post:
    """Takes messages to people, tells what became of them late and twice, and brings back their replies."""

    def __init__(
        self, gateway: Gateway, here: Installation, *, chance: random.Random, habits: DistrictHabits
    ) -> None:
        self.gateway, self.here, self.chance, self.habits = gateway, here, chance, habits
        self.carrier: Carrier = gateway.carrier
        self.seen = self.replies = self.forged = 0
        self.reached: dict[str, datetime] = {}
        """When a message reached whom it was for, by its row."""
        self.twice: list[str] = []
        self.to_stopped: list[str] = []
        self.stopped: set[str] = set()

    def be_moody(self) -> None:
        """Decide how the next requests fare."""
        share = self.habits.carrier_fails
        moods = (self.chance.choice(FAILURES) if self.chance.random() < share else "" for _ in range(400))
        self.gateway.failures[:] = list(moods)

    def hand_out(
        self, later: Later, read: Callable[[dict[str, Any], datetime], None], *, now: datetime
    ) -> None:
        """Bring what was taken since the last time to people, who read it; tell the sender later."""
        fresh = self.gateway.asked[self.seen :]
        self.seen += len(fresh)
        for message in fresh:
            row = message["id"].rsplit("-", 1)[0]
            if message["to"] in self.stopped and message["template"] not in {"stopped", "proof", "code"}:
                self.to_stopped.append(f"{message['template']} {row}")
            arrives = self.chance.random() >= self.habits.phone_off
            if self.chance.random() >= self.habits.receipt_lost:
                self._tell_later(later, message, arrives=arrives, now=now)
            if arrives:
                if row in self.reached:
                    self.twice.append(f"{message['template']} {row}")
                self.reached[row] = now
                read(message, now)

    def _tell_later(self, later: Later, message: dict[str, Any], *, arrives: bool, now: datetime) -> None:
        words: tuple[dict[str, str], ...] = ({"status": "sent"}, {"status": "delivered"})
        if not arrives:
            words = ({"status": "failed", "code": self.chance.choice(("30003", "30004"))},)
        again = words[-1:] if self.chance.random() < self.habits.receipt_twice else ()
        for word in (*words, *again):
            at = now + HOUR * self.chance.uniform(0, 9)
            said = {"id": message["id"], **word}
            later(at, lambda when, said=said: self.tell("receipt", when, **said))  # type: ignore[misc]

    def reply(self, number: str, text: str, *, now: datetime) -> None:
        """Let somebody write back."""
        self.replies += 1
        self.tell("reply", now, **{"from": number, "text": text, "seq": str(self.replies)})

    def tell(self, what: str, now: datetime, **said: str) -> None:
        """Send an event as the carrier signs it, and one that somebody forged, which is refused."""
        body = json.dumps(said).encode()
        if self.chance.random() < 0.02:
            self._forge(what, body, now=now)
        headers = {signing.HEADER: signing.sign(KEY, body, at=now)}
        request = WebRequest(f"https://hy.example.cn/sms/http/{what}", headers, {}, body)
        for event in self.carrier.events(request, what=what):
            with self.here.database.transaction() as session:
                replies.take(session, event, vault=self.here.vault, region="CN", allowed="invented", now=now)

    def _forge(self, what: str, body: bytes, *, now: datetime) -> None:
        headers = {signing.HEADER: signing.sign("x" * 32, body, at=now)}
        try:
            self.carrier.events(WebRequest("https://hy.example.cn/sms/http/x", headers, {}, body), what=what)
        except Forged:
            self.forged += 1
        else:
            message = "a forged event was taken"
            raise AssertionError(message)
