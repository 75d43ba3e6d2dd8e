"""A gateway over one small signed JSON contract: for a domestic carrier's platform, or a PBX.

docs/telephony.md describes the contract for whoever writes the other half.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from huying.base import clock
from huying.telephony import signing
from huying.telephony.voice import (
    LEG_RESULTS,
    Abilities,
    CallEvent,
    CallStep,
    Connect,
    Forged,
    Gather,
    Placed,
    WebAnswer,
    WebRequest,
)

KINDS = {"call": "start", "digits": "digits", "leg": "leg", "status": "end"}
TIMEOUT_S = 10
MOST, LONGEST = 10**9, 32
"""No event has a larger number, no telephone a longer one."""
JSON = "application/json"

Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body with headers to an address and returns the status; raises OSError where nothing came back."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body over HTTPS, waiting TIMEOUT_S at most."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """Speaks the contract with the platform at `address`; both sign with `key`."""

    key: str
    address: str = ""
    send: Post = post
    name: str = "http"

    @property
    def abilities(self) -> Abilities:
        """Answers calls; joins two telephones where the platform's address is known."""
        return Abilities(answers=True, connects=bool(self.address), keys=bool(self.address))

    def reaches(self, number: str) -> bool:  # noqa: ARG002
        """Leave it to the platform: a leg that it can't ring comes back as failed."""
        return True

    def read(self, request: WebRequest, *, what: str) -> CallEvent:
        """Return the event of a signed body; raise Forged for an unsigned, old or malformed one."""
        signing.check(self.key, request.body, request.headers.get(signing.HEADER, ""), now=clock.now())
        try:
            return self._event(json.loads(request.body), what)
        except signing.UNREADABLE as error:
            raise Forged(signing.FORGED) from error

    def answer(self, step: CallStep | None, *, base_url: str) -> WebAnswer:  # noqa: ARG002
        """Return a step as JSON."""
        return WebAnswer(json.dumps(_told(step), ensure_ascii=False), JSON)

    def connect(self, identity: str, *, first: str, second: str, base_url: str) -> Placed:
        """Ask the platform to join two numbers; a lost answer, or a 5xx, leaves it unknown."""
        return self._ask("connect", {"id": identity, "first": first, "second": second}, base_url=base_url)

    def announce(self, identity: str, *, number: str, say: str, base_url: str, press: str = "") -> Placed:
        """Ask the platform to ring a number and say something; as `connect` otherwise."""
        wanted = {"id": identity, "number": number, "say": say} | ({"press": press} if press else {})
        return self._ask("announce", wanted, base_url=base_url)

    def _ask(self, what: str, wanted: Mapping[str, str], *, base_url: str) -> Placed:
        told = {**wanted, "events": f"{base_url}/voice/http/status"}
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {"Content-Type": JSON, signing.HEADER: signing.sign(self.key, body, at=clock.now())}
        try:
            status = self.send(f"{self.address}/{what}", body, headers)
        except OSError:
            return Placed.UNKNOWN
        if status >= 500:
            return Placed.UNKNOWN
        return Placed.ACCEPTED if status < 300 else Placed.REFUSED

    def _event(self, said: Mapping[str, Any], what: str) -> CallEvent:
        call, number, leg = str(said["call"]), int(said["seq"]), int(said.get("leg", 0))
        result = str(said.get("result", ""))
        told = what == "leg" or bool(said.get("id"))
        sound = 0 < len(call) <= 64 and 0 <= number < MOST and 0 <= leg < MOST
        if not sound or (told and result not in LEG_RESULTS):
            raise ValueError(what)
        return CallEvent(
            provider=self.name,
            call=call,
            kind=KINDS[what],
            key=f"{what}/{number}",
            caller=str(said.get("from", ""))[:LONGEST],
            digits=str(said.get("digits", ""))[:LONGEST],
            leg=leg,
            result=result,
            identity=str(said.get("id", "")),
            raw=json.dumps({"call": call, "seq": number, "what": what, "result": result}),
        )


def _told(step: CallStep | None) -> dict[str, Any]:
    if isinstance(step, Gather):
        keys = {"digits": step.digits, "finish": "#", "wait": step.wait_s, "turn": step.turn}
        return {"say": step.say, "gather": keys}
    if isinstance(step, Connect):
        ring = {"number": step.number, "leg": step.leg, "ring": step.ring_s, "limit": step.limit_s}
        return {"say": step.say, "connect": ring}
    return {"say": step.say, "hang_up": True} if step else {}
