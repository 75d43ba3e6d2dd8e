"""The draw officer freezes campaigns; the assessor sees what they found, how sure it is, and publishes it."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Refused
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm
from survey.campaigns.forms import CampaignForm
from survey.campaigns.operations import counting, freeze
from survey.campaigns.queries import offers, results
from survey.fieldwork.queries import outcome_counts
from survey.fieldwork.rules import dispositions
from survey.kinds import NAMES
from survey.roles import ASSESSOR, DRAW_OFFICER
from survey.web.forms.fields import choices
from survey.web.views import labels
from survey.web.views.pages import page

routes = Blueprint("campaigns", __name__, url_prefix="/campaigns")


@routes.get("/")
@only(ASSESSOR)
def index() -> ResponseReturnValue:
    """List the campaigns, the newest first."""
    with reading() as session:
        found = results.every(session)
    return page("campaigns/index", campaigns=found, kinds=NAMES)


@routes.route("/freeze", methods=["GET", "POST"])
@only(DRAW_OFFICER)
def freeze_form() -> ResponseReturnValue:
    """Fix what a campaign draws from and how; its ceremony goes on as a wave's does."""
    form = CampaignForm()
    with reading() as session:
        offered = offers.now(session)
    form.kind.choices = choices((kind, NAMES[kind]) for kind in offered.kinds)
    form.phase_of.choices = choices((label, label) for label in offered.dead)
    status = 200 if not form.is_submitted() else _freeze(form)
    if status == DONE:
        return redirect(url_for("waves.one", label=form.label.data), 303)
    return page("campaigns/freeze", form=form, offered=offered, kinds=NAMES), status


def _freeze(form: CampaignForm) -> int:
    if not form.validate():
        return FAULTY
    here = installation()
    settings = here.settings
    # In the demonstration nobody is dialled, so it can be tried at night.
    hours = "any" if settings.demo else "standard"
    try:
        asked = form.value(hours=hours, region=settings.region, allowed=settings.allowed_numbers)
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return refusal.status
    return store(form, lambda session: freeze.freeze(session, asked, vault=here.vault, now=clock.now()))


@routes.get("/<label>")
@only(ASSESSOR)
def one(label: str) -> ResponseReturnValue:
    """Show what a campaign found; or offer to count it."""
    return _one(label, form=ButtonForm(formdata=None))


@routes.post("/<label>")
@only(ASSESSOR)
def count(label: str) -> ResponseReturnValue:
    """Count a campaign and publish its score, once."""
    form, here = ButtonForm(), installation()
    status = store(
        form,
        lambda session: counting.count_and_publish(
            session, label, keys=here.settings.keys, now=clock.now(), origin=here.ledger_origin
        ),
    )
    return redirect(url_for(".one", label=label), 303) if status == DONE else (_one(label, form=form), status)


def _one(label: str, *, form: ButtonForm) -> str:
    with reading() as session:
        wave = results.get(session, label)
        made = results.release(session, label)
        finals = outcome_counts.finals(session, label)
    return page(
        "campaigns/one",
        wave=wave,
        kind=NAMES[wave.kind],
        made=made,
        rows=results.rows_of(made) if made else (),
        both=results.both_of(made) if made else None,
        groups=dispositions.counts(finals.elements()),
        names=labels.GROUPS,
        form=form,
    )
