"""Numbers that want looking at: somebody calls them, and says whether they are answered."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from feedback.contacts.queries import checks, numbers
from feedback.models import Area
from feedback.reach.operations import reports
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("numbers", __name__, url_prefix="/numbers")
SHOWN = 200


@routes.get("/")
@only(GRID_OFFICE, GRID_LEADER)
def listing() -> ResponseReturnValue:
    """Show the numbers of one's own areas that want looking at, the worst first."""
    now = clock.now()
    with reading() as session:
        found = checks.due(session, _own(session), now=now)
        return render_template(
            "feedback/reach/numbers.html",
            checks=found[:SHOWN],
            more=max(0, len(found) - SHOWN),
            numbers={
                each.contact.id: numbers.number_of(each.contact, vault=installation().vault)
                for each in found[:SHOWN]
            },
            form=PlainForm(),
            now=now,
        )


@routes.post("/<int:contact_id>/<found>")
@only(GRID_OFFICE, GRID_LEADER)
def checked(contact_id: int, found: str) -> ResponseReturnValue:
    """Note what a call to a number found: `works` or `dead`."""
    now = clock.now()
    with transaction() as session:
        listed = {each.contact.id for each in checks.due(session, _own(session), now=now)}
        if contact_id not in listed:
            raise NotFound(_("没有这个号码，或不用核对。"))
        if found == "works":
            reports.prove(session, contact_id, now=now)
        elif found == "dead":
            reports.fail(session, contact_id, now=now)
        else:
            raise Invalid(_("请选“能接通”或“打不通”。"), status=400)
    return redirect(url_for("numbers.listing"), 303)


def _own(session: Session) -> set[str]:
    """Return the codes of the areas that this account looks after, and of those above them."""
    areas = lookups.areas(session)
    top = current_user.area_code
    inside = {code for code, area in areas.items() if lookups.is_inside(areas, area, top)}
    above: Area | None = areas.get(top or "")
    while above is not None:
        inside.add(above.code)
        above = areas.get(above.parent_code or "")
    return inside
