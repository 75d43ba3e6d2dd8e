"""A Twilio of our own: keeps calls, follows markup, signs what it posts, and misbehaves when it is told to.

As the provider's own descriptions warn, a webhook may come twice, late, in another order or not at all; a
request may be accepted although its answer is lost.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from huying.testing import twilio_server
from huying.testing.mischief import BY_SHARED_KEY, Mischief, sign
from huying.testing.twilio_calls import FakeCall, FakeRecording, Leg, codes, dialled, script
from huying.testing.twilio_server import fault

Post = Callable[[str, Mapping[str, str], Mapping[str, str]], tuple[int, str]]
"""Posts a form with headers to an address; returns status and body."""

OUTCOMES = {
    "0000": "answered",
    "0001": "no-answer",
    "0002": "busy",
    "0003": "failed",
    "0004": "machine",
}
"""How a number that ends so behaves. Any other answers.

`failed` comes with SIP 404, `failed/503` with that, `failed/13224` with an error of the provider's.
"""
OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
CALLS = re.compile(
    r"^/2010-04-01/Accounts/(?P<account>AC[0-9a-f]{32})/Calls(?:/(?P<sid>CA[0-9a-f]{32}))?"
    r"(?P<recordings>/Recordings(?:/(?P<recording>RE[0-9a-f]{32}))?)?\.json$"
)


@dataclass
class FakeCaller:
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
    """One account. `post` reaches the app under test; `now` is a clock in seconds that only tests move.

    With a `shared_key` it signs by SHA-256.
    """

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
    waiting: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    shared_key: str = ""
    per_second: int = 0
    """How many calls begin in a second; the rest queue. 0: as many as come."""
    at_once: int = 0
    """How many calls are taken within a second; others are refused with 429. 0: as many as come."""
    free_at: int = 0
    taken: list[int] = field(default_factory=list)

    # what a caller does

    def call_in(self, url: str, caller: FakeCaller, *, ended: str) -> FakeCall:
        """Carry a call from its first ring to its end; `ended` is the address that is told of the end."""
        call = self._new(to="+85212345678", caller=caller.number, direction="inbound")
        call.status, call.callback, call.subscribed = "in-progress", ended, ("completed",)
        markup, keys = self._fetch(url, call, {}), iter(caller.keys)
        while markup:
            markup = self._follow(markup, call, caller, keys)
        call.status = "completed"
        self._tell(call, "completed")
        return call

    def _follow(self, markup: str, call: FakeCall, caller: FakeCaller, keys: Iterator[str]) -> str:
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

    def _dial(self, verb: ElementTree.Element, call: FakeCall, caller: FakeCaller) -> str:
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

    def _tell(self, call: FakeCall, event: str, *, at: int = 0, status: str = "") -> None:
        """Queue a status callback of somebody who asked for it."""
        if call.callback and event in call.subscribed:
            more = {"CallStatus": status} if status else {}
            self.waiting.append((at, call.callback, self._form(call, more)))
            if self.mischief.unknown_status:
                self.waiting.append((at, call.callback, self._form(call, {"CallStatus": "musing"})))

    def pass_time(self, seconds: int) -> None:
        """Move the clock, and post the callbacks that are due by then."""
        self.now += seconds
        due = [each for each in self.waiting if each[0] <= self.now]
        self.waiting = [each for each in self.waiting if each[0] > self.now]
        self._post(sorted(due, key=lambda each: each[0]))

    def deliver(self) -> None:
        """Post all callbacks that wait, as badly as mischief says."""
        waiting, self.waiting = self.waiting, []
        self._post(waiting)

    def _post(self, waiting: list[tuple[int, str, dict[str, str]]]) -> None:
        waiting = waiting + [each for each in waiting if self._roll(self.mischief.repeated)]
        if self.mischief.shuffled:
            self.mischief.shuffle(waiting)
        for _at, url, form in waiting:
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
        optional = {
            "ParentCallSid": call.parent,
            "SipResponseCode": call.sip,
            "ErrorCode": call.error,
            "AnsweredBy": call.answered_by,
        }
        return form | {name: value for name, value in optional.items() if value} | dict(more)

    def _send(self, url: str, form: Mapping[str, str]) -> tuple[int, str]:
        signed = url.replace("https:", "http:") if self.mischief.other_scheme else url
        key, header = (self.shared_key, BY_SHARED_KEY) if self.shared_key else (self.token, {})
        key = "another" if self._roll(self.mischief.forged) else key
        signature = sign(key, signed, form, by="sha256" if header else "sha1")
        status, body = self.post(url, form, {"X-Twilio-Signature": signature, **header})
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
            return fault(401, 20003, "Authenticate")
        if found is None or found["account"] != self.account:
            return fault(404, 20404, f"The requested resource {parts.path} was not found")
        if method == "POST" and found["sid"] is None:
            return self._create(form)
        if found["sid"] is None:
            return 200, self._listed(parse_qs(parts.query))
        call = self.calls.get(found["sid"])
        if call is None:
            return fault(404, 20404, f"The requested resource {parts.path} was not found")
        if found["recordings"]:
            return self._recorded(method, call, found["recording"] or "", form)
        if method == "POST" and form.get("Status") == ["completed"]:
            return self._ended(call)
        return 200, call.public(self.account, self.now)

    def _ended(self, call: FakeCall) -> tuple[int, dict[str, Any]]:
        if call.status_at(self.now) in OVER:
            return fault(400, 21220, "Call is not in-progress. Cannot redirect.")
        for each in [leg for leg in self.calls.values() if leg.parent == call.sid] + [call]:
            self.waiting = [
                due for due in self.waiting if due[2]["CallSid"] != each.sid or due[0] <= self.now
            ]
            each.end(self.now)
            self._tell(each, "completed", at=self.now, status=each.status_at(self.now))
        return 200, call.public(self.account, self.now)

    def _recorded(
        self, method: str, call: FakeCall, sid: str, form: Mapping[str, list[str]]
    ) -> tuple[int, dict[str, Any]]:
        if method == "GET":
            told = [_public(each) for each in call.recordings]
            return 200, {"recordings": told, "next_page_uri": None, "page": 0, "page_size": 50}
        if sid:
            found = next(each for each in call.recordings if each.sid == sid)
            found.status = form["Status"][0]
            return 200, _public(found)
        if call.status_at(self.now) != "in-progress":
            return fault(400, 21220, "The call is not in progress")
        made = FakeRecording(
            self._sid("RE", f"{call.sid}{len(call.recordings)}"), form["RecordingChannels"][0]
        )
        call.recordings.append(made)
        return 201, _public(made)

    def _create(self, form: Mapping[str, list[str]]) -> tuple[int, dict[str, Any]]:
        if not form.get("To"):
            return fault(400, 21201, "No 'To' number is specified")
        if self.at_once and self.taken.count(self.now) >= self.at_once:
            return fault(429, 20429, "Too many requests")
        self.taken.append(self.now)
        call = self._new(to=form["To"][0], caller=form.get("From", [""])[0], direction="outbound-api")
        call.callback = form.get("StatusCallback", [""])[0]
        call.subscribed = tuple(form.get("StatusCallbackEvent", ["completed"]))
        call.markup = form.get("Twiml", [""])[0]
        start = max(call.began, self.free_at)
        self.free_at = start + 1 if self.per_second else 0
        self._place(call, start=start, then=dialled(call.markup))
        return 201, call.public(self.account, self.now)

    def _place(self, call: FakeCall, *, start: int, then: Leg | None = None, rings_for: int = 30) -> int:
        """Let a call take its course, and that of the number that it dials; return when it is over."""
        outcome = self.outcomes.get(call.to[-4:], "answered")
        call.steps = script(outcome, start, rings_for=rings_for)
        if then is not None and outcome == "answered":
            over = self._dial_on(call, then, start=call.steps[-2][0])
            call.steps[-1] = (over, "completed", "completed")
        for name, code in codes(outcome).items():
            setattr(call, name, code)
        for at, event, status in call.steps:
            self._tell(call, event, at=at, status=status)
        call.status = call.steps[-1][2]
        return call.steps[-1][0]

    def _dial_on(self, call: FakeCall, leg: Leg, *, start: int) -> int:
        made = self._new(to=leg.number, caller=leg.caller, direction="outbound-dial", at=start)
        made.parent, made.callback, made.subscribed = call.sid, leg.callback, leg.subscribed
        if leg.detects and self.outcomes.get(leg.number[-4:]) == "machine":
            made.answered_by = "machine_start"
        return self._place(made, start=start, rings_for=leg.rings_for)

    def _listed(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        to, since = query.get("To", [""])[0], query.get("StartTime>", [""])[0]
        after = datetime.fromisoformat(since).timestamp() if since else 0
        found = [
            call
            for call in self.calls.values()
            if (not to or call.to == to) and after <= call.began <= self.now
        ]
        told = [call.public(self.account, self.now) for call in reversed(found)]
        return {"calls": told, "next_page_uri": None, "page": 0}

    def _new(self, *, to: str, caller: str, direction: str, at: int = 0) -> FakeCall:
        call = FakeCall(
            sid=self._sid("CA", str(len(self.calls))),
            to=to,
            caller=caller,
            direction=direction,
            began=at or self.now,
        )
        self.calls[call.sid] = call
        return call

    def _sid(self, kind: str, seed: str) -> str:
        return (
            kind + hmac.new(self.token.encode(), f"{self.mischief.seed}/{seed}".encode(), "md5").hexdigest()
        )

    def _roll(self, share: float) -> bool:
        return self.mischief.strikes(share, turn=len(self.answers))

    def serving(self) -> AbstractContextManager[str]:
        """Serve the API on loopback; yield its address."""
        return twilio_server.serving(self)


def _public(recording: FakeRecording) -> dict[str, Any]:
    return {"sid": recording.sid, "status": recording.status, "channels": 2}
