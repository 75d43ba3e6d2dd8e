"""The control part of a wave at the registrar's desk: numbers checked by another source."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from survey.roles import REGISTRAR
from survey.waves.forms.control import ControlForm
from survey.waves.operations import control as controls
from survey.waves.queries import control as control_part
from survey.waves.queries import waves
from survey.waves.queries.control import ControlHousehold
from survey.waves.rules.control import RESULTS
from survey.web.forms.fields import choices
from survey.web.views.pages import me, page

routes = Blueprint("control", __name__, url_prefix="/registry")


def init_app(app: Flask) -> None:
    """Let the registry's page, which knows of no wave, list those with a control part."""
    app.jinja_env.globals["controlled_waves"] = _controlled


def _controlled() -> list[str]:
    with reading() as session:
        return [wave.label for wave in waves.latest(session) if control_part.size(wave)]


@routes.route("/control/<label>", methods=["GET", "POST"])
@only(REGISTRAR)
def control(label: str) -> ResponseReturnValue:
    """Show the households whose numbers are to be checked by another source; keep what was found."""
    form = ControlForm()
    with reading() as session:
        chosen = control_part.households(session, label, vault=installation().vault)
    # By their number in the list: a household's code for this wave is nobody's here to know.
    waiting = {str(number): each for number, each in enumerate(chosen, start=1) if not each.result}
    form.unit.choices = choices((number, f"{each.grid} {each.address}") for number, each in waiting.items())
    status = _note(label, form, waiting) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".control", label=label), 303)
    return page("waves/control", form=form, label=label, households=chosen, results=RESULTS), status


def _note(label: str, form: ControlForm, waiting: Mapping[str, ControlHousehold]) -> int:
    """Keep what was found of the number that the form names; return as `store` does."""
    return store(
        form,
        lambda session: controls.note(
            session, label, waiting[form.unit.data].unit, finding=form.value(), by=me(), now=clock.now()
        ),
    )
