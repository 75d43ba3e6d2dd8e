"""Setting a password by a one-time link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from huying.accounts import AccountMixin, links
from huying.accounts.current import tables
from huying.accounts.sign_in import entering
from huying.accounts.sign_in.forms import NewPasswordForm
from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction

routes = Blueprint("link", __name__)


@routes.route("/sign-in/link/<token>", methods=["GET", "POST"])
@anyone
def page(token: str) -> ResponseReturnValue:
    """Let the owner of an account set its password; a link that was used is gone."""
    account = _opened(token)
    form = NewPasswordForm()
    if request.method == "POST" and form.validate():
        try:
            _follow(token, form.password.data)
        except Invalid as weak:
            form.password.errors = [weak.message]
        else:
            flash(_("密码设好了，请登录。"))
            return redirect("/sign-in", 303)
    shown = render_template("accounts/sign_in_link.html", form=form, account=account)
    return shown, 422 if form.errors else 200


def _opened(token: str) -> AccountMixin:
    with reading() as opened:
        return links.opened(opened, tables(), token, keys=installation().keys, now=clock.now())


def _follow(token: str, password: str) -> None:
    with transaction() as opened:
        links.follow(
            opened,
            tables(),
            token,
            password=password,
            keys=installation().keys,
            address=entering.address(),
            now=clock.now(),
        )
