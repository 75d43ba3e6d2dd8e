"""The resident's word on what was resolved: three questions by a link, and no receipt of the answer."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.cases.forms.resident import COOKIELESS, RatingForm, WordForm
from feedback.cases.operations import limits, ratings, receipt_words
from feedback.cases.operations.ratings import Arrival
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import codes
from feedback.cases.views.receipts import refuse_staff
from feedback.web.views.guessing import look_up
from huying.accounts import history
from huying.accounts.sign_in.entering import address
from huying.base import clock
from huying.base.errors import Gone, NotFound
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store

routes = Blueprint("ratings", __name__)
LATELY = timedelta(days=30)


@routes.get("/r/<token>")
@anyone
def page(token: str) -> ResponseReturnValue:
    """Ask; looking at the questions changes nothing."""
    refuse_staff()
    form = RatingForm(meta=COOKIELESS)
    form.seen.data = codes.seen_stamp(installation().vault, token=token, at=clock.now())
    try:
        return _page(token, form), 200
    except Gone as gone:
        return _over(token, WordForm(formdata=None, meta=COOKIELESS), said=gone), gone.status


@routes.post("/r/<token>")
@anyone
def answer(token: str) -> ResponseReturnValue:
    """Take the answer, or another within a day; the reply is alike for all."""
    refuse_staff()
    form = RatingForm(meta=COOKIELESS)
    vault, now = installation().vault, clock.now()
    network = limits.address_digest(history.coarse(address()), vault=vault, now=now)
    status = store(
        form,
        lambda session: ratings.rate(
            session,
            token,
            form.value(),
            now=now,
            arrival=Arrival(
                codes.seen_at(vault, form.seen.data or "", token=token),
                network,
                case_queries.is_staff_network(session, history.coarse(address()), since=now - LATELY),
            ),
        ),
    )
    if status == DONE:
        return redirect(url_for("ratings.thanks", **languages.kept()), 303)  # type: ignore[arg-type]
    return _page(token, form), status


@routes.post("/r/<token>/late")
@anyone
def late(token: str) -> ResponseReturnValue:
    """Open the next round for somebody whose link is over."""
    refuse_staff()
    with reading() as session:
        rating = look_up(lambda: case_queries.rated_by(session, token))
        case_id = rating.case_id
        case = case_queries.one(session, case_id)
        door = case_queries.door(session, case, now=clock.now())
    form = WordForm(meta=COOKIELESS).offer(door.words if door else ())
    status = store(
        form,
        lambda session: receipt_words.say(
            session, case_id, solved=form.solved.data, words=form.words.data or "", now=clock.now()
        ),
    )
    if status == DONE:
        return redirect(url_for("ratings.thanks", **languages.kept()), 303)  # type: ignore[arg-type]
    return _over(token, form, said=None), status


@routes.get("/thanks")
@anyone
def thanks() -> ResponseReturnValue:
    """Say that the answer came and what happens next, never what it was."""
    return render_template("feedback/cases/thanks.html")


def _page(token: str, form: RatingForm) -> str:
    with reading() as session:
        rating = look_up(lambda: case_queries.rating_of_link(session, token, now=clock.now()))
        case = case_queries.one(session, rating.case_id)
    return render_template(
        "feedback/cases/rating.html",
        form=form,
        case=case,
        rating=rating,
        action=request.path,
        now=clock.now(),
    )


def _over(token: str, form: WordForm, *, said: Gone | None) -> str:
    """Return the page of a link that is over: what it was about, and the door to the next round."""
    with reading() as session:
        rating = case_queries.rated_by(session, token)
        case = case_queries.one(session, rating.case_id)
        door = case_queries.door(session, case, now=clock.now()) if rating.round == case.round else None
    if door is None:
        raise said or NotFound(case_queries.NO_SUCH_LINK)
    return render_template(
        "feedback/cases/over.html", form=form.offer(door.words), case=case, token=token, now=clock.now()
    )
