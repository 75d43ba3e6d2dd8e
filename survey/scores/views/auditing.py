"""The auditor of a wave's score: what is signed, the files for it, and the form that takes the signature."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.downloads import archive
from huying.web.form_handling import DONE, store
from survey.roles import AUDITOR
from survey.scores.forms import AttestForm
from survey.scores.operations import releasing
from survey.scores.queries import auditing
from survey.waves.queries import waves
from survey.waves.rules import deadlines, wave_rules
from survey.web.forms.fields import choices
from survey.web.views.pages import page

routes = Blueprint("auditing", __name__, url_prefix="/auditor/waves")


@routes.route("/<label>", methods=["GET", "POST"])
@only(AUDITOR)
def one(label: str) -> ResponseReturnValue:
    """Show what an auditor signs of a wave that is counted; take a signature made elsewhere."""
    form = AttestForm()
    with reading() as session:
        wave = waves.find(session, label)
        named = wave_rules.read(wave.rules).auditors
        counted = wave.counted_at is not None or deadlines.is_late(wave.ended_at, now=clock.now())
        waiting = counted and wave.state == "drawn"
        said = auditing.statement_of(session, wave) if waiting else None
        attested = auditing.attested(session, wave)
    form.by.choices = choices((each, each.partition("+")[0]) for each in named)
    status = _attest(label, form) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".one", label=label), 303)
    return page("scores/attest", wave=wave, form=form, said=said, named=named, attested=attested), status


def _attest(label: str, form: AttestForm) -> int:
    """Log the signature; return as `store` does."""
    return store(
        form,
        lambda session: releasing.attest(
            session, label, by=form.by.data, sig=form.sig.data, blind=form.blind.data, now=clock.now()
        ),
    )


@routes.get("/<label>/files.zip")
@only(AUDITOR)
def files(label: str) -> ResponseReturnValue:
    """Give out what the auditor looks through: openings and minutes are for auditors alone."""
    with reading() as session:
        found = auditing.files(session, label)
    return archive(found, name=f"audit-{label}")
