"""The administrator: accounts, and no data."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from huying.accounts.sign_in.administration import shown_once
from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from survey.roles import ADMINISTRATOR
from survey.web import operations, queries
from survey.web.forms.account import StaffForm
from survey.web.operations import Invitation
from survey.web.views.pages import me, page

routes = Blueprint("administrator", __name__, url_prefix="/administrator")


@routes.route("/accounts", methods=["GET", "POST"])
@only(ADMINISTRATOR)
def accounts() -> ResponseReturnValue:
    """List the accounts and invite somebody."""
    form = StaffForm()
    invitations: list[Invitation] = []
    status = _invite(form, invitations) if request.method == "POST" else 200
    if status == DONE:
        return shown_once(invitations[0].account, invitations[0].token)
    with reading() as session:
        everybody = queries.accounts(session)
    return page("web/accounts", form=form, accounts=everybody), status


def _invite(form: StaffForm, invitations: list[Invitation]) -> int:
    """Invite whom the form describes, put the invitation on the list, and return as `store` does."""
    keys = installation().keys
    return store(
        form,
        lambda session: invitations.append(
            operations.invite(session, form.value(), keys=keys, by=me().login, now=clock.now())
        ),
    )
