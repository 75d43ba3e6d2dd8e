"""A gateway by Twilio: its markup, its signatures, its client; nowhere else is any of them named.

Twilio has carried no voice calls to mainland China since 30 November 2023: numbers of +86 are refused here,
unless the calls go through a carrier of one's own (`byoc`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator, get_signature_algorithm
from twilio.twiml.voice_response import VoiceResponse
from werkzeug.datastructures import MultiDict

from huying.base.i18n import lazy
from huying.telephony import signing
from huying.telephony.voice import (
    Abilities,
    CallEvent,
    CallStep,
    Connect,
    Forged,
    Gather,
    HangUp,
    NotServed,
    Placed,
    WebAnswer,
    WebRequest,
)

UNSERVED = "+86"
TIMEOUT_S = 10
RING_S, LIMIT_S = 25, 900
VOICE = "zh-CN"
EVENTS = ("initiated", "ringing", "answered", "completed")
KINDS = {"call": "start", "digits": "digits", "leg": "leg", "status": "end"}
OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
NOBODY_HAS = frozenset({"404", "484", "604"})
"""SIP answers that a number doesn't exist."""
RESULTS = {"completed": "answered", "answered": "answered", "busy": "busy", "no-answer": "no_answer"}
NOT_SERVED = lazy(
    "Twilio 自 2023 年 11 月 30 日起不再接通中国大陆号码；请换一家运营商，或配置自有线路（BYOC）。"
)

MakeClient = Callable[[str, str], AbstractContextManager[Any]]


@contextmanager
def client(account: str, token: str) -> Iterator[Any]:
    """Yield the provider's client, with a time limit on every request; its connections end with it."""
    from twilio.http.http_client import TwilioHttpClient  # noqa: PLC0415  (heavy, and only calls placed need it)
    from twilio.rest import Client  # noqa: PLC0415

    http = TwilioHttpClient(timeout=TIMEOUT_S)
    try:
        yield Client(account, token, http_client=http)
    finally:
        http.session.close()


