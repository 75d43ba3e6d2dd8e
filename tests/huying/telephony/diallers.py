"""Every dialler beside whoever carries its calls: one set of tests for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from huying.base import clock
from huying.telephony import signing
from huying.telephony.dialler import Dialler
from huying.telephony.fake_dialler import FakeDialler, sid_of
from huying.telephony.http_dialler import HttpDialler
from huying.telephony.manual import ManualDialler
from huying.telephony.twilio_dialler import TwilioDialler
from huying.telephony.voice import WebRequest
from huying.testing.click_to_call import ClickToCall
from huying.testing.fake_twilio import FakeTwilio
from huying.testing.mischief import sign
from tests.huying.telephony.gateways import elsewhere

KEY = "k" * 32
BASE = "https://hy.example.cn"
ACCOUNT, OURS = "AC" + "0" * 32, "+85212345678"
DIAL = "01JDX0000000000000000DIAL1"
NUMBERS = {"U1/1": "+99910000000", "U2/1": "+99910000001", "U3/1": "+99910000002", "U4/1": "+99910000003"}
ENDS = {"U1/1": "completed", "U2/1": "no_answer", "U3/1": "busy", "U4/1": "failed"}


def seat(code: str) -> str:
    return f"sip:{code}@seats.example"


@dataclass
class Provider:
    """Whoever carries the calls of a dialler; `told` is what was posted to us."""

    dialler: Dialler = field(init=False)
    told: list[tuple[str, WebRequest]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[None]:
        yield

    def placed(self) -> int:
        """How many calls there are."""
        return 0

    def carry(self, dial_id: str, ref: str) -> None:
        """Let a call take its course."""

    def request(self, status: str) -> tuple[str, WebRequest]:
        """A signed request with an event, and its address."""
        body = json.dumps({"id": DIAL, "sid": sid_of(DIAL), "seq": 1, "status": status}).encode()
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        return "status", WebRequest(f"{BASE}/dialler/{self.dialler.name}/status", headers, {}, body)


class ByHand(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.dialler = ManualDialler()


class InPlay(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2026, 11, 23, 2, tzinfo=UTC)
        self.dialler = FakeDialler(NUMBERS.__getitem__, KEY, now=lambda: self.at)
        self.begun = self.at

    def carry(self, dial_id: str, ref: str) -> None:
        self.at += timedelta(minutes=20)
        self.known = self.dialler.reconcile(dial_id, number_ref=ref, interviewer="801", since=self.begun)


class Platform(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.platform = ClickToCall(KEY, post=self._post, failures=self.failures)
        self.dialler = HttpDialler(
            NUMBERS.__getitem__, KEY, "https://platform.example", BASE, frozenset({"record", "listen"}),
            send=self.platform.take,
        )  # fmt: skip

    def _post(self, url: str, body: bytes, headers: Any) -> int:
        self.told.append((url.rpartition("/")[2], WebRequest(url, headers, {}, body)))
        return 204

    def placed(self) -> int:
        return len(self.platform.dials)

    def carry(self, dial_id: str, ref: str) -> None:
        self.platform.ring(dial_id)


class Twilio(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeTwilio(ACCOUNT, KEY, self._post, failures=self.failures)

    @contextmanager
    def serving(self) -> Iterator[None]:
        with self.fake.serving() as address:
            self.dialler = TwilioDialler(
                NUMBERS.__getitem__, ACCOUNT, KEY, OURS, BASE, seat, make_client=partial(elsewhere, address)
            )
            yield

    def _post(self, url: str, form: Any, headers: Any) -> tuple[int, str]:
        many = {name: [value] for name, value in form.items()}
        what = url.partition("?")[0].rpartition("/")[2]
        self.told.append((what, WebRequest(url, headers, many, b"")))
        return 204, ""

    def placed(self) -> int:
        return sum(call.direction == "outbound-api" for call in self.fake.calls.values())

    def carry(self, dial_id: str, ref: str) -> None:
        self.fake.pass_time(300)

    def request(self, status: str) -> tuple[str, WebRequest]:
        form = {"CallSid": "CA2", "ParentCallSid": "CA1", "CallStatus": status.replace("_", "-")}
        url = f"{BASE}/dialler/twilio/household?id={DIAL}"
        many = {name: [value] for name, value in form.items()}
        return "household", WebRequest(url, {"X-Twilio-Signature": sign(KEY, url, form)}, many, b"")


PROVIDERS = {"manual": ByHand, "fake": InPlay, "http": Platform, "twilio": Twilio}
TELLING = sorted(PROVIDERS.keys() - {"manual"})
ASKING = sorted(PROVIDERS.keys() - {"manual", "fake"})
