"""A platform of our own that keeps the contract of click-to-call: it takes one identity once, and tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from huying.base import clock
from huying.base.asking import HttpAnswer, Unreached
from huying.telephony import signing
from huying.telephony.voice import Forged

Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Posts a signed body to an address and returns the status."""
OUTCOMES = {"0001": ("no_answer", ""), "0002": ("busy", ""), "0003": ("failed", "404")}
"""How a call to a number that ends so ends, with its SIP answer; any other is answered and talked through."""


@dataclass
class ClickToCall:
    """Both sign with `key`. `failures` are taken one by one: 429, 500, reset_before, reset_after, gone."""

    key: str
    post: Post = lambda _url, _body, _headers: 204
    now: Callable[[], datetime] = clock.now
    failures: list[str] = field(default_factory=list)
    dials: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    recorded: list[tuple[str, bool]] = field(default_factory=list)

    def take(self, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """Answer a request of ours, or fail as told."""
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "gone":
            raise Unreached
        if failure == "reset_before":
            raise ConnectionResetError
        if failure:
            return self._failing(failure, url, headers, body)
        return self._answer(urlsplit(url).path, headers, body)

    def _failing(self, failure: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        if failure == "reset_after":
            self._answer(urlsplit(url).path, headers, body)
            raise ConnectionResetError
        return HttpAnswer(int(failure), b"")

    def _answer(self, path: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        try:
            signed = path.encode() if body is None else body
            signing.check(self.key, signed, headers.get(signing.HEADER, ""), now=self.now())
        except Forged:
            return HttpAnswer(403, b"")
        said = json.loads(body) if body else {}
        self.asked.append((path, said))
        _empty, _dials, *rest = path.split("/")
        if not rest:
            return self._dial(said)
        dial = self.dials.get(rest[0])
        if dial is None:
            return HttpAnswer(404, b"")
        if rest[1:] == ["record"]:
            self.recorded.append((rest[0], said["on"]))
        elif rest[1:] == ["hang-up"]:
            dial["status"] = "completed" if dial["status"] == "in_progress" else "canceled"
        return HttpAnswer(200, json.dumps({"status": dial["status"], "sid": dial["sid"]}).encode())

    def _dial(self, said: dict[str, Any]) -> HttpAnswer:
        first = said["id"] not in self.dials
        dial = self.dials.setdefault(said["id"], {**said, "sid": f"P{len(self.dials)}", "status": "queued"})
        return HttpAnswer(201 if first else 200, json.dumps({"sid": dial["sid"]}).encode())

    def ring(self, dial_id: str) -> None:
        """Let a dial take its course, and tell of each step."""
        dial = self.dials[dial_id]
        end, sip = OUTCOMES.get(dial["number"][-4:], ("completed", ""))
        talks = ["in_progress"] if end == "completed" else []
        for seq, status in enumerate(["initiated", "ringing", *talks, end]):
            dial["status"] = status
            self.tell(dial_id, status, seq=seq, sip=sip if status == end else "")

    def tell(self, dial_id: str, status: str, *, seq: int, sip: str = "") -> int:
        """Post one event."""
        dial = self.dials[dial_id]
        said = {"id": dial_id, "sid": dial["sid"], "seq": seq, "status": status, "sip": sip}
        body = json.dumps(said).encode()
        return self.post(dial["events"], body, {signing.HEADER: signing.sign(self.key, body, at=self.now())})
