"""An old telephone on a page of the demonstration: what a caller to a dialled code hears, key by key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from feedback.calls.views import webhooks
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.telephony import signing
from huying.telephony.fake import FakeGateway, result_of
from huying.telephony.voice import CallEvent, CallStep, Connect, Gather, WebRequest
from huying.web.access import anyone

routes = Blueprint("telephone", __name__, url_prefix="/demo/telephone")
CALLER = "+99913899999"


@routes.get("/")
@anyone
def page() -> ResponseReturnValue:
    """Show a telephone on its hook."""
    _gateway()
    return render_template("feedback/calls/telephone.html", call="", said=[], listening=False, number=0)


@routes.post("/")
@anyone
def press() -> ResponseReturnValue:
    """Dial, key something in or hang up, and show what is heard until it is the caller's turn again."""
    gateway = _gateway()
    call = request.form.get("call", "")[:32] or secrets.token_hex(8)
    number = request.form.get("number", type=int, default=0)
    what = request.form.get("what", "call")
    play = _Play(gateway, call, number)
    if what == "status":
        play.tell("status", result="completed")
        return render_template("feedback/calls/telephone.html", call="", said=[_("（挂机了）")], number=0)
    step = play.tell(what, digits=request.form.get("digits", "").strip())
    said = list(play.until_heard(step))
    listening = play.listening
    return render_template(
        "feedback/calls/telephone.html", call=call, said=said, listening=listening, number=play.number
    )


class _Play:
    """One call, carried on by events like those of a carrier, each signed and each with its number."""

    def __init__(self, gateway: FakeGateway, call: str, number: int) -> None:
        self.gateway, self.call, self.number = gateway, call, number
        self.listening = False

    def tell(self, what: str, **more: object) -> CallStep | None:
        """Tell an event of this call; return the step that it is answered with."""
        self.number += 1
        body = json.dumps({"call": self.call, "seq": self.number, "from": CALLER, **more}).encode()
        headers = {signing.HEADER: signing.sign(self.gateway.key, body, at=clock.now())}
        event: CallEvent = self.gateway.read(WebRequest("", headers, {}, body), what=what)
        return webhooks.take(self.gateway, event)

    def until_heard(self, step: CallStep | None) -> Iterator[str]:
        """Yield what is heard; ring each number that is to be rung."""
        while step is not None:
            yield step.say
            if isinstance(step, Gather):
                self.listening = True
                return
            if not isinstance(step, Connect):
                return
            result = result_of(step.number)
            yield _("（铃声……%(end)s）", end=_("有人接了") if result == "answered" else _("没有接通"))
            step = self.tell("leg", leg=step.leg, result=result)


def _gateway() -> FakeGateway:
    gateway = webhooks.gateway_here()
    if not isinstance(gateway, FakeGateway):
        raise NotFound(_("没有这个页面。"))
    return gateway
