"""Every gateway beside a provider that speaks its language: one set of tests for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from huying.base import clock
from huying.telephony import signing
from huying.telephony.fake import FakeGateway
from huying.telephony.http import HttpGateway
from huying.telephony.twilio import TIMEOUT_S, TwilioGateway
from huying.telephony.voice import VoiceGateway, WebAnswer, WebRequest
from huying.testing.mischief import sign


class _Elsewhere(TwilioHttpClient):
    """The provider's client, sent to another host; `wants` is the status to ask a mock for."""

    def __init__(self, address: str, wants: str) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self.address, self.wants = address, wants

    def request(self, method, url, params=None, data=None, headers=None, **more):
        parts = urlsplit(url)
        there = f"{self.address}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        headers = {**(headers or {}), **({"Prefer": f"code={self.wants}"} if self.wants else {})}
        return super().request(method, there, params=params, data=data, headers=headers, **more)


@contextmanager
def elsewhere(address: str, account: str, token: str, *, wants: str = "") -> Iterator[Client]:
    """Yield the genuine client, pointed at another host."""
    http = _Elsewhere(address, wants)
    try:
        yield Client(account, token, http_client=http)
    finally:
        http.session.close()


KEY = "k" * 32
BASE = "https://hy.example.cn"
CALL = "CA" + "1" * 32
CALLER = "+99913811111"


@dataclass(frozen=True)
class Read:
    """What a provider is told to do."""

    say: str
    gathers: int = 0
    rings: str = ""
    leg: int = -1
    hangs_up: bool = False


@dataclass
class Provider:
    """The other half of a gateway."""

    gateway: VoiceGateway = field(init=False)
    placed: list[Any] = field(default_factory=list)
    fate: str = "accepted"

    def request(self, what: str, query: str = "", **said: object) -> WebRequest:
        raise NotImplementedError

    def read(self, answer: WebAnswer) -> Read:
        raise NotImplementedError


class JsonProvider(Provider):
    """Speaks the small signed contract."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = HttpGateway(KEY, "https://carrier.example", send=self._take)

    def _take(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        signing.check(KEY, body, headers[signing.HEADER], now=clock.now())
        self.placed.append((url, json.loads(body)))
        if self.fate == "lost":
            raise ConnectionResetError
        return {"accepted": 202, "refused": 422, "broken": 503}[self.fate]

    def request(self, what: str, query: str = "", **said: object) -> WebRequest:
        body = json.dumps({"call": CALL, "seq": 1, "from": CALLER, **said}).encode()
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        return WebRequest(f"{BASE}/voice/{self.gateway.name}/{what}", headers, {}, body)

    def read(self, answer: WebAnswer) -> Read:
        said = json.loads(answer.body)
        ring = said.get("connect", {})
        return Read(
            say=said["say"],
            gathers=said.get("gather", {}).get("digits", 0),
            rings=ring.get("number", ""),
            leg=ring.get("leg", -1),
            hangs_up=said.get("hang_up", False),
        )


class PlayProvider(JsonProvider):
    """The fake: the same bodies, nobody outside."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = FakeGateway(KEY)


class MarkupProvider(Provider):
    """Speaks forms and markup."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = TwilioGateway(
            "AC" + "0" * 32, KEY, "+85212345678", byoc="BY" + "0" * 32, make_client=self._client
        )

    def _client(self, _account: str, _token: str) -> Any:
        return nullcontext(SimpleNamespace(calls=SimpleNamespace(create=self._create)))

    def _create(self, **asked: object) -> None:
        self.placed.append(asked)
        if self.fate == "lost":
            raise ConnectionResetError
        if self.fate in {"refused", "broken"}:
            raise TwilioRestException(400 if self.fate == "refused" else 503, "/Calls")

    def request(self, what: str, query: str = "", **said: object) -> WebRequest:
        form = {"CallSid": CALL, "From": CALLER, "CallStatus": "in-progress"}
        if what == "digits":
            form["Digits"] = str(said["digits"])
        if what == "leg":
            result = str(said["result"])
            status = {"answered": "completed", "no_answer": "no-answer", "vacant": "failed"}
            form["DialCallStatus"] = status.get(result, result)
            form |= {"DialSipResponseCode": "404"} if result == "vacant" else {}
            query = f"leg={said['leg']}"
        if what == "status":
            form["CallStatus"] = "completed"
        url = f"{BASE}/voice/twilio/{what}" + (f"?{query}" if query else "")
        many = {name: [value] for name, value in form.items()}
        return WebRequest(url, {"X-Twilio-Signature": sign(KEY, url, form)}, many, b"")

    def read(self, answer: WebAnswer) -> Read:
        root = ElementTree.fromstring(answer.body)
        said = "".join(each.text or "" for each in root.iter("Say"))
        gather, dial = root.find("Gather"), root.find("Dial")
        return Read(
            say=said,
            gathers=int(gather.attrib["numDigits"]) if gather is not None else 0,
            rings=dial.findtext("Number") or "" if dial is not None else "",
            leg=int(dial.attrib["action"].rpartition("=")[2]) if dial is not None else -1,
            hangs_up=root.find("Hangup") is not None,
        )


PROVIDERS = {"fake": PlayProvider, "http": JsonProvider, "twilio": MarkupProvider}
