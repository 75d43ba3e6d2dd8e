"""What a carrier of messages tells: each request is verified, each event stored once."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from feedback.notices.operations import replies
from huying.base import clock, i18n
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.messaging.carriers import Carrier, MessageEvent
from huying.telephony.voice import WebRequest
from huying.web.access import anyone
from huying.web.current import installation, transaction

routes = Blueprint("carrier", __name__)
WHAT = frozenset({"receipt", "reply"})
CARRIER = "message_carrier"


@routes.post("/sms/<provider>/<what>")
@anyone
def told(provider: str, what: str) -> ResponseReturnValue:
    """Take what the carrier of this installation says; a forged request is refused and stored nowhere."""
    carrier: Carrier | None = current_app.extensions[CARRIER]
    if carrier is None or provider != carrier.name or what not in WHAT:
        raise NotFound(_("没有这个页面。"))
    for event in carrier.events(_as_it_came(installation().settings.base_url), what=what):
        take(event)
    return "", 204


def take(event: MessageEvent) -> None:
    """Store a verified event and what follows from it; replies are answered in Chinese."""
    here = installation()
    settings = here.settings
    with i18n.speaking(i18n.SOURCE), transaction() as session:
        replies.take(
            session,
            event,
            vault=here.vault,
            region=settings.region,
            allowed=settings.allowed_numbers,
            now=clock.now(),
        )


def _as_it_came(base_url: str) -> WebRequest:
    """Return the request with the address that the provider knows: a proxy may have told us another."""
    query = request.query_string.decode()
    return WebRequest(
        url=f"{base_url}{request.path}" + (f"?{query}" if query else ""),
        headers=dict(request.headers),
        form={name: request.form.getlist(name) for name in request.form},
        body=request.get_data(cache=True),
    )
