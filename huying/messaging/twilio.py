"""Short messages by Twilio, which takes no key against repetition: a lost answer is looked up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from twilio.base.exceptions import TwilioException

from huying.messaging.carriers import UNKNOWN, Delivery, MessageEvent, Sent, body
from huying.telephony import signing
from huying.telephony.twilio import MakeClient, check_signature, client, field_of
from huying.telephony.voice import Forged, WebRequest

TOO_MANY = 429
STATES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
RECENT = 50
"""How many of the last messages to a number are looked through for a lost one."""


@dataclass(frozen=True, slots=True)
class TwilioCarrier:
    """Messages of one account, from one number; `base_url` is where receipts are posted to."""

    account: str
    token: str = field(repr=False)
    number: str
    base_url: str
    shared_key: str = field(default="", repr=False)
    make_client: MakeClient = client
    name: str = "twilio"

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Create a message whose receipts carry our identity."""
        try:
            with self._client() as made:
                created = made.messages.create(
                    to=number,
                    from_=self.number,
                    body=body(template, params),
                    status_callback=f"{self.base_url}/sms/twilio/receipt?id={identity}",
                )
        except OSError:  # the client's connection errors and timeouts
            return UNKNOWN
        except TwilioException as fault:
            return _failed(fault)
        return Sent(Delivery.ACCEPTED, reference=str(created.sid))

    def reconcile(
        self,
        identity: str,  # noqa: ARG002
        *,
        number: str,
        template: str,
        params: Mapping[str, str],
        since: datetime,
    ) -> Sent | None:
        """Look for the same words to the same number since; what isn't there may still come: nobody knows."""
        try:
            with self._client() as made:
                listed = made.messages.list(to=number, date_sent_after=since, limit=RECENT)
        except (OSError, TwilioException):
            return None
        text = body(template, params)
        found = [each for each in listed if str(each.body).strip() == text]
        if not found:
            return None
        state = STATES.get(str(found[0].status), "sent")
        delivery = Delivery.REFUSED if state == "failed" else Delivery.ACCEPTED
        return Sent(delivery, code=str(found[0].error_code or ""), reference=str(found[0].sid))

    def events(self, request: WebRequest, *, what: str) -> tuple[MessageEvent, ...]:
        """Return the event of a signed form; raise Forged for any other."""
        check_signature(request, token=self.token, shared_key=self.shared_key)
        sid, status = field_of(request, "MessageSid"), field_of(request, "MessageStatus")
        if not sid:
            raise Forged(signing.FORGED)
        if what == "reply":
            number, text = field_of(request, "From"), field_of(request, "Body")
            return (MessageEvent(self.name, _key(sid), "reply", reference=sid, number=number, text=text),)
        return (
            MessageEvent(
                self.name,
                _key(sid, status),
                "receipt",
                identity=field_of(request, "id"),
                reference=sid,
                state=STATES.get(status, ""),
                code=field_of(request, "ErrorCode")[:32],
            ),
        )

    def _client(self) -> AbstractContextManager[Any]:
        return self.make_client(self.account, self.token)


def _failed(fault: TwilioException) -> Sent:
    status = int(getattr(fault, "status", None) or 500)
    code = str(getattr(fault, "code", "") or status)
    if status == TOO_MANY:
        return Sent(Delivery.LATER, code)
    return UNKNOWN if status >= 500 else Sent(Delivery.REFUSED, code)


def _key(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]
