"""A resident asks for help, gets a receipt and follows the case by it, without an account or a cookie."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from feedback.cases.forms.moves import ReplyForm
from feedback.cases.forms.resident import COOKIELESS, AskForm, NumberForm, TrackForm
from feedback.cases.operations import asking, handling, joins, lost_receipts
from feedback.cases.operations.asking import Asked
from feedback.cases.operations.limits import Origin
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.categories import UNREACHED
from feedback.cases.rules.joins import Matter
from feedback.cases.rules.limits import SENTENCE, TOO_MANY
from feedback.cases.views import receipt_page
from feedback.models import Case, Poster
from feedback.posters.queries import posters as poster_queries
from feedback.web.queries import lookups
from feedback.web.views.guessing import look_up
from huying.accounts.sign_in.entering import address
from huying.base import clock
from huying.base.errors import NotFound
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store

routes = Blueprint("cases", __name__)

LARGEST_WITH_PHOTOS = 40 * 1024 * 1024
"""More than what is allowed, so that a photo too large is told of at its field and nothing typed is lost."""
TYPED_STAYS = {"Cache-Control": "private, no-cache"}
"""Back leads to the form as it was left; pages that show something are stored nowhere."""


@routes.url_value_preprocessor
def _let_photos_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if endpoint == "cases.ask":
        request.max_content_length = LARGEST_WITH_PHOTOS


@routes.route("/help/<code>", methods=["GET", "POST"])
@anyone
def ask(code: str) -> ResponseReturnValue:
    """Show the form, or open the case and lead to its receipt."""
    poster = _poster(code)
    form = AskForm(meta=COOKIELESS)
    if request.args.get("about") == "number":
        form.category.choices = [SelectChoice(value=UNREACHED, label=UNREACHED)]
    if request.method == "GET":
        return _help(form, poster), 200, TYPED_STAYS
    if not form.validate():
        form.say_lost_photos()
        return _help(form, poster), FAULTY
    alike = [] if form.same.data else _alike(form, poster)
    if alike:
        form.same.flags.required = True
        form.say_lost_photos()
        return _help(form, poster, alike), 200
    done: list[Asked] = []
    status = store(form, lambda session: done.append(_ask(session, form, code)))
    if status == DONE and done[0].opened is not None:
        receipt = done[0].opened.receipt
        return redirect(url_for("cases.receipt", receipt=receipt, **languages.kept()), 303)  # type: ignore[arg-type]
    if status == DONE:
        form.form_errors.append(SENTENCE)
        form.say_lost_photos()
    form.say_lost_photos()
    return _help(form, poster), status or TOO_MANY


@routes.get("/receipt/<receipt>")
@anyone
def receipt(receipt: str) -> ResponseReturnValue:
    """Show what became of a case: its steps, who has it now, by when."""
    return receipt_page.page(receipt)


@routes.post("/receipt/<receipt>/reply")
@anyone
def reply(receipt: str) -> ResponseReturnValue:
    """Take the reply to the question that the case waits for."""
    form = ReplyForm(meta=COOKIELESS)
    with reading() as session:
        own = look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))
        case_id = joins.joined_into(session, own).id
    status = store(
        form, lambda session: handling.reply(session, case_id, text=form.text.data, now=clock.now())
    )
    if status == DONE:
        return redirect(url_for("cases.receipt", receipt=receipt, **languages.kept()), 303)  # type: ignore[arg-type]
    return receipt_page.page(receipt, reply=form), status


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
    form = TrackForm(meta=COOKIELESS)
    if request.method == "GET":
        return _track(form)
    if form.validate():
        try:
            with reading() as session:
                look_up(partial(case_queries.by_receipt, session, form.code, vault=installation().vault))
            return redirect(url_for("cases.receipt", receipt=form.code, **languages.kept()), 303)  # type: ignore[arg-type]
        except NotFound as unknown:
            form.receipt.errors = [unknown.message]
    return _track(form), FAULTY


@routes.post("/track/lost")
@anyone
def lost() -> ResponseReturnValue:
    """Send the links of a number's cases to it; the answer is alike whether there are any."""
    form = NumberForm(meta=COOKIELESS)
    vault = installation().vault
    status = store(
        form, lambda session: lost_receipts.send(session, form.number, vault=vault, now=clock.now())
    )
    if status == DONE:
        return redirect(url_for("cases.sent", **languages.kept()), 303)  # type: ignore[arg-type]
    return _track(TrackForm(formdata=None, meta=COOKIELESS), lost=form), status


@routes.get("/track/sent")
@anyone
def sent() -> ResponseReturnValue:
    """Say what comes by message, never whether there was anything to send."""
    return render_template("feedback/cases/sent.html")


def _track(form: TrackForm, *, lost: NumberForm | None = None) -> str:
    number = lost or NumberForm(formdata=None, meta=COOKIELESS)
    return render_template("feedback/cases/track.html", form=form, lost=number, faulty=lost)


def _poster(code: str) -> Poster:
    with reading() as session:
        return poster_queries.in_use(session, code)


def _ask(session: Any, form: AskForm, code: str) -> Asked:
    vault, now = installation().vault, clock.now()
    wanted, origin = form.value(), Origin(poster_queries.in_use(session, code), address())
    asked = asking.ask(
        session, wanted, origin, once=form.once.data, pictures=form.pictures, vault=vault, now=now
    )
    if asked.fresh and asked.opened is not None and form.same.data == "yes":
        for earlier in joins.similar_to(session, asked.opened.case)[:1]:
            joins.say_same(session, asked.opened.case, into=earlier, now=now)
    return asked


def _alike(form: AskForm, poster: Poster) -> Sequence[Case]:
    """Return what may be the same matter, unless this very form was sent before."""
    vault, now = installation().vault, clock.now()
    wanted, origin = form.value(), Origin(poster, address())
    contact = vault.index(wanted.contact, purpose="case") if wanted.contact else None
    with reading() as session:
        if asking.sent_before(session, wanted, origin, once=form.once.data, vault=vault, now=now):
            return []
        matter = Matter(wanted.category, poster.grid_code, wanted.location, contact, now)
        return joins.similar(session, matter)


def _help(form: AskForm, poster: Poster, alike: Sequence[Case] = ()) -> Response:
    with reading() as session:
        area = lookups.area_name(session, poster.grid_code)
    page = render_template(
        "feedback/cases/help.html",
        form=form,
        poster=poster,
        area=area,
        alike=alike,
        unreached=len(form.category.choices) == 1,
        now=clock.now(),
    )
    return make_response(page)
