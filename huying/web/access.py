"""Who may call a route: each declares it, or the app refuses to start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = frozenset({"*"})
SIGNED_IN = frozenset({"+"})
TOKEN = frozenset({"token"})
"""For programs that show a token: no account's role, and no cookie, opens such a route."""
TOKENS = "huying.tokens"
"""Under this name an app keeps what looks at a request's token and refuses it, or returns."""
MARK = "__access__"
OPEN_ENDPOINTS = frozenset({"static"})


def anyone(view: View) -> View:
    """Declare that everybody may call this route."""
    setattr(view, MARK, ANYONE)
    return view


def signed_in(view: View) -> View:
    """Declare that every account of this side may call this route."""
    setattr(view, MARK, SIGNED_IN)
    return view


def by_token(view: View) -> View:
    """Declare that whoever shows a token may call this route."""
    setattr(view, MARK, TOKEN)
    return view


def only(*roles: str) -> Callable[[View], View]:
    """Declare that accounts of these roles alone may call this route."""

    def mark(view: View) -> View:
        setattr(view, MARK, frozenset(roles))
        return view

    return mark


def declared(app: Flask, endpoint: str) -> frozenset[str] | None:
    """Return what the route of `endpoint` declares, or None."""
    if endpoint in OPEN_ENDPOINTS:
        return ANYONE
    return getattr(app.view_functions[endpoint], MARK, None)


def guard(app: Flask, roles: frozenset[str]) -> None:
    """Check that every route declares known roles, then refuse requests that don't satisfy them.

    Raises RuntimeError naming the routes that declare nothing or a role that doesn't exist, or that want a
    token of an app that knows none.
    """
    for rule in app.url_map.iter_rules():
        allowed = declared(app, rule.endpoint)
        if allowed is None:
            message = f"route {rule.rule} ({rule.endpoint}) doesn't declare who may call it"
            raise RuntimeError(message)
        unknown = allowed - roles - ANYONE - SIGNED_IN - (TOKEN if TOKENS in app.extensions else frozenset())
        if unknown:
            message = f"route {rule.rule} declares unknown roles {sorted(unknown)}"
            raise RuntimeError(message)
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    allowed = declared(current_app, request.endpoint) or frozenset()
    if allowed == ANYONE:
        return None
    if allowed == TOKEN:
        current_app.extensions[TOKENS]()
        return None
    if not current_user.is_authenticated:
        # What is only sent to is no page that one could return to.
        back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else "/desk"
        return redirect(url_for("sign_in.page", next=back), 303)
    if allowed != SIGNED_IN and current_user.role not in allowed:
        abort(403)
    return None
