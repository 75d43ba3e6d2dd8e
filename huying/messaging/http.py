"""Short messages over one small signed JSON contract: for the gateways of domestic carriers.

docs/messages.md describes the contract for whoever writes the other half.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from huying.base import asking, clock
from huying.base.asking import HttpAnswer
from huying.messaging import posting
from huying.messaging.carriers import UNKNOWN, Delivery, MessageEvent, Sent, body
from huying.telephony import signing
from huying.telephony.voice import Forged, WebRequest

JSON = "application/json"
NEVER_HEARD = 404
STATES = {"sent": "sent", "delivered": "delivered", "failed": "failed", "rejected": "failed"}
LONGEST_TEXT, LONGEST_NAME = 500, 64


@dataclass(frozen=True, slots=True)
class HttpCarrier:
    """Speaks the contract with the gateway at `address`; both sign with `key`."""

    key: str = field(repr=False)
    address: str
    templates: Mapping[str, str] = field(default_factory=dict)
    name: str = "http"

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Ask the gateway to send; it takes one identity once, however often it is asked."""
        wanted = {
            "id": identity,
            "to": number,
            "template": self.templates.get(template, template),
            "params": dict(params),
            "text": body(template, params),
        }
        text = json.dumps(wanted, ensure_ascii=False).encode()
        return posting.outcome(lambda: self._ask("/messages", text), read=_taken)

    def reconcile(
        self,
        identity: str,
        *,
        number: str,  # noqa: ARG002
        template: str,  # noqa: ARG002
        params: Mapping[str, str],  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> Sent | None:
        """Ask what became of a message; a gateway that never heard of it says 404."""
        try:
            answer = self._ask(f"/messages/{identity}")
        except (OSError, asking.Unreached):
            return None
        if answer.status == NEVER_HEARD:
            return Sent(Delivery.LATER, "unheard")
        found = posting.outcome(lambda: answer, read=_known)
        return None if found.delivery in {Delivery.UNKNOWN, Delivery.LATER} else found

    def events(self, request: WebRequest, *, what: str) -> tuple[MessageEvent, ...]:
        """Return the events of a signed body; raise Forged for an unsigned, old or malformed one."""
        signing.check(self.key, request.body, request.headers.get(signing.HEADER, ""), now=clock.now())
        try:
            said = json.loads(request.body)
            many = said if isinstance(said, list) else [said]
            return tuple(self._event(each, what) for each in many)
        except signing.UNREADABLE as error:
            raise Forged(signing.FORGED) from error

    def _ask(self, path: str, text: bytes | None = None) -> HttpAnswer:
        signed = text if text is not None else path.encode()
        headers = {"Content-Type": JSON, signing.HEADER: signing.sign(self.key, signed, at=clock.now())}
        return asking.ask(f"{self.address}{path}", headers, body=text)

    def _event(self, said: Mapping[str, Any], what: str) -> MessageEvent:
        if what == "receipt":
            identity, status = _short(said["id"]), _short(said["status"])
            return MessageEvent(
                self.name,
                _key(what, identity, status),
                "receipt",
                identity=identity,
                state=STATES.get(status, ""),
                code=_short(said.get("code", ""))[:32],
            )
        number, text, seq = _short(said["from"]), str(said["text"])[:LONGEST_TEXT], _short(said["seq"])
        return MessageEvent(self.name, _key(what, seq, number), "reply", number=number, text=text)


def _taken(said: bytes) -> Sent:
    return Sent(Delivery.ACCEPTED, reference=_short(json.loads(said or b"{}").get("reference", "")))


def _known(said: bytes) -> Sent:
    document = json.loads(said)
    state = STATES.get(str(document["status"]), "")
    if state == "failed":
        return Sent(Delivery.REFUSED, _short(document.get("code", ""))[:32])
    return Sent(Delivery.ACCEPTED, reference=_short(document.get("reference", ""))) if state else UNKNOWN


def _short(value: object) -> str:
    text = str(value)
    if len(text) > LONGEST_NAME:
        raise ValueError(text[:LONGEST_NAME])
    return text


def _key(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]
