"""Pages of the demonstration alone: what the fake carrier would have sent."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.messaging.carriers import FakeCarrier
from huying.web.access import anyone
from huying.web.current import installation

routes = Blueprint("demonstration", __name__, url_prefix="/demo")
SHOWN = 50


@routes.get("/messages")
@anyone
def messages() -> ResponseReturnValue:
    """Show the last messages, the newest first; there is no such page outside the demonstration."""
    settings = installation().settings
    if not settings.demo:
        raise NotFound(_("没有这个页面。"))
    sent = FakeCarrier(settings.data / "messages" / settings.side).sent()
    return render_template("feedback/web/messages.html", messages=sent[: -SHOWN - 1 : -1])
