"""A Twilio of our own: keeps calls, follows markup, signs what it posts, and misbehaves when it is told to.

As the provider's own descriptions warn, a webhook may come twice, late, in another order or not at all; a
request may be accepted although its answer is lost.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree

Post = Callable[[str, Mapping[str, str], Mapping[str, str]], tuple[int, str]]
"""Posts a form with headers to an address; returns status and body."""

OUTCOMES = {
    "0000": "answered",
    "0001": "no-answer",
    "0002": "busy",
    "0003": "failed",
}
"""How a number that ends so behaves; `failed` comes with SIP 404. Any other answers."""
CALLS = re.compile(
    r"^/2010-04-01/Accounts/(?P<account>AC[0-9a-f]{32})/Calls(?:/(?P<sid>CA[0-9a-f]{32}))?\.json$"
)
CODES = {"429": 20429, "500": 20500}
"""Failures that are answered; the others, reset_before and reset_after, cut the line."""
DOCUMENT_AT = "https://www.twilio.com/docs/errors/"


@dataclass
class Mischief:
    """How badly callbacks travel: shares of those repeated and lost; whether they are shuffled."""

    seed: int = 0
    repeated: float = 0.0
    lost: float = 0.0
    shuffled: bool = False
    unknown_status: bool = False


@dataclass
class FakeCall:
    """A call as the provider knows it."""

    sid: str
    to: str
    caller: str
    direction: str
    status: str = "queued"
    sip: str = ""
    callback: str = ""
    subscribed: tuple[str, ...] = ()
    markup: str = ""
    began: int = 0

    def public(self, account: str) -> dict[str, Any]:
        """Return what the API tells of it."""
        return {
            "sid": self.sid,
            "account_sid": account,
            "to": self.to,
            "from": self.caller,
            "direction": self.direction,
            "status": self.status,
        }


@dataclass
class Caller:
    """Somebody with a telephone: what is keyed at each question, and when the receiver goes down.

    `keys` are taken one by one; after the last one silence. `hangs_up_in_leg`: while that number still rings.
    """

    number: str
    keys: Sequence[str] = ()
    hangs_up_in_leg: int = 0
    heard: list[str] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)


@dataclass
class FakeTwilio:
    """One account. `post` reaches the app under test; `now` is a clock in seconds that only tests move."""

    account: str
    token: str
    post: Post
    mischief: Mischief = field(default_factory=Mischief)
    now: int = 1_800_000_000
    outcomes: dict[str, str] = field(default_factory=lambda: dict(OUTCOMES))
    calls: dict[str, FakeCall] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    waiting: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    # what a caller does

    def call_in(self, url: str, caller: Caller, *, ended: str) -> FakeCall:
        """Carry a call from its first ring to its end; `ended` is the address that is told of the end."""
        call = self._new(to="+85212345678", caller=caller.number, direction="inbound")
        call.status, call.callback, call.subscribed = "in-progress", ended, ("completed",)
        markup, keys = self._fetch(url, call, {}), iter(caller.keys)
        while markup:
            markup = self._follow(markup, call, caller, keys)
        call.status = "completed"
        self._tell(call, "completed")
        return call

    def _follow(self, markup: str, call: FakeCall, caller: Caller, keys: Iterator[str]) -> str:
        """Do what a document says; return the next one, empty where the call is over."""
        root = ElementTree.fromstring(markup)  # noqa: S314  (our own markup)
        for verb in root:
            caller.heard += [
                said.text or "" for said in ([verb] if verb.tag == "Say" else verb.findall("Say"))
            ]
            if verb.tag == "Gather":
                return self._fetch(verb.attrib["action"], call, {"Digits": next(keys, "")})
            if verb.tag == "Dial":
                return self._dial(verb, call, caller)
            if verb.tag == "Hangup":
                return ""
        return ""

    def _dial(self, verb: ElementTree.Element, call: FakeCall, caller: Caller) -> str:
        number = (verb.findtext("Number") or "").strip()
        caller.rung.append(number)
        if len(caller.rung) == caller.hangs_up_in_leg:
            return ""
        outcome = self.outcomes.get(number[-4:], "answered")
        status = "completed" if outcome == "answered" else outcome
        more = {"DialCallStatus": status, "DialCallSid": self._sid("CA", f"leg{len(caller.rung)}{call.sid}")}
        if outcome == "failed":
            more["DialSipResponseCode"] = "404"
        return self._fetch(verb.attrib["action"], call, more)

    # what the provider posts

    def _fetch(self, url: str, call: FakeCall, more: Mapping[str, str]) -> str:
        """Ask for markup; where mischief repeats the request, the last answer counts."""
        form = self._form(call, more)
        times = 2 if self._roll(self.mischief.repeated) else 1
        status, body = 0, ""
        for _time in range(times):
            status, body = self._send(url, form)
        return body if status == 200 else ""

    def _tell(self, call: FakeCall, event: str) -> None:
        """Queue a status callback of somebody who asked for it."""
        if call.callback and event in call.subscribed:
            self.waiting.append((call.callback, self._form(call, {})))
            if self.mischief.unknown_status:
                self.waiting.append((call.callback, self._form(call, {"CallStatus": "musing"})))

    def deliver(self) -> None:
        """Post the callbacks that wait, as badly as mischief says."""
        waiting, self.waiting = self.waiting, []
        waiting += [each for each in waiting if self._roll(self.mischief.repeated)]
        if self.mischief.shuffled:
            random.Random(self.mischief.seed).shuffle(waiting)  # noqa: S311
        for url, form in waiting:
            if not self._roll(self.mischief.lost):
                self.now += 1
                self._send(url, {**form, "Timestamp": str(self.now)})

    def _form(self, call: FakeCall, more: Mapping[str, str]) -> dict[str, str]:
        form = {
            "CallSid": call.sid,
            "AccountSid": self.account,
            "From": call.caller,
            "To": call.to,
            "CallStatus": call.status,
            "Direction": call.direction,
            "ApiVersion": "2010-04-01",
        }
        if call.sip:
            form["SipResponseCode"] = call.sip
        return form | dict(more)

    def _send(self, url: str, form: Mapping[str, str]) -> tuple[int, str]:
        status, body = self.post(url, form, {"X-Twilio-Signature": sign(self.token, url, form)})
        self.answers.append((urlsplit(url).path, status))
        return status, body

    # what its API answers

    def api(
        self, method: str, path: str, form: Mapping[str, list[str]], given: str
    ) -> tuple[int, dict[str, Any]]:
        """Answer a request of the API: status and document."""
        parts = urlsplit(path)
        self.requests.append((method, parts.path))
        found = CALLS.match(parts.path)
        if given != "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode():
            return _fault(401, 20003, "Authenticate")
        if found is None or found["account"] != self.account:
            return _fault(404, 20404, f"The requested resource {parts.path} was not found")
        if method == "POST" and found["sid"] is None:
            return self._create(form)
        if found["sid"] is None:
            return 200, self._listed(parse_qs(parts.query))
        call = self.calls.get(found["sid"])
        if call is None:
            return _fault(404, 20404, f"The requested resource {parts.path} was not found")
        if method == "POST" and form.get("Status") == ["completed"]:
            call.status = "completed"
        return 200, call.public(self.account)

    def _create(self, form: Mapping[str, list[str]]) -> tuple[int, dict[str, Any]]:
        if not form.get("To"):
            return _fault(400, 21201, "No 'To' number is specified")
        call = self._new(to=form["To"][0], caller=form.get("From", [""])[0], direction="outbound-api")
        call.callback = form.get("StatusCallback", [""])[0]
        call.subscribed = tuple(form.get("StatusCallbackEvent", ["completed"]))
        call.markup = form.get("Twiml", [""])[0]
        answer = call.public(self.account)
        self._place(call)
        return 201, answer

    def _place(self, call: FakeCall) -> None:
        outcome = self.outcomes.get(call.to[-4:], "answered")
        for event, status in (("initiated", "initiated"), ("ringing", "ringing")):
            call.status = status
            self._tell(call, event)
        if outcome == "answered":
            call.status = "in-progress"
            self._tell(call, "answered")
        call.status = "completed" if outcome == "answered" else outcome
        call.sip = "404" if outcome == "failed" else ""
        self._tell(call, "completed")

    def _listed(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        to, since = query.get("To", [""])[0], query.get("StartTime>", [""])[0]
        found = [
            call for call in self.calls.values() if (not to or call.to == to) and (not since or call.began)
        ]
        return {"calls": [call.public(self.account) for call in found], "next_page_uri": None, "page": 0}

    def _new(self, *, to: str, caller: str, direction: str) -> FakeCall:
        self.now += 1
        call = FakeCall(
            sid=self._sid("CA", str(len(self.calls))),
            to=to,
            caller=caller,
            direction=direction,
            began=self.now,
        )
        self.calls[call.sid] = call
        return call

    def _sid(self, kind: str, seed: str) -> str:
        return (
            kind + hmac.new(self.token.encode(), f"{self.mischief.seed}/{seed}".encode(), "md5").hexdigest()
        )

    def _roll(self, share: float) -> bool:
        if share in {0.0, 1.0}:
            return share == 1.0
        drawn = hmac.new(b"roll", f"{self.mischief.seed}/{len(self.answers)}".encode(), "sha256").digest()
        return int.from_bytes(drawn[:4]) / 2**32 < share

    # the API on a port of this machine

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve the API on loopback; yield its address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Api, self))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """Return a form's signature: HMAC-SHA1 of the address and the sorted fields, in base 64."""
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), "sha1").digest()).decode()


def _fault(status: int, code: int, message: str) -> tuple[int, dict[str, Any]]:
    more = f"{DOCUMENT_AT}{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


class _Api(BaseHTTPRequestHandler):
    """Answers for a fake on a port of this machine, or fails as the fake was told to."""

    def __init__(self, fake: FakeTwilio, *args: Any) -> None:
        self.fake = fake
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET", {})

    def do_POST(self) -> None:
        """Answer a wish."""
        length = int(self.headers.get("Content-Length") or 0)
        form: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True):
            form.setdefault(name, []).append(value)
        self._answer("POST", form)

    def _answer(self, method: str, form: Mapping[str, list[str]]) -> None:
        failure = self.fake.failures.pop(0) if self.fake.failures else ""
        if failure in CODES:
            self._write(*_fault(int(failure), CODES[failure], "Failed"))
            return
        if failure != "reset_before":
            given = self.headers.get("Authorization", "")
            answer = self.fake.api(method, self.path, form, given)
            if failure != "reset_after":
                self._write(*answer)
                return
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, status: int, document: Mapping[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""
