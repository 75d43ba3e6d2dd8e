"""The scan page: whom to call now, in one small response that no cache may show again."""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from feedback import contacts
from feedback.operations import posters
from feedback.views import stamps
from feedback.views.headlines import headline
from huying import assets, clock, languages
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
    if not stamps.holds(stamp, _stamp_key(), code=code, now=now):
        return scanned(code)
    with reading() as session:
        poster = posters.find(session, code)
        if poster.retired_at:
            return _retired(session, poster)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=ground().vault)
    return _page(
        "answer", 200, poster=poster, answer=answer, headline=headline(answer, now=now), now=now, stamp=stamp
    )


def _onward(code: str) -> Response:
    stamp = stamps.make(_stamp_key(), code=code, at=clock.now())
    kept = languages.kept() | ({"big": "1"} if _big() else {})
    return _strict(redirect(url_for("scan.page", code=code, stamp=stamp, **kept), 303))  # type: ignore[arg-type]


def _retired(session: Any, poster: Any) -> Response:
    answer = contacts.answer(session, poster.grid_code, at=clock.now(), vault=ground().vault)
    return _page("retired", 410, poster=poster, answer=answer)


def _page(state: str, status: int, **context: Any) -> Response:
    # Without the context of signed-in pages: that looks at the session, and this page knows no cookie.
    template = current_app.jinja_env.get_template("feedback/scan.html")
    html = template.render(page=state, style=Markup(style()), big=_big(), kept=languages.kept(), **context)  # noqa: S704
    return _strict(make_response(html, status))


def _strict(response: Any) -> Response:
    languages.without_cookie()
    response.headers.update(
        {
            "Cache-Control": "no-store, max-age=0",
            "Expires": "0",
            "Pragma": "no-cache",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
            "Content-Security-Policy": policy(),
        }
    )
    return response  # type: ignore[no-any-return]


def _big() -> bool:
    return request.args.get("big") == "1"


def _stamp_key() -> bytes:
    return ground().settings.keys.raw("scan-stamp")


@cache
def style() -> str:
    """Return the page's own style sheet, the only inline one anywhere."""
    path = assets.folder("templates") / "feedback" / "scan.css"
    return path.read_text(encoding="utf-8").strip()


@cache
def policy() -> str:
    """Return the page's content security policy: that style sheet by its hash, and nothing else."""
    digest = base64.b64encode(sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
