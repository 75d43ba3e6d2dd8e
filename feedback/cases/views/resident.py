"""A resident asks for help, gets a receipt and follows the case by it, without an account."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from feedback.cases.forms.moves import ReplyForm
from feedback.cases.forms.resident import HelpForm, TrackForm
from feedback.cases.operations import handling, log, opening
from feedback.cases.operations.opening import NewCase
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.categories import UNREACHED
from feedback.models import Poster
from feedback.posters.queries import posters as poster_queries
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from feedback.web.views.guessing import look_up
from huying.base import clock
from huying.base.errors import NotFound
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store

PROOF_SYMBOLS = 6
routes = Blueprint("cases", __name__)


@routes.route("/help/<code>", methods=["GET", "POST"])
@anyone
def ask(code: str) -> ResponseReturnValue:
    """Show the form, or open the case and lead to its receipt."""
    poster = _poster(code)
    form = HelpForm()
    if request.args.get("about") == "number":
        form.category.choices = [SelectChoice(value=UNREACHED, label=UNREACHED)]
    if request.method == "GET":
        return _help(form, poster), 200
    opened: list[NewCase] = []
    status = store(
        form,
        lambda session: opened.append(
            opening.open_case(
                session,
                form.value(),
                poster=poster_queries.find(session, poster.code),
                once=form.once.data,
                source="poster",
                vault=installation().vault,
                now=clock.now(),
            )
        ),
    )
    if status == DONE:
        return redirect(url_for("cases.receipt", receipt=opened[0].receipt), 303)
    return _help(form, poster), status


@routes.get("/receipt/<receipt>")
@anyone
def receipt(receipt: str) -> ResponseReturnValue:
    """Show what became of a case: its steps, who has it now, by when."""
    return _receipt(receipt, ReplyForm(formdata=None))


@routes.post("/receipt/<receipt>/reply")
@anyone
def reply(receipt: str) -> ResponseReturnValue:
    """Take the reply to the question that the case waits for."""
    form = ReplyForm()
    with reading() as session:
        case = look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))
    status = store(
        form, lambda session: handling.reply(session, case.id, text=form.text.data, now=clock.now())
    )
    if status == DONE:
        return redirect(url_for("cases.receipt", receipt=receipt), 303)
    return _receipt(receipt, form), status


@routes.post("/receipt/<receipt>/withdraw")
@anyone
def withdraw(receipt: str) -> ResponseReturnValue:
    """End a case at the resident's wish."""
    with transaction() as session:
        case = look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))
        handling.withdraw(session, case.id, now=clock.now())
    return redirect(url_for("cases.receipt", receipt=receipt), 303)


@routes.route("/track", methods=["GET", "POST"])
@anyone
def track() -> ResponseReturnValue:
    """Ask for a receipt and lead to its case."""
    form = TrackForm()
    if request.method == "GET":
        return render_template("feedback/cases/track.html", form=form)
    if form.validate():
        try:
            with reading() as session:
                look_up(partial(case_queries.by_receipt, session, form.code, vault=installation().vault))
            return redirect(url_for("cases.receipt", receipt=form.code), 303)
        except NotFound as unknown:
            form.receipt.errors = [unknown.message]
    return render_template("feedback/cases/track.html", form=form), FAULTY


def _receipt(receipt: str, reply: ReplyForm) -> str:
    now = clock.now()
    with reading() as session:
        case = look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))
        return render_template(
            "feedback/cases/receipt.html",
            case=case,
            receipt=receipt,
            steps=case.steps,
            whistles=case.whistles,
            question=case_queries.question(case),
            proof=log.digest(case, case.steps[0])[:PROOF_SYMBOLS].upper(),
            area=lookups.area_name(session, case.grid_code),
            departments=lookups.departments(session),
            form=PlainForm(),
            reply=reply,
            now=now,
        )


def _poster(code: str) -> Poster:
    with reading() as session:
        return poster_queries.in_use(session, code)


def _help(form: HelpForm, poster: Poster) -> str:
    with reading() as session:
        area = lookups.area_name(session, poster.grid_code)
    return render_template(
        "feedback/cases/help.html",
        form=form,
        poster=poster,
        area=area,
        unreached=len(form.category.choices) == 1,
    )
