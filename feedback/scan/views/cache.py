"""Drawn scan pages kept in memory before the web framework, each as long as nothing it hangs on has changed.

The clock alone ends a page at the second its answer ends. A change of duty, numbers, posters, areas or powers
leaves a mark in the database; a process looks for marks at most once a second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask

from feedback.scan import queries
from feedback.scan.queries import Mark
from feedback.scan.rules import stamps
from feedback.scan.views.page import RenderedPage
from huying.base import clock
from huying.store.db import Database
from huying.store.installation import Installation
from huying.web.observed import ROUTE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DRAWN = "huying.drawn"
"""Where a view leaves the page that it drew, for this cache to keep."""
LOOK_EVERY = 1.0
"""Seconds between two looks for changes: as long may a page that somebody has just changed live on."""
MOST_PAGES = 4096

Key = tuple[str, str, str, str]

_ADDRESS = re.compile(r"/p/([^/]+)/([^/]+)")
_LANGUAGE = re.compile(r"(?:^|; )lang=(\w+)")


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A drawn page, the headers it went out with, and the mark of changes under which it was drawn."""

    drawn: RenderedPage
    headers: tuple[tuple[str, str], ...]
    mark: Mark


def before(app: Flask) -> WSGIApplication:
    """Return the public side's app with this cache before it, for a server."""
    installation: Installation = app.extensions["huying"]
    return ScanCache(app, database=installation.database, key=installation.keys.raw(stamps.KEY))


class Changes:
    """What is known of changes: a mark that differs after each, looked up once in `every` seconds."""

    def __init__(self, database: Database, *, every: float = LOOK_EVERY) -> None:
        self._database, self._every = database, every
        self._looked = float("-inf")
        self._mark: Mark = (0, 0)
        self._lock = Lock()

    def mark(self) -> Mark:
        """Return the mark as it was at most `every` seconds ago."""
        if time.monotonic() - self._looked >= self._every:
            with self._lock:
                self._mark, self._looked = self._look(), time.monotonic()
        return self._mark

    def _look(self) -> Mark:
        with self._database.reading() as session:
            return queries.mark_of_changes(session)


class ScanCache:
    """Answers requests for scan pages that it holds, and hands every other on to `app`."""

    def __init__(
        self, app: WSGIApplication, *, database: Database, key: bytes, every: float = LOOK_EVERY
    ) -> None:
        self._app, self._key = app, key
        self._changes = Changes(database, every=every)
        self._pages: dict[Key, CachedPage] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory where that is right; else let the app answer, and keep what it drew."""
        address = _ADDRESS.fullmatch(environ["PATH_INFO"])
        if environ["REQUEST_METHOD"] != "GET" or address is None:
            return self._app(environ, start_response)
        key, mark = _key(address[1], environ), self._changes.mark()
        body = self._body_of(key, mark, stamp=address[2])
        if body is None:
            return self._app(environ, self._storing(key, mark, environ, start_response))
        environ[ROUTE] = "/p/<code>/<stamp>"
        headers = [*self._pages[key].headers, ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    def _body_of(self, key: Key, mark: Mark, *, stamp: str) -> bytes | None:
        cached = self._pages.get(key)
        now = clock.now()
        if cached is None or cached.mark != mark or now >= cached.drawn.until:
            return None
        if not stamps.holds(stamp, self._key, code=key[0], now=now):
            return None
        return cached.drawn.finished(stamped=stamps.seconds(stamp), now=now)

    def _storing(
        self, key: Key, mark: Mark, environ: WSGIEnvironment, start_response: StartResponse
    ) -> StartResponse:
        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            drawn = environ.get(DRAWN)
            if drawn is not None and status.startswith("200"):
                self._store(key, CachedPage(drawn, _lasting(headers), mark))
            return start_response(status, headers, *rest)

        return started

    def _store(self, key: Key, cached: CachedPage) -> None:
        if len(self._pages) >= MOST_PAGES:
            self._pages = {}
        self._pages[key] = cached


def _key(code: str, environ: WSGIEnvironment) -> Key:
    """Return all that a page depends on but its stamp: the poster, and how its reader wants to read."""
    language = _LANGUAGE.search(environ.get("HTTP_COOKIE", ""))
    return (
        code,
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        language[1] if language else "",
    )


def _lasting(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() != "content-length")
