"""The token that a request shows: counted and looked at before anything else."""

from __future__ import annotations

from typing import cast

from flask import g, request

from huying.base import clock
from huying.base.i18n import _
from huying.web import languages
from huying.web.current import installation, transaction
from survey.api import operations
from survey.api.operations import NoToken, TooOften
from survey.api.rules.tokens import TokenScope

SCOPE, WAIT = "token_scope", "token_wait"


def check() -> None:
    """Count this request's token and keep what it may read.

    Raises NoToken without one that can be used, TooOften where it is used up for this hour. No cookie and no
    account stands in for it.
    """
    languages.without_cookie()
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise NoToken(_("请在 Authorization 里写 Bearer 和令牌。"))
    with transaction() as session:
        admission = operations.admit(session, shown.token, keys=installation().keys, now=clock.now())
    # Raised only now: what was refused is counted too.
    if admission.wait:
        setattr(g, WAIT, admission.wait)
        raise TooOften(admission.wait)
    setattr(g, SCOPE, admission.scope)


def scope() -> TokenScope:
    """Return what this request's token may read."""
    return cast("TokenScope", g.get(SCOPE))
