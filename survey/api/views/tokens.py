"""Tokens: an assessor or administrator makes and revokes them, an auditor sees what they are used for."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.accounts.sign_in import entering
from huying.base import clock
from huying.base.i18n import _, lazy
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.api import operations
from survey.api.forms import TokenForm
from survey.api.queries import tokens
from survey.api.rules.tokens import FINEST, READS
from survey.roles import ADMINISTRATOR, ASSESSOR, AUDITOR
from survey.web.views.pages import me, page

routes = Blueprint("tokens", __name__, url_prefix="/tokens")
TOKEN = "token"  # noqa: S105  (under this word it is kept for one page)
STATES = {tokens.ACTIVE: lazy("可用"), tokens.EXPIRED: lazy("过期"), tokens.REVOKED: lazy("已作废")}


@routes.get("/")
@only(ASSESSOR, ADMINISTRATOR, AUDITOR)
def index() -> ResponseReturnValue:
    """List all tokens with their uses; the one that was just made is shown this once."""
    return _listed(TokenForm(formdata=None))


@routes.post("/")
@only(ASSESSOR, ADMINISTRATOR)
def make() -> ResponseReturnValue:
    """Make a token and lead to the list, which shows it once."""
    form, made = TokenForm(), list[str]()
    keys, by, role = installation().keys, me().login, me().role
    status = store(
        form,
        lambda session: made.append(
            operations.issue(session, form.value(), keys=keys, by=by, role=role, now=clock.now())
        ),
    )
    if status != DONE:
        return _listed(form), status
    entering.keep(TOKEN, *made)
    return redirect(url_for(".index"), 303)


@routes.post("/<int:number>/revoke")
@only(ASSESSOR, ADMINISTRATOR)
def revoke(number: int) -> ResponseReturnValue:
    """Revoke a token for good."""
    with transaction() as session:
        operations.revoke(session, number, by=me().login, now=clock.now())
    flash(_("令牌已作废，从现在起不能再用。"))
    return redirect(url_for(".index"), 303)


def _listed(form: TokenForm) -> str:
    with reading() as session:
        found = tokens.listed(session, now=clock.now())
    shown = "".join(entering.kept(TOKEN)) if request.method == "GET" else ""
    return page(
        "api/tokens",
        tokens=found,
        form=form,
        button=ButtonForm(formdata=None),
        shown=shown,
        may_make=me().role != AUDITOR,
        states=STATES,
        reads=READS,
        finest=FINEST,
        base_url=installation().settings.base_url,
    )
