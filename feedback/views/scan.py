"""The scan page: whom to call now, in one small response that no cache may show again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from feedback import contacts
from feedback.operations import posters, powers
from feedback.views import scan_page, stamps
from feedback.views.headlines import headline
from feedback.views.scan_cache import DRAWN
from huying import clock, languages
from huying.access import anyone
from huying.errors import NotFound
from huying.web import ground, reading

routes = Blueprint("scan", __name__)


@routes.get("/<code>")
@anyone
def scanned(code: str) -> ResponseReturnValue:
    """Send a poster's code on to an address that is new every time."""
    try:
        with reading() as session:
            poster = posters.find(session, code)
            if poster.retired_at:
                return _retired(session, poster)
    except NotFound as unknown:
        return _page("unknown", 404, message=unknown.message)
    return _onward(poster.code)


@routes.get("/p/<code>/<stamp>")
@anyone
def page(code: str, stamp: str) -> ResponseReturnValue:
    """Show whom to call now; an old, future or forged stamp shows nothing and leads to a fresh one."""
    now = clock.now()
    if not stamps.holds(stamp, stamp_key(), code=code, now=now):
        return scanned(code)
    with reading() as session:
        poster = posters.find(session, code)
        if poster.retired_at:
            return _retired(session, poster)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=ground().vault)
        listed = powers.of_type(session, answer.grid_type, at=now)
    said = headline(answer, now=now)
    drawn = scan_page.draw_answer(answer, now=now, poster=poster, headline=said, powers=listed)
    request.environ[DRAWN] = drawn
    return _strict(make_response(drawn.finished(stamped=stamps.seconds(stamp), now=now)))


def stamp_key() -> bytes:
    """Return the key that only this side makes stamps with."""
    return ground().settings.keys.raw(stamps.KEY)


def _onward(code: str) -> Response:
    stamp = stamps.make(stamp_key(), code=code, at=clock.now())
    kept = languages.kept() | ({"big": "1"} if scan_page.is_big() else {})
    return _strict(redirect(url_for("scan.page", code=code, stamp=stamp, **kept), 303))  # type: ignore[arg-type]


def _retired(session: Any, poster: Any) -> Response:
    answer = contacts.answer(session, poster.grid_code, at=clock.now(), vault=ground().vault)
    return _page("retired", 410, poster=poster, answer=answer)


def _page(state: str, status: int, **context: Any) -> Response:
    return _strict(make_response(scan_page.draw(state, **context), status))


def _strict(response: Any) -> Response:
    return scan_page.strict(response)  # type: ignore[no-any-return]
