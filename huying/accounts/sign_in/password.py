"""The first step in, login and password, and the way out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from huying import accounts
from huying.accounts import AccountMixin, history, lockout, sessions
from huying.accounts.current import me, tables
from huying.accounts.sign_in import entering
from huying.accounts.sign_in.forms import SignInForm
from huying.base import clock
from huying.base.i18n import Words, _
from huying.web.access import anyone, signed_in
from huying.web.current import installation, reading, transaction

routes = Blueprint("sign_in", __name__)


@routes.route("/sign-in", methods=["GET", "POST"])
@anyone
def page() -> ResponseReturnValue:
    """Ask for login and password; what is wrong with them stays unsaid, whether the login exists too."""
    form = SignInForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        target = _tried(form.login.data.strip(), form.password.data, code=(form.code.data or "").strip())
    except lockout.LockedOut as held:
        closed = isinstance(held, lockout.DoorClosed)
        return _page(form, refused=held.message, closed=closed), held.status
    if target is None:
        return _page(form, refused=_("登录名或密码不对。请检查后再试。")), 422
    return redirect(target, 303)


@routes.post("/sign-out")
@signed_in
def leave() -> ResponseReturnValue:
    """End the session, here and in the database."""
    with transaction() as opened:
        sessions.end(opened, tables(), me().session_token)
        history.write(
            opened, tables(), login=me().login, outcome="out", address=entering.address(), now=clock.now()
        )
    logout_user()
    session.clear()
    return redirect("/sign-in", 303)


def _tried(login: str, password: str, *, code: str) -> str | None:
    """Return where a right password leads, None for a wrong one."""
    if code:
        return _tried_with_code(login, password, code)
    now = clock.now()
    made = entering.attempt(login, now=now)
    found = _verified(login, password)
    if found is None:
        entering.failed(login, outcome="wrong", now=now)
        return None
    return entering.known(found, made, wanted=entering.target())


def _tried_with_code(login: str, password: str, code: str) -> str | None:
    """Return where password and code lead together: whoever has both is let in past others' failures.

    What was wrong of the two stays unsaid, or the code would tell whether a guessed password is right.
    """
    now = clock.now()
    made = entering.attempt(login, coded=True, now=now)
    found = _verified(login, password)
    token = _settled_by_code(found, code, made=made) if found is not None else ""
    if found is None or not token:
        entering.failed(login, outcome="wrong", coded=True, now=now)
        return None
    entering.enter(found, token)
    return entering.onward(found, entering.target())


def _settled_by_code(found: AccountMixin, code: str, *, made: lockout.SignInAttempt) -> str:
    try:
        return entering.settled_by_code(found, code, made=made)
    except lockout.DoorClosed:
        return ""  # a sentence about codes alone would tell that the password is right


def _verified(login: str, password: str) -> AccountMixin | None:
    with reading() as opened:
        return accounts.verified(opened, tables().account, login=login, password=password)


def _page(form: SignInForm, *, refused: Words = "", closed: bool = False) -> str:
    provider = installation().settings.provider is not None
    asks = closed or bool(form.code.data)
    return render_template("accounts/sign_in.html", form=form, refused=refused, provider=provider, asks=asks)
