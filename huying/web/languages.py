"""The language of a page: as its reader chose, else as the browser asks, else Chinese."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from markupsafe import Markup
from werkzeug.urls import iri_to_uri

from huying.base import i18n

ARGUMENT, COOKIE = "lang", "lang"
A_YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Let an app's pages speak every language: a link `?lang=en` switches, a cookie remembers."""
    app.before_request(_listen)
    app.after_request(_remember)
    app.teardown_request(lambda _error: i18n.speak(i18n.SOURCE))
    app.jinja_env.filters["query"] = lambda arguments: f"?{urlencode(arguments)}"
    app.jinja_env.globals.update(WORDS, page_language=_tag, other_languages=_others, word_gap=_gap)


def _listen() -> None:
    i18n.speak(_asked() or request.cookies.get(COOKIE, "") or _preferred())


def _asked() -> str:
    code = request.args.get(ARGUMENT, "")
    return code if code in i18n.LANGUAGES else ""


def without_cookie() -> None:
    """Answer this request without a cookie: the page's links have to hand the choice on."""
    g.cookieless = True


def kept() -> dict[str, str]:
    """Return the arguments by which a link keeps the language that this page's address asks for."""
    return {ARGUMENT: _asked()} if _asked() else {}


def _preferred() -> str:
    return request.accept_languages.best_match(list(i18n.LANGUAGES), i18n.SOURCE)


def _remember(response: Response) -> Response:
    response.headers["Content-Language"] = _tag()
    response.vary.update(["Accept-Language", "Cookie"])
    if _asked() and request.cookies.get(COOKIE) != _asked() and not g.get("cookieless"):
        response.set_cookie(
            COOKIE, _asked(), max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response


def _tag() -> str:
    return i18n.TAGS[i18n.language()]


def _gap() -> str:
    """Return what stands between two sentences: nothing in Chinese."""
    return "" if i18n.language() == i18n.SOURCE else " "


def _others() -> list[tuple[str, str, str]]:
    """Return of every other language its tag, its own name, and the address of this page in it."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != ARGUMENT]
    return [
        (i18n.TAGS[code], name, _address([*kept, (ARGUMENT, code)]))
        for code, name in i18n.LANGUAGES.items()
        if code != i18n.language()
    ]


def _address(arguments: list[tuple[str, str]]) -> str:
    return f"{iri_to_uri(request.path)}?{urlencode(arguments)}"


def _said(message: str, /, **values: Any) -> Markup:
    """As `i18n._`, for templates: the message is ours, the values are escaped."""
    said = Markup(i18n.gettext_(message))  # noqa: S704
    return said % values if values else said


def _counted(message: str, /, *, n: int, **values: Any) -> Markup:
    return Markup(i18n.ngettext_(message, message, n)) % {"n": n, **values}  # noqa: S704


WORDS = {"_": _said, "_n": _counted}
"""What every template says its sentences by."""
