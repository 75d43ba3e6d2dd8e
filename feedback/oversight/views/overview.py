"""The first page of the grid office, and the whole at a glance for coordinators and the district."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.oversight.queries import counts, loads, missing
from feedback.oversight.queries import wall as wall_queries
from feedback.oversight.rules import filters, wall
from feedback.oversight.views.overseer import WHOLE, knows_names, overseer
from feedback.roles import GRID_OFFICE
from feedback.web.queries import lookups
from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading

routes = Blueprint("oversight", __name__, url_prefix="/oversight")
EVERY = 60
"""Seconds after which the wall is asked for again, where somebody wants that."""


@routes.get("/")
@only(*WHOLE)
def overview() -> ResponseReturnValue:
    """Show what is missing, and how many cases are on which desk and in which community."""
    seen_by, now = overseer(), clock.now()
    with reading() as session:
        vault = installation().vault
        answering = wall_queries.wall_of(session, seen_by=seen_by, names=False, vault=vault, now=now)
        return render_template(
            "feedback/oversight/overview.html",
            missing=missing.missing(session, seen_by=seen_by, now=now),
            counts=counts.overview(session, seen_by=seen_by, now=now),
            unanswered=sum(each.how_many(wall.NOBODY) for each in answering),
            areas=lookups.areas(session),
            full=lookups.full_name,
            desks=filters.DESKS,
            unplaced=filters.NO_GRID,
            acts=current_user.role == GRID_OFFICE,
            now=now,
        )


@routes.get("/wall")
@only(*WHOLE)
def who_answers() -> ResponseReturnValue:
    """Show who answers now in every grid; `every` has the browser ask again by itself, without a script."""
    seen_by, now = overseer(), clock.now()
    again = "every" in request.args
    with reading() as session:
        names, vault = knows_names(), installation().vault
        communities = wall_queries.wall_of(session, seen_by=seen_by, names=names, vault=vault, now=now)
    shown = render_template(
        "feedback/oversight/wall.html",
        communities=communities,
        legend=wall.legend(communities),
        again=again,
        seconds=EVERY,
        acts=current_user.role == GRID_OFFICE,
        now=now,
    )
    answer: Response = make_response(shown)
    if again:
        answer.headers["Refresh"] = f"{EVERY}; url={url_for('oversight.who_answers', every='y')}"
    return answer


@routes.get("/loads")
@only(*WHOLE)
def load_of_each() -> ResponseReturnValue:
    """Show what each worker has in hand, by area and name: nobody is ranked."""
    seen_by, now = overseer(), clock.now()
    with reading() as session:
        return render_template(
            "feedback/oversight/loads.html", loads=loads.loads(session, seen_by=seen_by, now=now)
        )
