"""What a voice gateway asks: each request is verified, stored once, and answered with the next step."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from feedback.calls.operations import calls, connections
from feedback.calls.operations.legs import CallLine
from feedback.notices.operations import ringing
from feedback.notices.views import webhooks as said_messages
from huying.base import clock, i18n
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.messaging.carriers import MessageEvent
from huying.messaging.voice import CALLED
from huying.telephony.voice import CallEvent, CallStep, VoiceGateway
from huying.web.access import anyone
from huying.web.current import installation, transaction
from huying.web.signed import as_it_came

routes = Blueprint("calls", __name__)
WHAT = frozenset({"call", "digits", "leg", "status"})
GATEWAY = "voice_gateway"


@routes.post("/voice/<provider>/<what>")
@anyone
def heard(provider: str, what: str) -> ResponseReturnValue:
    """Take an event of the gateway that this installation has; a forged one is refused and stored nowhere."""
    gateway = gateway_here()
    if gateway is None or provider != gateway.name or what not in WHAT:
        raise NotFound(_("没有这个页面。"))
    step = take(gateway, gateway.read(as_it_came(installation().settings.base_url), what=what))
    if step is None:
        return "", 204
    answer = gateway.answer(step, base_url=installation().settings.base_url)
    return Response(answer.body, content_type=f"{answer.content_type}; charset=utf-8")


def take(gateway: VoiceGateway, event: CallEvent) -> CallStep | None:
    """Store a verified event, and return what the caller is told next.

    It is said in Chinese, whatever language the carrier's program asks for.
    """
    here, now = installation(), clock.now()
    if event.identity.startswith(CALLED):
        said_messages.take(_of_message(event))
        if event.digits == ringing.KEY:
            _take_case(event.identity.removeprefix(CALLED))
        return None
    with i18n.speaking(i18n.SOURCE), transaction() as session:
        if event.identity:
            connections.take_result(session, event, now=now)
            return None
        line = CallLine(here.settings.voice.operator, gateway.reaches)
        return calls.handle(session, event, line=line, vault=here.vault, now=now)


def _take_case(identity: str) -> None:
    """Let whoever was rung, and pressed the key, have the case."""
    with i18n.speaking(i18n.SOURCE), transaction() as session:
        ringing.taken_by_key(session, identity, vault=installation().vault, now=clock.now())


def _of_message(event: CallEvent) -> MessageEvent:
    """Return what became of a call that said a message: heard, or not."""
    state = {"answered": "delivered", "": "sent"}.get(event.result, "failed")
    return MessageEvent(
        "voice",
        f"{event.call[:40]}/{event.result or event.kind}"[:64],
        "receipt",
        identity=event.identity.removeprefix(CALLED),
        state=state,
        code=event.result,
    )


def gateway_here() -> VoiceGateway | None:
    """Return the gateway of this installation, made once a process."""
    found: VoiceGateway | None = current_app.extensions[GATEWAY]
    return found
