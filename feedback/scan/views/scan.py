"""The scan page: whom to call now, in one small response that no cache may show again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.contacts.queries import answer as contacts
from feedback.posters.queries import badges as badge_queries
from feedback.posters.queries import posters as poster_queries
from feedback.posters.rules.scans import Tally
from feedback.remit import queries as remit
from feedback.scan.rules import stamps
from feedback.scan.views import page as scan_page
from feedback.scan.views.cache import DRAWN
from feedback.scan.views.headlines import headline
from huying.base import clock
from huying.base.errors import NotFound
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading

routes = Blueprint("scan", __name__)


@routes.get("/<code>")
@anyone
def scanned(code: str) -> ResponseReturnValue:
    """Send a poster's code on to an address that is new every time."""
    try:
        with reading() as session:
            poster = poster_queries.scanned(session, code)
            if poster.retired_at:
                answer = contacts.answer(
                    session, poster.grid_code, at=clock.now(), vault=installation().vault
                )
                return _page("retired", 410, poster=poster, answer=answer)
    except NotFound:
        return _other(code)
    _count(poster.code)
    return _onward(poster.code)


@routes.get("/p/<code>/<stamp>")
@anyone
def page(code: str, stamp: str) -> ResponseReturnValue:
    """Show whom to call now; an old, future or forged stamp shows nothing and leads to a fresh one."""
    now = clock.now()
    if not stamps.holds(stamp, stamp_key(), code=code, now=now):
        return scanned(code)
    with reading() as session:
        poster = poster_queries.scanned(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
        if poster.retired_at:
            return _page("retired", 410, poster=poster, answer=answer)
        listed = remit.of_type(session, answer.grid_type, at=now)
    said = headline(answer, now=now)
    drawn = scan_page.draw_answer(answer, now=now, poster=poster, headline=said, powers=listed)
    request.environ[DRAWN] = drawn
    return _strict(make_response(drawn.finished(stamped=stamps.seconds(stamp), now=now)))


def _other(code: str) -> ResponseReturnValue:
    """Answer what isn't a poster's code: a badge's leads to its check, any other is unknown."""
    try:
        with reading() as session:
            badge = badge_queries.scanned(session, code)
    except NotFound as unknown:
        return _page("unknown", 404, message=unknown.message)
    return _strict(redirect(url_for("badges.check", code=badge.code, **languages.kept()), 303))  # type: ignore[arg-type]


def _count(code: str) -> None:
    """Count a resident's scan in memory; whoever serves stores the counts beside the requests."""
    if current_user.is_authenticated:
        return
    tally: Tally = current_app.extensions["scans"]
    tally.note(code, at=clock.now(), user_agent=request.headers.get("User-Agent", ""))


def stamp_key() -> bytes:
    """Return the key that only this side makes stamps with."""
    return installation().settings.keys.raw(stamps.KEY)


def _onward(code: str) -> Response:
    stamp = stamps.make(stamp_key(), code=code, at=clock.now())
    kept = languages.kept() | ({"big": "1"} if scan_page.is_big() else {})
    return _strict(redirect(url_for("scan.page", code=code, stamp=stamp, **kept), 303))  # type: ignore[arg-type]


def _page(state: str, status: int, **context: Any) -> Response:
    return _strict(make_response(scan_page.draw(state, **context), status))


def _strict(response: Any) -> Response:
    return scan_page.strict(response)  # type: ignore[no-any-return]
