"""The page on which an auditor takes a release along with every row that it was made of."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.downloads import archive
from huying.web.form_handling import DONE, store
from survey.datafiles import operations
from survey.handover.forms import PurposeForm
from survey.handover.queries import packages
from survey.roles import AUDITOR
from survey.scores.queries import releases
from survey.waves.queries import waves
from survey.web.views.pages import me, page

routes = Blueprint("auditors_package", __name__, url_prefix="/auditor/waves")


@routes.get("/<label>/package")
@only(AUDITOR)
def ask(label: str) -> ResponseReturnValue:
    """Say what the package holds, and ask what for."""
    return _asked(label, PurposeForm(formdata=None))


@routes.post("/<label>/package")
@only(AUDITOR)
def take(label: str) -> ResponseReturnValue:
    """Record who takes the package along and what for, make the release again, and hand all of it out."""
    form = PurposeForm()
    status = store(
        form,
        lambda session: operations.take(
            session, label, by=me().login, purpose=form.purpose.data, now=clock.now()
        ),
    )
    if status != DONE:
        return _asked(label, form), status
    with reading() as session:
        found = packages.for_auditors(session, label)
    return archive(found, name=f"auditors-{label}")


def _asked(label: str, form: PurposeForm) -> str:
    with reading() as session:
        wave = waves.find(session, label)
        release = releases.find(session, label)
    return page("handover/package", wave=wave, release=release, form=form)
