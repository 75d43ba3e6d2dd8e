"""The host and scheme of a request are settled before anything reads them: ours, whatever the sender says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huying.base.identity_provider import LOOPBACK

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEARD = "huying.heard_scheme"
"""By which scheme the proxy heard a request, kept for pages that take nothing sent in clear."""
REFUSED = "这里没有这个网站。 There is no such site here.\n"


class SettledHost:
    """Refuses requests for other hosts, and tells `app` the configured address of all others.

    `more` are other names under which the same pages are reached; they stay as they are asked for. Loopback
    is how a proxy and an administrator of this machine call.
    """

    def __init__(self, app: WSGIApplication, *, base_url: str, more: Iterable[str] = ()) -> None:
        self._app = app
        base = urlsplit(base_url)
        self._scheme, self._netloc = base.scheme or "http", base.netloc
        self._own = {base.netloc.lower(), (base.hostname or "").lower()}
        self._more = {name.lower() for name in more}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request for this host, or refuse it in a sentence."""
        host = environ.get("HTTP_HOST", "").lower()
        if not self._is_ours(host):
            return _refuse(start_response)
        environ.pop("HTTP_X_FORWARDED_HOST", None)
        environ[HEARD] = environ.get("wsgi.url_scheme", "http")
        environ["wsgi.url_scheme"] = self._scheme
        if host not in self._more and self._netloc:
            environ["HTTP_HOST"] = self._netloc
        return self._app(environ, start_response)

    def _is_ours(self, host: str) -> bool:
        return host in self._own or host in self._more or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    body = REFUSED.encode()
    start_response(
        "421 Misdirected Request",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