@dataclass(frozen=True, slots=True)
class TwilioGateway:
    """Calls of one account, from one number; `byoc` names a trunk of one's own.

    `shared_key` signs what comes in where the account is set to sign by SHA-256.
    """

    account: str
    token: str
    number: str
    byoc: str = ""
    shared_key: str = ""
    make_client: MakeClient = client
    name: str = "twilio"

    @property
    def abilities(self) -> Abilities:
        """Answers calls and joins telephones."""
        return Abilities(answers=True, connects=True)

    def reaches(self, number: str) -> bool:
        """Tell whether a number isn't of mainland China, or a trunk of one's own carries it there."""
        return bool(self.byoc) or not number.startswith(UNSERVED)

    def read(self, request: WebRequest, *, what: str) -> CallEvent:
        """Return the event of a signed form; raise Forged for any other."""
        check_signature(request, token=self.token, shared_key=self.shared_key)
        call, status = field_of(request, "CallSid"), field_of(request, "CallStatus")
        if not call or what not in KINDS:
            raise Forged(signing.FORGED)
        kind = KINDS[what]
        if kind == "end" and status not in OVER:
            kind = "progress"
        return CallEvent(
            provider=self.name,
            call=call,
            kind=kind,
            key=_key(request, what),
            caller=field_of(request, "From"),
            digits=field_of(request, "Digits"),
            leg=int(field_of(request, "leg") or 0),
            result=_result(request, kind),
            identity=field_of(request, "id"),
            raw=json.dumps({"call": call, "what": what, "status": status}),
        )

    def answer(self, step: CallStep | None, *, base_url: str) -> WebAnswer:
        """Return a step as markup."""
        response = VoiceResponse()
        if isinstance(step, Gather):
            asked = response.gather(
                input="dtmf",
                num_digits=step.digits,
                finish_on_key="#",
                timeout=step.wait_s,
                action=f"{base_url}/voice/twilio/digits?turn={step.turn}",
                method="POST",
                action_on_empty_result=True,
            )
            asked.say(step.say, language=VOICE)
        elif isinstance(step, Connect):
            self._check_served(step.number)
            response.say(step.say, language=VOICE)
            ringing = response.dial(
                caller_id=self.number,
                timeout=step.ring_s,
                time_limit=step.limit_s,
                answer_on_bridge=True,
                action=f"{base_url}/voice/twilio/leg?leg={step.leg}",
                method="POST",
            )
            ringing.number(step.number, **({"byoc": self.byoc} if self.byoc else {}))
        elif isinstance(step, HangUp):
            response.say(step.say, language=VOICE)
            response.hangup()
        return WebAnswer(str(response), "text/xml")

    def connect(self, identity: str, *, first: str, second: str, base_url: str) -> Placed:
        """Ring one telephone and from there the other; a lost answer, or a 5xx, leaves it unknown."""
        for number in (first, second):
            self._check_served(number)
        joined = VoiceResponse()
        ringing = joined.dial(caller_id=self.number, timeout=RING_S, time_limit=LIMIT_S)
        ringing.number(second, **({"byoc": self.byoc} if self.byoc else {}))
        return self._placed(identity, first, joined, base_url)

    def announce(self, identity: str, *, number: str, say: str, base_url: str, press: str = "") -> Placed:  # noqa: ARG002
        """Ring one telephone and say something twice; a lost answer, or a 5xx, leaves it unknown. No keys."""
        self._check_served(number)
        said = VoiceResponse()
        for _time in range(2):
            said.say(say, language=VOICE)
        return self._placed(identity, number, said, base_url)

    def _placed(self, identity: str, first: str, markup: VoiceResponse, base_url: str) -> Placed:
        try:
            self._create(identity, first, str(markup), base_url)
        except OSError:  # the client's connection errors and timeouts
            return Placed.UNKNOWN
        except TwilioException as fault:
            status = int(getattr(fault, "status", None) or 500)
            return Placed.UNKNOWN if status >= 500 else Placed.REFUSED
        return Placed.ACCEPTED

    def _create(self, identity: str, first: str, markup: str, base_url: str) -> None:
        more = {"byoc": self.byoc} if self.byoc else {}
        with self.make_client(self.account, self.token) as made:
            made.calls.create(
                to=first,
                from_=self.number,
                twiml=markup,
                timeout=RING_S,
                time_limit=LIMIT_S,
                status_callback=f"{base_url}/voice/twilio/status?id={identity}",
                status_callback_event=list(EVENTS),
                status_callback_method="POST",
                **more,
            )

    def _check_served(self, number: str) -> None:
        if not self.reaches(number):
            raise NotServed(NOT_SERVED)


def check_signature(request: WebRequest, *, token: str, shared_key: str = "") -> None:
    """Raise Forged unless the provider signed a form, by the account's token or its key for SHA-256."""
    settings = request.headers.get(SIGNATURE_SETTINGS_HEADER, "")
    validator = RequestValidator(shared_key if settings else token)
    algorithm = get_signature_algorithm(settings)
    given = request.headers.get("X-Twilio-Signature", "")
    params = MultiDict((name, value) for name, values in request.form.items() for value in values)
    if not given or not validator.validate(request.url, params, given, algorithm):
        raise Forged(signing.FORGED)


def field_of(request: WebRequest, name: str) -> str:
    """Return a field of the form, or of the address's query."""
    values = request.form.get(name) or ()
    if values:
        return values[0]
    query = request.url.partition("?")[2]
    pairs = (pair.partition("=") for pair in query.split("&"))
    return next((value for key, _equals, value in pairs if key == name), "")


def _key(request: WebRequest, what: str) -> str:
    """Return what tells a repetition from a new event: everything but the time of sending."""
    said = sorted((name, tuple(values)) for name, values in request.form.items() if name != "Timestamp")
    query = request.url.partition("?")[2]
    return f"{what}/{sha256(json.dumps([said, query]).encode()).hexdigest()[:24]}"


def _result(request: WebRequest, kind: str) -> str:
    """Return how a leg ended, or a call that we placed; an ended call that came in has no result."""
    ended = {"leg": "Dial", "end": ""}.get(kind)
    if ended is None or (kind == "end" and not field_of(request, "id")):
        return ""
    if field_of(request, f"{ended}SipResponseCode") in NOBODY_HAS:
        return "vacant"
    return RESULTS.get(field_of(request, f"{ended}CallStatus"), "failed")
