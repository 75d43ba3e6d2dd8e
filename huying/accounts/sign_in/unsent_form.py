"""What was typed when a session ended is kept, and offered back to its writer after signing in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from huying.accounts import unsent
from huying.accounts.current import me, tables
from huying.accounts.sign_in import entering
from huying.base import clock
from huying.web import access
from huying.web.access import signed_in
from huying.web.current import installation, reading, transaction
from huying.web.forms import ButtonForm

routes = Blueprint("unsent", __name__)
OF_ACCOUNTS = frozenset({"sign_in", "code", "link", "provider", "own", "accounts", "unsent"})
"""Pages whose fields are passwords, codes and buttons."""
AGAIN = "sent_again"
"""The field by which a form that was kept comes back."""


def init_app(app: Flask) -> None:
    """Keep what is sent too late, before anybody is led to sign in."""
    app.before_request(_keep_late)
    app.after_request(_drop_arrived)


@routes.get("/account/unsent")
@signed_in
def page() -> ResponseReturnValue:
    """Show what was sent too late, to be sent again."""
    now = clock.now()
    with reading() as opened:
        form = unsent.find(opened, tables(), me(), vault=installation().vault, now=now)
    if form is None:
        return redirect(entering.target(), 303)
    button = ButtonForm(formdata=None)
    return render_template(
        "accounts/unsent.html", kept=form, form=button, again=AGAIN, onward=entering.target()
    )


@routes.post("/account/unsent/drop")
@signed_in
def drop() -> ResponseReturnValue:
    """Forget it."""
    with transaction() as opened:
        unsent.drop(opened, tables(), me())
    return redirect("/desk", 303)


def after_forgery() -> ResponseReturnValue | None:
    """Keep a form of our own page whose token is of an earlier session; None where it may be another's."""
    if not _is_own_page():
        return None
    who = me().id if current_user.is_authenticated else session.get(entering.WHO)
    if not _keep(who):
        return None
    if current_user.is_authenticated:
        return redirect(url_for("unsent.page"), 303)
    return redirect(url_for("sign_in.page", next="/desk"), 303)


def _keep_late() -> None:
    """Keep a form that needs an account, sent from a browser whose session is over.

    Not what another server's page sends, or its words would be offered back as somebody's own.
    """
    if request.method != "POST" or request.endpoint is None or current_user.is_authenticated:
        return
    if "Origin" in request.headers and not _is_own_page():
        return
    if access.declared(current_app, request.endpoint) != access.ANYONE:
        _keep(session.get(entering.WHO))


def _keep(who: int | None) -> bool:
    if who is None or request.blueprint in OF_ACCOUNTS:
        return False
    path = request.full_path.rstrip("?")
    form = unsent.form_of(path, request.form.items(multi=True))
    if form is None:
        return False
    with transaction() as opened:
        unsent.keep(opened, tables(), who, form, vault=installation().vault, now=clock.now())
    return True


def _is_own_page() -> bool:
    """Tell whether a page of this server sent the request: browsers say so, and let nobody else say it."""
    origin, own = urlsplit(request.headers.get("Origin", "")), urlsplit(installation().settings.base_url)
    return bool(own.hostname) and (origin.scheme, origin.netloc) == (own.scheme, own.netloc)


def _drop_arrived(response: Response) -> Response:
    """Forget a form that was sent again and taken."""
    again = request.method == "POST" and response.status_code < 400 and request.form.get(AGAIN)
    if again and current_user.is_authenticated:
        with transaction() as opened:
            unsent.drop(opened, tables(), me())
    return response
