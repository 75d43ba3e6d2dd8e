"""Numbers that want looking at: somebody calls them, and says whether they are answered."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.contacts.queries import checks, numbers
from feedback.reach.operations import reports
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.forms import ButtonForm

routes = Blueprint("numbers", __name__, url_prefix="/numbers")
SHOWN = 200


@routes.get("/")
@only(GRID_OFFICE, GRID_LEADER)
def listing() -> ResponseReturnValue:
    """Show the numbers of one's own areas that want looking at, the worst first."""
    now, asks = clock.now(), installation().settings.sends_messages
    with reading() as session:
        found = checks.due(session, lookups.around(session, current_user.area_code), asks=asks, now=now)
        return render_template(
            "feedback/reach/numbers.html",
            checks=found[:SHOWN],
            more=max(0, len(found) - SHOWN),
            numbers={
                each.contact.id: numbers.number_of(each.contact, vault=installation().vault)
                for each in found[:SHOWN]
            },
            form=ButtonForm(),
            now=now,
        )


@routes.post("/<int:contact_id>/<found>")
@only(GRID_OFFICE, GRID_LEADER)
def checked(contact_id: int, found: str) -> ResponseReturnValue:
    """Note what a call to a number found: `works` or `dead`."""
    now, asks = clock.now(), installation().settings.sends_messages
    with transaction() as session:
        own = lookups.around(session, current_user.area_code)
        listed = {each.contact.id for each in checks.due(session, own, asks=asks, now=now)}
        if contact_id not in listed:
            raise NotFound(_("没有这个号码，或不用核对。"))
        if found == "works":
            reports.prove(session, contact_id, now=now)
        elif found == "dead":
            reports.fail(session, contact_id, now=now)
        else:
            raise Invalid(_("请选“能接通”或“打不通”。"), status=400)
    return redirect(url_for("numbers.listing"), 303)
