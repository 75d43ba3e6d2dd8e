"""An administrator looks after accounts: links, lockouts, sessions, second factors, the sign-in log."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.accounts import (
    ADMINISTRATOR,
    AccountMixin,
    browsers,
    history,
    links,
    lockout,
    people,
    second_factor,
    sessions,
)
from huying.accounts.current import me, tables
from huying.accounts.sign_in import entering
from huying.accounts.sign_in.forms import SubjectForm
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import Words, _, lazy
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.forms import ButtonForm
from huying.web.row_numbers import row_number

routes = Blueprint("accounts", __name__, url_prefix="/administrator")
LINK = "link"
PAGE = 50


@routes.get("/accounts/<int:number>")
@only(ADMINISTRATOR)
def one(number: int) -> ResponseReturnValue:
    """Show an account, and a new link once."""
    return _page(number, SubjectForm(formdata=None)), 200


@routes.post("/accounts/<int:number>/subject")
@only(ADMINISTRATOR)
def subject(number: int) -> ResponseReturnValue:
    """Tell what an identity provider calls the account's owner."""
    form = SubjectForm()
    if not form.validate():
        return _page(number, form), 422
    with transaction() as opened:
        _account(opened, number).subject = (form.subject.data or "").strip() or None
    flash(_("已保存。"))
    return _back(number)


@routes.post("/accounts/<int:number>/link")
@only(ADMINISTRATOR)
def link(number: int) -> ResponseReturnValue:
    """Make a link by which the owner sets a password, for 72 hours and once."""
    with transaction() as opened:
        token = invite(opened, _account(opened, number))
    return shown_once(number, token)


@routes.post("/accounts/<int:number>/<any(unlock, end, stop, resume, unbind):what>")
@only(ADMINISTRATOR)
def do(number: int, what: str) -> ResponseReturnValue:
    """Lift a lockout, end sessions, put out of use or into use, unbind an authenticator that was lost."""
    with transaction() as opened:
        account = _account(opened, number)
        act, outcome, said = DEEDS[what]
        act(opened, account)
        _log(opened, account, outcome)
    flash(str(said))
    return _back(number)


@routes.get("/sign-ins")
@only(ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """Show the sign-in log, the latest first, a page at a time."""
    before = request.args.get("before", type=row_number)
    with reading() as opened:
        lines = history.lines(opened, tables(), before=before, most=PAGE)
        tried = () if before else history.tried(opened, tables(), now=clock.now())
    older = lines[-1].id if len(lines) == PAGE else None
    shown = {"lines": lines, "tried": tried, "older": older, "outcomes": history.OUTCOMES}
    return render_template("accounts/account_log.html", **shown)


def invite(opened: Session, account: AccountMixin) -> str:
    """Return the token of a new link for an account, made by whoever asks now."""
    return links.make(opened, tables(), account, keys=installation().keys, by=me().login, now=clock.now())


def shown_once(number: int, token: str) -> ResponseReturnValue:
    """Lead to the account's page, which shows the link this once."""
    entering.keep(LINK, f"{installation().settings.base_url}/sign-in/link/{token}")
    return _back(number)


def _unlock(opened: Session, account: AccountMixin) -> None:
    lockout.lift(opened, tables(), login=account.login, keys=installation().keys, now=clock.now())


def _end(opened: Session, account: AccountMixin) -> None:
    sessions.end_all(opened, tables(), account)
    browsers.forget(opened, tables(), account)


def _stop(opened: Session, account: AccountMixin) -> None:
    people.set_active(opened, tables(), account, active=False)
    links.revoke(opened, tables(), account)
    _end(opened, account)


def _resume(opened: Session, account: AccountMixin) -> None:
    people.set_active(opened, tables(), account, active=True)


def _unbind(opened: Session, account: AccountMixin) -> None:
    second_factor.remove(opened, tables(), account)
    _end(opened, account)


DEEDS: dict[str, tuple[Callable[[Session, AccountMixin], None], str, Words]] = {
    "unlock": (_unlock, "lifted", lazy("已放行：从哪里都可以再试。")),
    "end": (_end, "ended", lazy("这个账号的登录都已结束。")),
    "stop": (_stop, "stopped", lazy("账号已停用，登录都已结束。")),
    "resume": (_resume, "resumed", lazy("账号已恢复。")),
    "unbind": (_unbind, "unbound", lazy("动态码已取消，登录都已结束。")),
}
"""What can be done with an account: the deed, how the log names it, what the page says then."""


def _account(opened: Session, number: int) -> AccountMixin:
    account: AccountMixin | None = opened.scalar(
        select(tables().account).where(tables().account.id == number)
    )
    if account is None:
        raise NotFound(_("没有这个账号。"))
    return account


def _log(opened: Session, account: AccountMixin, outcome: str) -> None:
    address, now = entering.address(), clock.now()
    history.write(
        opened, tables(), login=account.login, outcome=outcome, address=address, now=now, by=me().login
    )


def _back(number: int) -> ResponseReturnValue:
    return redirect(url_for("accounts.one", number=number), 303)


def _page(number: int, form: SubjectForm) -> str:
    now, keys = clock.now(), installation().keys
    with reading() as opened:
        account = _account(opened, number)
        shown = {
            "sessions": sessions.of(opened, tables(), account, now=now),
            "lines": history.lines(opened, tables(), login=account.login, most=20),
            "failures": lockout.failures_of(opened, tables(), login=account.login, keys=keys, now=now),
            "bound": second_factor.has(opened, tables(), account),
        }
    if not form.is_submitted():
        form.subject.data = account.subject
    more = {"form": form, "button": ButtonForm(formdata=None), "link": "".join(entering.kept(LINK))}
    provider = installation().settings.provider is not None
    return render_template(
        "accounts/account_one.html",
        account=account,
        **shown,
        **more,
        outcomes=history.OUTCOMES,
        provider=provider,
    )
