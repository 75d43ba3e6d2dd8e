"""The reviewer's desk, and the page of figures that everybody may read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.rules import limits, word
from feedback.review import operations, queries
from feedback.review.forms import VerdictForm
from feedback.review.rules.signals import SIGNALS
from feedback.review.rules.verdicts import REASONS
from feedback.roles import REVIEWER
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import anyone, only
from huying.web.current import reading
from huying.web.form_handling import DONE, store

routes = Blueprint("odd_ratings", __name__)


@routes.get("/review/ratings/")
@only(REVIEWER)
def desk() -> ResponseReturnValue:
    """List what looks odd and nobody has settled yet, outside one's own line."""
    with reading() as session:
        return render_template(
            "feedback/review/desk.html",
            odd=queries.odd(
                session, by=current_user.login, area_code=current_user.area_code, now=clock.now()
            ),
            signals=SIGNALS,
            now=clock.now(),
        )


@routes.get("/review/ratings/<int:rating_id>")
@only(REVIEWER)
def one(rating_id: int) -> ResponseReturnValue:
    """Show an odd rating: how it came in, what it said, never who was asked."""
    return _one(rating_id, VerdictForm())


@routes.post("/review/ratings/<int:rating_id>")
@only(REVIEWER)
def decide(rating_id: int) -> ResponseReturnValue:
    """Keep what this reviewer decides; two who agree settle it."""
    form = VerdictForm()
    status = store(
        form,
        lambda session: operations.decide(
            session,
            rating_id,
            reason=form.reason.data,
            text=form.text.data,
            by=current_user.login,
            area_code=current_user.area_code,
            now=clock.now(),
        ),
    )
    if status != DONE:
        return _one(rating_id, form), status
    flash(_("记下了。两位复核员各自定了同样的，才算数。"))
    return redirect(url_for("odd_ratings.desk"), 303)


@routes.get("/review/limited")
@only(REVIEWER)
def limited() -> ResponseReturnValue:
    """List the requests that limits held back lately."""
    with reading() as session:
        return render_template(
            "feedback/review/limited.html",
            rows=queries.limited(session, area_code=current_user.area_code, now=clock.now()),
            areas=lookups.areas(session),
            kinds=limits.KINDS,
            now=clock.now(),
        )


@routes.get("/figures/ratings")
@anyone
def figures() -> ResponseReturnValue:
    """Show everybody how ratings stand: with and without what looks odd, and what was excluded, why."""
    with reading() as session:
        return render_template(
            "feedback/review/figures.html",
            figures=_figures(session),
            signals=SIGNALS,
            reasons=REASONS,
            channels=word.CHANNELS,
        )


def _figures(session: Any) -> queries.PublicFigures:
    """Return this week's figures, counted once for each time that something changed."""
    now = clock.now()
    mark = queries.mark(session, now=now)
    known: dict[object, queries.PublicFigures] = current_app.extensions.setdefault("figures", {})
    if mark not in known:
        known.clear()
        known[mark] = queries.figures(session, now=now)
    return known[mark]


def _one(rating_id: int, form: VerdictForm) -> str:
    with reading() as session:
        suspicion, version = queries.one(
            session, rating_id, by=current_user.login, area_code=current_user.area_code, now=clock.now()
        )
        return render_template(
            "feedback/review/one.html",
            suspicion=suspicion,
            version=version,
            signals=SIGNALS,
            form=form,
            now=clock.now(),
        )
