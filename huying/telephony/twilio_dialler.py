"""A dialler by Twilio: one call to the interviewer, which dials the household as soon as it is answered.

Twilio has carried no voice calls to mainland China since 30 November 2023: numbers of +86 are refused before
any network, unless the calls go through a carrier of one's own (`byoc`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.twiml.voice_response import VoiceResponse

from huying.base.telephone_cells import EXTENSION_MARK
from huying.telephony import signing
from huying.telephony.dialler import (
    LIMIT_S,
    MUTED,
    RING_S,
    TOO_MANY,
    UNKNOWN,
    DiallerAbilities,
    DialResult,
    ProviderEvent,
    Resolve,
    Seat,
    accepted,
    cause_of_sip,
    refused,
)
from huying.telephony.twilio import (
    EVENTS,
    NOT_SERVED,
    UNSERVED,
    MakeClient,
    check_signature,
    client,
    field_of,
)
from huying.telephony.voice import Forged, NotServed, Placed, WebRequest

SEAT_RING_S = 20
PAUSE = "wwww"
"""Before the keys of an extension: two seconds for whoever answers to be ready."""
SLACK = timedelta(seconds=5)
RECENT = 20
CAUSES = {21211: "vacant", 13224: "undelivered", 21215: "ours", 20429: "ours"}
"""What the provider's own error codes say of a failed call."""
OVER = 21220
"""The call that was to be changed has ended."""
HEARD = {"human": "human", "fax": "fax"}
OF_SEAT = {
    "queued": "queued",
    "initiated": "queued",
    "ringing": "queued",
    "in-progress": "queued",
    "busy": "canceled",
    "no-answer": "canceled",
    "canceled": "canceled",
    "failed": "failed",
}
"""What an interviewer's own telephone says of the dial: as long as it isn't answered, nobody is rung."""
TIMES = (429, 20429)
TOLD = ("CallSid", "ParentCallSid", "CallStatus", "SipResponseCode", "ErrorCode", "AnsweredBy")
"""What of an event tells it from another."""


