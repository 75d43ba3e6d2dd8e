"""Signing in by an identity provider, where an installation has one. No account comes to be by it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.accounts import AccountMixin, history
from huying.accounts.current import tables
from huying.accounts.sign_in import entering
from huying.base import clock
from huying.base.errors import Forbidden
from huying.base.i18n import _
from huying.base.identity_provider import Provider
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction

routes = Blueprint("provider", __name__)
JOURNEY, NEXT = "journey", "next"


@routes.get("/sign-in/provider")
@anyone
def begin() -> ResponseReturnValue:
    """Lead to the provider."""
    from huying.accounts import oidc  # noqa: PLC0415  (an optional dependency)

    address, journey = oidc.begin(_provider(), back=_back())
    session[JOURNEY] = journey.kept()
    session[NEXT] = entering.target()
    return redirect(address, 303)


@routes.get("/sign-in/provider/back")
@anyone
def back() -> ResponseReturnValue:
    """Let in whom the provider vouches for, if an account is told to be theirs."""
    from huying.accounts import oidc  # noqa: PLC0415  (an optional dependency)

    provider, kept = _provider(), session.pop(JOURNEY, None)
    journey = oidc.Journey(**(kept or {"state": "", "nonce": "", "verifier": ""}))
    if not journey.state:
        return redirect("/sign-in", 303)
    claims = oidc.finish(provider, journey, request.args, back=_back())
    account = _account(oidc.subject(provider, claims))
    if account is None:
        _log_stranger()
        raise Forbidden(_("统一身份认证确认了您的身份，但这里没有登记您的账号。请联系管理员。"))
    return redirect(entering.known(account, None, wanted=session.pop(NEXT, "/desk")), 303)


def _account(subject: str) -> AccountMixin | None:
    if not subject:
        return None
    with reading() as opened:
        return _matched(opened, subject)


def _matched(opened: Session, subject: str) -> AccountMixin | None:
    """Return the one account in use that an administrator has told to be this person's."""
    model = tables().account
    found = opened.scalars(select(model).where(model.subject == subject, model.active)).all()
    return found[0] if len(found) == 1 else None


def _log_stranger() -> None:
    with transaction() as opened:
        history.write(
            opened, tables(), login="", outcome="stranger", address=entering.address(), now=clock.now()
        )


def _provider() -> Provider:
    provider = installation().settings.provider
    if provider is None:
        abort(404)
    return provider


def _back() -> str:
    return f"{installation().settings.base_url}/sign-in/provider/back"
