"""Every request has a name, is counted, and leaves a line in the log: which route, how it went, how long.

The line holds no address, account or path: a path may be a receipt, which is a secret.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from huying.base import request_ids
from huying.web import figures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("huying.request")
ROUTE = "huying.route"
"""Where the app leaves which of its routes a request is for."""
HEADER = "X-Request-ID"


class Observed:
    """Names, counts and logs what `app` answers."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand a request on; note how it went when its answer begins."""
        name, begun = request_ids.begin(environ.get("HTTP_X_REQUEST_ID", "")), time.monotonic()

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            _note(environ, int(status[:3]), time.monotonic() - begun)
            return start_response(status, [*headers, (HEADER, name)], *rest)

        return self._app(environ, started)


def _note(environ: WSGIEnvironment, status: int, seconds: float) -> None:
    figures.of_server().note(status, seconds)
    told = {
        "method": environ["REQUEST_METHOD"],
        "route": environ.get(ROUTE, ""),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    log.info("answered", extra={"huying": told})
