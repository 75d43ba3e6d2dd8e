"""What an operator does for a resident on the line: call a number back to prove it, write down an opinion."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.calls.forms import ProxyForm
from feedback.cases.operations import joins, proofs, ratings
from feedback.cases.queries import cases as case_queries
from feedback.cases.views.case_page import contact
from feedback.roles import OPERATOR
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store

routes = Blueprint("proxy", __name__, url_prefix="/proxy")


@routes.get("/numbers")
@only(OPERATOR)
def numbers() -> ResponseReturnValue:
    """List the numbers that nobody proved yet, to be called back."""
    return _numbers(PlainForm())


@routes.post("/numbers/<int:case_id>")
@only(OPERATOR)
def proven(case_id: int) -> ResponseReturnValue:
    """Take down that a number was called back and is the resident's."""
    form = PlainForm()
    status = store(
        form,
        lambda session: proofs.prove_by_call(
            session, case_id, by=current_user.login, vault=installation().vault, now=clock.now()
        ),
    )
    return redirect(url_for("proxy.numbers"), 303) if status == DONE else (_numbers(form), status)


@routes.route("/word", methods=["GET", "POST"])
@only(OPERATOR)
def word() -> ResponseReturnValue:
    """Write down what a resident says of a case, by its receipt: labelled, and shown to nobody."""
    form = ProxyForm()
    if request.method == "POST" and _rate(form) == DONE:
        flash(_("记下了。24 小时内再打来可以改，以最后一次为准。"))
        return redirect(url_for("proxy.word"), 303)
    return render_template("feedback/calls/proxy.html", form=form), FAULTY if form.errors else 200


def _rate(form: ProxyForm) -> int:
    by_receipt = partial(case_queries.by_receipt, text=form.receipt.data or "", vault=installation().vault)
    return store(
        form,
        lambda session: ratings.rate_by_telephone(
            session,
            joins.joined_into(session, by_receipt(session)).id,
            form.value(),
            by=current_user.login,
            now=clock.now(),
        ),
    )


def _numbers(form: PlainForm) -> str:
    with reading() as session:
        return render_template(
            "feedback/calls/numbers_to_prove.html",
            rows=[(case, contact(case)) for case in case_queries.unproven(session)],
            areas=lookups.areas(session),
            form=form,
            now=clock.now(),
        )
