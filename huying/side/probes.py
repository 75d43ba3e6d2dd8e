"""What machines ask a server: whether it is ready, and how it goes. Nothing of anybody is told."""

from __future__ import annotations

import hmac
import shutil
import time
from collections.abc import Iterator

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from huying.base.identity_provider import LOOPBACK
from huying.messaging.outbox import STATES, OutboxMixin
from huying.side import readiness, worker
from huying.side.side import Side
from huying.web import figures
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.figures import Line

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
BY_PROXY = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def routes_of(side: Side) -> Blueprint:
    """Return the addresses under which a side's server is asked."""
    routes = Blueprint("probes", __name__)

    @routes.get("/readyz")
    @anyone
    def ready() -> ResponseReturnValue:
        """Answer `ok`, or 503 with what is wrong."""
        found = readiness.faults(installation(), package=side.name)
        return ("\n".join(found) or "ok") + "\n", 503 if found else 200, PLAIN

    @routes.get("/metrics")
    @anyone
    def metrics() -> ResponseReturnValue:
        """Give the figures of operation to loopback, or to whoever shows the token; there is no page else."""
        if not _may_read():
            abort(404)
        lines = [*figures.of_server().lines(), *_of_side(side)]
        return Response(figures.text(iter(lines)), mimetype="text/plain; version=0.0.4")

    return routes


def _may_read() -> bool:
    token = installation().settings.metrics_token
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(shown.encode(), token.encode()):
        return True
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in BY_PROXY)


def _of_side(side: Side) -> Iterator[Line]:
    here = installation()
    found = readiness.faults(here, package=side.name)
    yield "huying_ready", 0 if found else 1
    beat = worker.heartbeat(here.settings)
    if beat.is_file():
        yield "huying_work_seconds_since_beat", max(0.0, time.time() - beat.stat().st_mtime)
        yield "huying_work_failed_tasks", len(worker.failing(here.settings))
    yield "huying_disk_free_bytes", shutil.disk_usage(here.settings.data).free
    if not found:
        yield from _messages(side.outbox)


def _messages(model: type[OutboxMixin]) -> Iterator[Line]:
    with reading() as session:
        counted = select(model.state, func.count()).group_by(model.state)
        by_state = {state: int(count) for state, count in session.execute(counted)}
    for state in STATES:
        yield f'huying_messages{{state="{state}"}}', by_state.get(state, 0)