@dataclass(frozen=True, slots=True)
class TwilioDialler:
    """Calls of one account, from one number, each in two legs; events are posted to `base_url`."""

    resolve: Resolve
    account: str
    token: str = field(repr=False)
    number: str
    base_url: str
    seat: Seat
    byoc: str = ""
    shared_key: str = field(default="", repr=False)
    make_client: MakeClient = client
    name: str = "twilio"

    @property
    def abilities(self) -> DiallerAbilities:
        """Bridges, tells and records; two legs let nobody listen."""
        return DiallerAbilities(bridges=True, records=True, reports_events=True)

    def serves(self, number: str) -> bool:
        """Tell whether a number isn't of mainland China, or a trunk of one's own carries it there."""
        return bool(self.byoc) or not number.startswith(UNSERVED)

    def dial(
        self,
        dial_id: str,
        *,
        number_ref: str,
        interviewer: str,
        ring_s: int = RING_S,
        limit_s: int = LIMIT_S,
    ) -> DialResult:
        """Ring the interviewer, then the household; raise NotServed before any network."""
        number, _mark, extension = self.resolve(number_ref).partition(EXTENSION_MARK)
        seat = self.seat(interviewer)
        for each in (number, seat):
            if not self.serves(each):
                raise NotServed(NOT_SERVED)
        markup = self._markup(dial_id, number, extension, ring_s=ring_s, limit_s=limit_s)
        try:
            with self._client() as made:
                created = made.calls.create(
                    to=seat,
                    from_=self.number,
                    twiml=markup,
                    timeout=SEAT_RING_S,
                    time_limit=limit_s + ring_s,
                    status_callback=self._address("seat", dial_id),
                    status_callback_event=list(EVENTS),
                    status_callback_method="POST",
                )
                return accepted(str(created.sid))
        except (OSError, ValueError):  # no connection, no answer, or none that can be read
            return UNKNOWN
        except TwilioException as fault:
            return _failed(fault)

    def hang_up(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """End the interviewer's leg, and the other with it; one that has ended stays so."""
        return self._do(sid, lambda call: call.update(status="completed"))

    def start_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Record both sides apart, unless it is being recorded."""

        def start(call: Any) -> None:
            if not _running(call):
                call.recordings.create(recording_channels="dual")

        return self._do(sid, start)

    def stop_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """End whatever is being recorded."""

        def stop(call: Any) -> None:
            for recording in _running(call):
                call.recordings(recording).update(status="stopped")

        return self._do(sid, stop)

    def listen(self, dial_id: str, *, sid: str, supervisor: str, mode: str = MUTED) -> Placed:  # noqa: ARG002
        """Let nobody in: two legs have no room for a third."""
        return Placed.REFUSED

    def reconcile(
        self, dial_id: str, *, number_ref: str, interviewer: str, since: datetime
    ) -> tuple[ProviderEvent, ...] | None:
        """Look for the household's leg since, and for the interviewer's; a seat has one call at a time."""
        number = self.resolve(number_ref).partition(EXTENSION_MARK)[0]
        seat = self.seat(interviewer)
        try:
            with self._client() as made:
                legs = made.calls.list(to=number, start_time_after=since - SLACK, limit=RECENT)
                seats = made.calls.list(to=seat, start_time_after=since - SLACK, limit=RECENT)
        except (OSError, ValueError, TwilioException):
            return None
        household = [self._found("household", dial_id, each) for each in legs[-1:] if each.parent_call_sid]
        return (*household, *(self._found("seat", dial_id, each) for each in seats[-1:]))

    def events(self, request: WebRequest, *, what: str) -> tuple[ProviderEvent, ...]:
        """Return the event of a signed form; raise Forged for any other."""
        check_signature(request, token=self.token, shared_key=self.shared_key)
        call, dial_id = field_of(request, "CallSid"), field_of(request, "id")
        if not (call and dial_id and what in {"seat", "household"}):
            raise Forged(signing.FORGED)
        told = {
            name: field_of(request, name)
            for name in (
                "CallSid",
                "ParentCallSid",
                "CallStatus",
                "SipResponseCode",
                "ErrorCode",
                "AnsweredBy",
            )
        }
        return (self._event(what, dial_id, told, raw=_raw(request)),)

    def _markup(self, dial_id: str, number: str, extension: str, *, ring_s: int, limit_s: int) -> str:
        response = VoiceResponse()
        ringing = response.dial(
            caller_id=self.number, timeout=ring_s, time_limit=limit_s, answer_on_bridge=True
        )
        ringing.number(
            number,
            status_callback=self._address("household", dial_id),
            status_callback_event=" ".join(EVENTS),
            status_callback_method="POST",
            **({"byoc": self.byoc} if self.byoc else {}),
            **({"send_digits": PAUSE + extension} if extension else {}),
        )
        return str(response)

    def _address(self, what: str, dial_id: str) -> str:
        return f"{self.base_url}/dialler/{self.name}/{what}?id={dial_id}"

    def _event(self, what: str, dial_id: str, told: dict[str, str], *, raw: str) -> ProviderEvent:
        status, code = told.get("CallStatus", ""), told.get("ErrorCode", "")
        if what == "seat":
            sid, status = told.get("CallSid", ""), OF_SEAT.get(status, f"seat {status}")
            cause = "ours" if status == "failed" else ""
        else:
            sid, status = told.get("ParentCallSid", ""), status.replace("-", "_")
            cause = _cause(code, told.get("SipResponseCode", "")) if status == "failed" else ""
        answered = told.get("AnsweredBy", "")
        heard = "machine" if answered.startswith("machine") else HEARD.get(answered, "")
        key = sha256(json.dumps([what, dial_id, told], sort_keys=True).encode()).hexdigest()[:32]
        return ProviderEvent(self.name, key, dial_id, status, sid, cause, heard, raw)

    def _found(self, what: str, dial_id: str, call: Any) -> ProviderEvent:
        told = {
            "CallSid": str(call.sid),
            "ParentCallSid": str(call.parent_call_sid or ""),
            "CallStatus": str(call.status),
            "AnsweredBy": str(call.answered_by or ""),
        }
        return self._event(what, dial_id, told, raw=json.dumps(told, sort_keys=True))

    def _do(self, sid: str, change: Callable[[Any], object]) -> Placed:
        if not sid:
            return Placed.UNKNOWN
        try:
            with self._client() as made:
                change(made.calls(sid))
        except (OSError, ValueError):
            return Placed.UNKNOWN
        except TwilioException as fault:
            over = getattr(fault, "code", None) == OVER or getattr(fault, "status", None) == 404
            return Placed.ACCEPTED if over else _failed(fault).placed
        return Placed.ACCEPTED

    def _client(self) -> AbstractContextManager[Any]:
        return self.make_client(self.account, self.token)


def _failed(fault: TwilioException) -> DialResult:
    status = int(getattr(fault, "status", None) or 500)
    if {status, getattr(fault, "code", None)} & set(TIMES):
        return refused(TOO_MANY)
    return UNKNOWN if status >= 500 else refused("ours")


def _cause(code: str, sip: str) -> str:
    known = CAUSES.get(int(code), "") if code.isascii() and code.isdigit() else ""
    return known or cause_of_sip(sip)


def _running(call: Any) -> list[str]:
    """Return the recordings of a call that go on."""
    listed = call.recordings.list(limit=RECENT)
    return [str(each.sid) for each in listed if each.status in {"in-progress", "paused"}]


def _raw(request: WebRequest) -> str:
    return json.dumps(
        {name: list(values) for name, values in sorted(request.form.items())}, ensure_ascii=False
    )
