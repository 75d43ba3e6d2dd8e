"""Signing in and out, alike on both sides over two sets of tables."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask_login import LoginManager, current_user

from huying.accounts import AccountMixin, Tables, sessions
from huying.accounts.current import tables
from huying.accounts.sign_in import administration, code, links, own, password, provider, unsent_form
from huying.base import clock
from huying.web import access
from huying.web.current import reading, transaction

PAGES = (password, code, links, provider, own, administration, unsent_form)


def init_app(app: Flask, kept: Tables) -> None:
    """Let an app know who sends a request, and give it the pages of accounts."""
    app.extensions["huying.accounts"] = kept
    manager = LoginManager(app)
    manager.session_protection = None  # a telephone changes its address on the way, a browser its version
    manager.user_loader(_load)
    app.before_request(_see)
    unsent_form.init_app(app)
    for page in PAGES:
        app.register_blueprint(page.routes)


def _load(token: str) -> AccountMixin | None:
    with reading() as session:
        return sessions.found(session, tables(), token, now=clock.now())


def _see() -> None:
    """Note now and then that a session is in use: before the view, whose transaction is its own."""
    if request.endpoint is None or access.declared(current_app, request.endpoint) == access.ANYONE:
        return  # and no cookie is looked at where nobody needs one
    if not current_user.is_authenticated:
        return
    now = clock.now()
    if sessions.is_stale(current_user.session_seen_at, now=now):
        with transaction() as session:
            sessions.see(session, tables(), current_user.session_token, now=now)
