"""My sign-in: where I am signed in, when last, my password, my second factor."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from huying import accounts
from huying.accounts import AccountMixin, SessionMixin, history, lockout, second_factor, sessions
from huying.accounts.current import me, tables
from huying.accounts.sign_in import code, entering
from huying.accounts.sign_in.forms import ChangePasswordForm, ConfirmForm, EnrolForm
from huying.base import clock
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import signed_in
from huying.web.current import installation, reading, transaction
from huying.web.forms import ButtonForm

routes = Blueprint("own", __name__, url_prefix="/account")


@routes.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """Show the account's owner what is known of its use."""
    return _page(ChangePasswordForm(formdata=None), ConfirmForm(formdata=None)), 200


@routes.post("/sessions/<int(max=2147483647):number>/end")
@signed_in
def end(number: int) -> ResponseReturnValue:
    """End one of one's own sessions; another's isn't found."""
    with transaction() as opened:
        if not sessions.end_one(opened, tables(), me(), number):
            raise NotFound(_("没有这个登录，或已经结束。"))
        _log(opened, "ended")
    return redirect(url_for("own.page"), 303)


@routes.post("/sessions/end")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all of one's own sessions but this."""
    with transaction() as opened:
        sessions.end_all(opened, tables(), me(), but=me().session_token)
        _log(opened, "ended")
    flash(_("其他登录都已结束。"))
    return redirect(url_for("own.page"), 303)


@routes.post("/password")
@signed_in
def password() -> ResponseReturnValue:
    """Change the password; the present one is asked for, and other sessions end."""
    form = ChangePasswordForm()
    if form.validate():
        try:
            _confirm(form.present.data)
            _change(form.password.data)
        except (Invalid, lockout.LockedOut) as refused:
            wrong = form.password if isinstance(refused, Weak) else form.present
            wrong.errors = [refused.message]
        else:
            flash(_("密码改好了；别处的登录都已结束。"))
            return redirect(url_for("own.page"), 303)
    return _page(form, ConfirmForm(formdata=None)), 422


@routes.route("/second-factor", methods=["GET", "POST"])
@signed_in
def bind() -> ResponseReturnValue:
    """Bind an authenticator of one's own accord; one that is bound must be unbound first."""
    with reading() as opened:
        if second_factor.has(opened, tables(), me()):
            raise Conflict(_("已经绑定了动态码。要换手机，请先取消。"))
    form, action = EnrolForm(), url_for("own.bind")
    if request.method == "GET" or not form.validate():
        return code.enrolment(me(), form, action=action)
    try:
        codes = code.bind(me(), form)
    except Invalid as wrong:
        form.code.errors = [wrong.message]
        return code.enrolment(me(), form, action=action)
    entering.keep(code.RECOVERY, *codes)
    return redirect(url_for("code.recovery", next=url_for("own.page")), 303)


@routes.post("/second-factor/remove")
@signed_in
def unbind() -> ResponseReturnValue:
    """Unbind the authenticator; where one is asked for, the next sign-in binds another."""
    form = ConfirmForm()
    if form.validate():
        try:
            _confirm(form.present.data)
            _unbind()
        except (Invalid, lockout.LockedOut) as refused:
            form.present.errors = [refused.message]
        else:
            flash(_("动态码已取消。"))
            return redirect(url_for("own.page"), 303)
    return _page(ChangePasswordForm(formdata=None), form), 422


class Weak(Invalid):
    """The new password is what has to be mended, not the present one."""


def _confirm(given: str) -> None:
    """Raise Invalid where this isn't the present password; wrong ones count as at the sign-in."""
    now = clock.now()
    made = entering.attempt(me().login, now=now)
    with reading() as opened:
        found = accounts.verified(opened, tables().account, login=me().login, password=given)
    if found is None:
        entering.failed(me().login, outcome="wrong", now=now)
        raise Invalid(_("现在的密码不对。"))
    with transaction() as opened:
        lockout.take_back(opened, tables(), made)


def _change(wanted: str) -> None:
    with transaction() as opened:
        try:
            accounts.set_password(opened, _myself(opened), wanted)
        except Invalid as weak:
            raise Weak(weak.message) from weak
        sessions.end_all(opened, tables(), me(), but=me().session_token)
        _log(opened, "password")


def _unbind() -> None:
    with transaction() as opened:
        second_factor.remove(opened, tables(), me())
        _log(opened, "unbound")


def _myself(opened: Session) -> AccountMixin:
    return opened.get_one(tables().account, me().id)


def _log(opened: Session, outcome: str) -> None:
    now, address = clock.now(), entering.address()
    history.write(
        opened, tables(), login=me().login, outcome=outcome, address=address, now=now, by=me().login
    )


def _page(change: ChangePasswordForm, confirm: ConfirmForm) -> str:
    with reading() as opened:
        live = _live(opened)
        shown = {
            "sessions": live,
            "last": history.last_before(opened, tables(), me()),
            "bound": second_factor.has(opened, tables(), me()),
            "left": second_factor.left(opened, tables(), me()),
        }
    forms = {"change": change, "confirm": confirm, "button": ButtonForm(formdata=None)}
    faulty = next((form for form in (change, confirm) if form.errors), None)
    asked = installation().settings.asks_second_factor
    return render_template("accounts/account.html", **shown, **forms, faulty=faulty, asked=asked)


def _live(opened: Session) -> Sequence[tuple[SessionMixin, bool]]:
    """Return my live sessions, each with whether it is the one that asks."""
    token = me().session_token
    return [(row, sessions.is_of(row, token)) for row in sessions.of(opened, tables(), me(), now=clock.now())]
