"""The page on which an assessor takes a wave's data along, and the report of its fieldwork."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.downloads import archive
from huying.web.form_handling import DONE, store
from survey.datafiles import operations
from survey.datafiles.forms import DataForm
from survey.datafiles.queries import packages, studies
from survey.datafiles.rules.package import package
from survey.datafiles.rules.report import report
from survey.fieldwork.queries import efforts
from survey.fieldwork.rules.dispositions import group_of
from survey.roles import ASSESSOR
from survey.scores.queries import releases
from survey.scores.views import plain_language
from survey.waves.queries import waves
from survey.web.views import labels
from survey.web.views.labels import RATES
from survey.web.views.pages import me, page

routes = Blueprint("data_files", __name__, url_prefix="/scores")


@routes.get("/<label>/data")
@only(ASSESSOR)
def ask(label: str) -> ResponseReturnValue:
    """Say what there is of a wave, and ask what for."""
    return _asked(label, DataForm(formdata=None))


@routes.post("/<label>/data")
@only(ASSESSOR)
def take(label: str) -> ResponseReturnValue:
    """Record who takes the files along and what for, and hand them out."""
    form = DataForm()
    status = store(
        form,
        lambda session: operations.take(
            session, label, by=me().login, purpose=form.value().purpose, now=clock.now()
        ),
    )
    if status != DONE:
        return _asked(label, form), status
    with reading() as session:
        study = studies.of_wave(session, label)
        files = packages.of_wave(session, label, secret=_secret())
    return archive(package(study, files, formats=form.value().formats), name=f"data-{label}")


@routes.get("/<label>/fieldwork")
@only(ASSESSOR)
def fieldwork(label: str) -> ResponseReturnValue:
    """Show how a wave was asked: who was reached, how often it was tried, what stayed unanswered."""
    with reading() as session:
        wave = waves.find(session, label)
        if releases.find(session, label) is None:
            return page("datafiles/report", wave=wave, report=None)
        study = studies.of_wave(session, label)
        found = report(packages.of_wave(session, label, secret=_secret()))
        names = efforts.street_names(session, label)
    return page(
        "datafiles/report",
        wave=wave,
        study=study,
        report=found,
        names=names,
        rates=RATES,
        heads=[("num", name) for name in RATES],
        groups=labels.GROUPS,
        class_of=group_of,
        outcome=labels.outcome,
        say=plain_language.percent,
        verdicts=labels.CALL_BACK_VERDICTS,
        checked_items=labels.CHECKED_ITEMS,
        points=_points,
    )


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")


def _secret() -> bytes:
    return packages.secret(installation().settings.keys)


def _asked(label: str, form: DataForm) -> str:
    with reading() as session:
        wave = waves.find(session, label)
        release = releases.find(session, label)
    return page("datafiles/data", wave=wave, release=release, form=form)
