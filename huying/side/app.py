"""The making of a web app: one database, strict headers, one error page, access declared by every route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    got_request_exception,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DatabaseError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from huying.accounts import sign_in
from huying.accounts.sign_in import unsent_form
from huying.base import assets, clock, phones, request_ids
from huying.base.errors import Invalid, Refused
from huying.base.i18n import Words, _, lazy
from huying.base.settings import Settings
from huying.side import kept, probes, tour
from huying.side.log import NO_NUMBERS
from huying.side.side import Side
from huying.store.db import Database
from huying.store.installation import Installation
from huying.telephony.voice import Forged
from huying.web import access, languages, styleguide
from huying.web.current import installation, reading, transaction
from huying.web.hosts import SettledHost
from huying.web.observed import ROUTE, Observed
from huying.web.row_numbers import RowNumber

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = [
    "HEADERS",
    "SENTENCES",
    "answer",
    "behind_door",
    "finish",
    "installation",
    "new_app",
    "reading",
    "transaction",
]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
BY_TLS_ALONE = "max-age=31536000"
"""For a year browsers ask this host by TLS alone (Strict-Transport-Security); other hosts aren't ours."""
SENTENCES = {
    400: lazy("这个请求不完整，请回到上一页再试。"),
    403: lazy("您的账号不能打开这个页面。"),
    404: lazy("没有这个页面。"),
    405: lazy("这个页面不能这样打开。"),
    413: lazy("提交的内容太大了。"),
    500: lazy("系统出了差错，没有保存任何内容。请稍后再试。"),
    503: lazy("现在存不了，刚才的内容没有保存。请过几分钟再试；有急事请拨 12345。"),
}
LARGEST_REQUEST = 4 * 1024 * 1024


def new_app(side: Side, settings: Settings) -> Flask:
    """Return the app of a side: sign-in, CSRF, headers, error pages, and no routes of its own yet."""
    app = Flask(
        side.name, template_folder=str(assets.folder("templates")), static_folder=str(assets.folder("static"))
    )
    app.url_map.converters["int"] = RowNumber
    app.debug = settings.debug  # and not as FLASK_DEBUG says, which nobody checks
    app.config.update(_config(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    shown = {"side_title": side.title, "demo": settings.demo, "side": settings.side, "unit": settings.unit}
    app.jinja_env.globals.update(shown)
    app.jinja_env.filters.update(pretty_phone=phones.pretty, masked_phone=phones.masked, local=_local)
    app.extensions["huying"] = Installation(settings, Database(settings.database_url, db=side.db, app=app))
    languages.init_app(app)
    app.before_request(_name_route)
    app.before_request(_refuse_unstorable)
    app.register_blueprint(probes.routes_of(side))
    app.register_blueprint(kept.routes_of(side))
    CSRFProtect(app)
    sign_in.init_app(app, side.accounts)
    if settings.demo:
        app.register_blueprint(styleguide.routes)
        tour.init_app(app)
    _errors(app)
    app.after_request(_headers)
    app.after_request(_stay_here)
    app.logger.addFilter(NO_NUMBERS)
    return app


def finish(app: Flask, roles: frozenset[str]) -> Flask:
    """Check the routes' declarations and put the guard before them; the last step of a factory."""
    access.guard(app, roles)
    return app


def _config(settings: Settings) -> Mapping[str, Any]:
    return {
        "SECRET_KEY": settings.secret,
        # Under this prefix browsers take a cookie by TLS alone, and no neighbouring host can plant one.
        "SESSION_COOKIE_NAME": f"{'__Host-' if settings.secure_cookies else ''}huying_{settings.side}",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,  # WTForms brings its own words
    }


def behind_door(app: Flask, answers: WSGIApplication | None = None) -> WSGIApplication:
    """Return what a server asks: `answers`, or the app, with its host settled, named, counted and logged."""
    settings: Settings = app.extensions["huying"].settings
    settled = SettledHost(answers or app, base_url=settings.base_url, more=settings.hosts)
    return Observed(settled)


def _name_route() -> None:
    """Leave for the log which route this is: an address may hold a secret, its pattern none."""
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else ""


def _refuse_unstorable() -> None:
    """Refuse a NUL in an address or a field: PostgreSQL neither stores nor compares such a text."""
    if "\0" in request.path:
        abort(404)
    for given, status in ((request.args, 422), (request.form, 400)):
        if any("\0" in text for _name, text in given.items(multi=True)):
            raise Invalid(_("提交的内容里有不能保存的字符，请改掉再试。"), status=status)


def _local(at: Any, form: str = "") -> str:
    return clock.local(at).strftime(form or _("%-m月%-d日 %H:%M")) if at else ""


def _stay_here(response: Response) -> Response:
    """Lead on by path alone: the router repeats the host and the scheme that the sender claimed."""
    led = urlsplit(response.headers.get("Location", ""))
    if led.netloc and led.netloc == request.host:
        response.headers["Location"] = urlunsplit(("", "", led.path, led.query, led.fragment))
    return response


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if installation().settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", BY_TLS_ALONE)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _errors(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        if isinstance(error, Forged):
            app.logger.warning("what came to %s isn't a carrier's: refused", request.environ.get(ROUTE, ""))
        return answer(error.status, error.message)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        kept = unsent_form.after_forgery()
        return kept or answer(400, _("页面停留太久或来路不明，没有保存。请刷新后再提交一次。"))

    @app.errorhandler(DatabaseError)
    def unavailable(error: DatabaseError) -> ResponseReturnValue:
        """Say that nothing was stored; what was wrong with a statement is a fault of ours, as ever."""
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise error
        got_request_exception.send(app, exception=error)
        app.logger.error("the database can't be used: %s", error)
        return answer(503, SENTENCES[503])

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        said = make_response(answer(status, SENTENCES.get(status, SENTENCES[400])))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            said.allow.update(error.valid_methods)
        return said


def answer(status: int, message: Words) -> ResponseReturnValue:
    """Return the one error page, or problem+json to a program, with a sentence."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    if request.path.startswith("/v1/") or best == "application/json":
        problem = jsonify(type="about:blank", title=str(message), status=status)
        problem.mimetype = "application/problem+json"
        return problem, status
    if status < 500:
        return render_template("error.html", status=status, message=message, request_id=""), status
    # What failed may be the database: this page names no account and offers nothing that would ask for one.
    page = current_app.jinja_env.get_template("error.html")
    named = {"request_id": request_ids.current()}
    return page.render(status=status, message=message, nav_items=list, **named), status
