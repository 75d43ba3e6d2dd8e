"""Signing in and out, the same page on both sides over two account tables."""

from __future__ import annotations

import re

from flask import Blueprint, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

from huying import accounts
from huying.access import anyone, signed_in
from huying.accounts import AccountMixin
from huying.forms import Form
from huying.i18n import lazy

OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f]*")
"""A path of this server. `//host` leads elsewhere; browsers read `\\` as `/` and skip control characters."""


class SignInForm(Form):
    """Login name and password."""

    login = StringField(lazy("登录名"), validators=[DataRequired(lazy("请填写登录名。"))])
    password = PasswordField(lazy("密码"), validators=[DataRequired(lazy("请填写密码。"))])


def blueprint(account: type[AccountMixin]) -> Blueprint:
    """Return the routes `/sign-in` and `/sign-out` over one side's accounts."""
    routes = Blueprint("sign_in", __name__)

    @routes.route("/sign-in", methods=["GET", "POST"])
    @anyone
    def page() -> ResponseReturnValue:
        form = SignInForm()
        if request.method == "GET":
            return render_template("sign_in.html", form=form)
        found = _verified(account, form) if form.validate() else None
        if found is None:
            return render_template("sign_in.html", form=form, refused=not form.errors), 422
        session.clear()  # nothing of whoever used this browser before, its CSRF token included
        login_user(found)
        return redirect(_next(), 303)

    @routes.post("/sign-out")
    @signed_in
    def leave() -> ResponseReturnValue:
        logout_user()
        return redirect("/sign-in", 303)

    return routes


def _verified(account: type[AccountMixin], form: SignInForm) -> AccountMixin | None:
    with current_app.extensions["huying"].database.reading() as reading:
        return accounts.verified(reading, account, login=form.login.data.strip(), password=form.password.data)


def _next() -> str:
    target = request.args.get("next", "")
    return target if OWN_PATH.fullmatch(target) else "/desk"
