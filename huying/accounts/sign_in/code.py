"""The second step in: a code of the authenticator, or binding one where that is still to be done."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from huying.accounts import AccountMixin, history, lockout, second_factor
from huying.accounts.current import tables
from huying.accounts.sign_in import entering, picture
from huying.accounts.sign_in.forms import EnrolForm, SecondFactorForm
from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import Words, _
from huying.web.access import anyone, signed_in
from huying.web.current import installation, reading, transaction

routes = Blueprint("code", __name__)
RECOVERY = "recovery"


@routes.route("/sign-in/code", methods=["GET", "POST"])
@anyone
def page() -> ResponseReturnValue:
    """Ask for a code from whoever has given the right password."""
    account = entering.halfway()
    if account is None:
        return _again()
    form = SecondFactorForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        target = _tried(account, form.code.data)
    except lockout.LockedOut as held:
        return _page(form, refused=held.message), held.status
    if target is None:
        return _page(form, refused=_("动态码不对，或已经用过。请等下一个再试。")), 422
    return redirect(target, 303)


@routes.route("/sign-in/enrol", methods=["GET", "POST"])
@anyone
def enrol() -> ResponseReturnValue:
    """Bind an authenticator before the first page: this side asks everybody for a second factor."""
    account = entering.halfway()
    if account is None or _bound(account):
        return _again()
    form = EnrolForm()
    if request.method == "GET" or not form.validate():
        return enrolment(account, form)
    try:
        codes = bind(account, form)
    except Invalid as wrong:
        form.code.errors = [wrong.message]
        return enrolment(account, form)
    with transaction() as opened:
        token = entering.settled(opened, account, outcome="in")
    entering.enter(account, token)
    entering.keep(RECOVERY, *codes)
    onward = entering.onward(account, entering.target())
    return redirect(url_for("code.recovery", next=onward), 303)


@routes.get("/account/recovery")
@signed_in
def recovery() -> ResponseReturnValue:
    """Show new recovery codes, this once."""
    codes = entering.kept(RECOVERY)
    if not codes:
        return redirect(url_for("own.page"), 303)
    return render_template("accounts/account_recovery.html", codes=codes, target=entering.target())


def enrolment(account: AccountMixin, form: EnrolForm, *, action: str = "") -> ResponseReturnValue:
    """Return the page that shows an authenticator's secret, as a picture and in letters."""
    vault = installation().vault
    fresh = not form.sealed.data
    form.sealed.data = form.sealed.data or second_factor.draft(account, vault=vault)
    secret = second_factor.opened(form.sealed.data, account, vault=vault)
    issuer = installation().settings.origin
    symbol = picture.data_uri(second_factor.uri(secret, account, issuer=issuer))
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    shown = {"symbol": symbol, "letters": letters, "action": action or request.full_path}
    return render_template("accounts/sign_in_enrol.html", form=form, **shown), 200 if fresh else 422


def bind(account: AccountMixin, form: EnrolForm) -> tuple[str, ...]:
    """Bind the authenticator of a form to the account; return the recovery codes."""
    vault, now = installation().vault, clock.now()
    secret = second_factor.opened(form.sealed.data, account, vault=vault)
    with transaction() as opened:
        given = {"secret": secret, "code": form.code.data}
        codes = second_factor.enrol(opened, tables(), account, vault=vault, now=now, **given)
        history.write(
            opened, tables(), login=account.login, outcome="enrolled", address=entering.address(), now=now
        )
    return codes


def _tried(account: AccountMixin, code: str) -> str | None:
    """Return where a right code leads, None for a wrong one; wrong codes lock as wrong passwords do."""
    now = clock.now()
    made = entering.attempt(account.login, now=now)
    token = entering.settled_by_code(account, code, made=made)
    if not token:
        entering.failed(account.login, outcome="code", now=now)
        return None
    entering.enter(account, token)
    return entering.onward(account, entering.target())


def _bound(account: AccountMixin) -> bool:
    with reading() as opened:
        return second_factor.has(opened, tables(), account)


def _again() -> ResponseReturnValue:
    return redirect(url_for("sign_in.page", next=entering.target()), 303)


def _page(form: SecondFactorForm, *, refused: Words = "") -> str:
    return render_template("accounts/sign_in_code.html", form=form, refused=refused)
