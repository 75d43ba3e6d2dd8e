"""The draw officer plans a wave, sees what its design will tell, and freezes it with a typed confirmation."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store
from survey.registry.rules.margins import CATEGORIES, WORDS
from survey.roles import DRAW_OFFICER
from survey.waves.forms.design import ConfirmedFreezeForm, PlanForm
from survey.waves.operations import confirmed_freeze
from survey.waves.queries import eligible, holidays, outlook
from survey.waves.queries.freeze_choices import FreezeChoices, freeze_choices
from survey.waves.queries.last_fit import last_fit
from survey.waves.rules import planning
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.outlook import DesignOutlook
from survey.web.forms.fields import choices
from survey.web.views.pages import me, page

routes = Blueprint("freezing", __name__, url_prefix="/waves")

WHOLE = re.compile("[1-9][0-9]{0,6}", re.ASCII)
FIGURES = ("sample", "plan", "late", "response", "eligible")
"""What the planner hands over to the form."""
LATE_BEFORE = timedelta(days=6)
"""So long before its last day a planned field releases its late replicate: time for five days of calls."""


@routes.get("/plan")
@only(DRAW_OFFICER)
def plan() -> ResponseReturnValue:
    """Show what a wave can tell, before anything is frozen or spent; nothing is stored."""
    form = PlanForm(request.args) if request.args else PlanForm()
    found, onward, fit = None, "", None
    if not request.args or form.validate():
        try:
            with reading() as session:
                fit, held = last_fit(session), eligible.counts(session)
                means = form.value(between=fit.between)
                found = planning.plan(sum(held.values()), eligible.levels(session, held), means=means)
            figures = planning.figures(means, grids=len(held))
            onward = f"{url_for('.freeze_form')}?{urlencode(figures)}"
        except Invalid as wrong:
            form.form_errors = [wrong.message]
    shown = {"plan": found, "levels": planning.LEVELS, "onward": onward, "fit": fit}
    return page("waves/plan", form=form, **shown), FAULTY if found is None else 200


@routes.route("/freeze", methods=["GET", "POST"])
@only(DRAW_OFFICER)
def freeze_form() -> ResponseReturnValue:
    """Fix frame, design and event of a new wave, in two steps: what it will tell, then the typed name."""
    with reading() as session:
        offered, known = freeze_choices(session), holidays.end(session)
    form = ConfirmedFreezeForm() if request.method == "POST" else ConfirmedFreezeForm(data=_figures())
    form.streets.choices = choices(offered.streets)
    form.types.choices = choices((kind, kind) for kind in offered.types)
    form.margins.choices = _margins(offered)
    form.wording.choices = choices((wording, name) for name, wording in offered.wordings)
    if request.method == "GET" and offered.margins:
        form.margins.data = offered.margins[0].sha256
    status, found = _looked_at(form) if request.method == "POST" else (200, None)
    if status == DONE:
        return redirect(url_for("waves.one", label=form.label.data), 303)
    sealing = {"margins": offered.margins_of(form.margins.data), "categories": CATEGORIES, "words": WORDS}
    shown = {
        "offered": offered,
        **sealing,
        "outlook": found,
        "levels": planning.LEVELS,
        "planned": bool(_figures()),
        "days_known": known,
    }
    return page("waves/freeze", form=form, **shown), status


def _margins(offered: FreezeChoices) -> list[tuple[str, str]]:
    """The tables from outside, and none, by their digests."""
    none = ("", _("不用：谁愿意接电话不校正，得分不能用于奖惩"))
    return [*((each.sha256, f"{each.source} {each.day.isoformat()}") for each in offered.margins), none]


def _figures() -> dict[str, object]:
    """Return the planner's figures as the address carries them."""
    given = {name: request.args.get(name, "") for name in FIGURES}
    found: dict[str, object] = {name: int(text) for name, text in given.items() if WHOLE.fullmatch(text)}
    weeks = request.args.get("weeks", "")
    if WHOLE.fullmatch(weeks) and int(weeks) < 100:
        ends = clock.local(clock.now() + timedelta(weeks=int(weeks))).date()
        found |= {"field_ends": ends, "late_day": ends - LATE_BEFORE}
    return found


def _looked_at(form: ConfirmedFreezeForm) -> tuple[int, DesignOutlook | None]:
    """Freeze what was seen and confirmed; else return a status, and what the design will tell."""
    if not form.validate():
        return FAULTY, None
    try:
        asked = _request(form)
        asked.check_late()
        with reading() as session:
            found = outlook.of_request(session, asked, expected=form.expected())
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return refusal.status, None
    form.confirm.flags.required, form.why.flags.required = True, found.shows_nothing
    mark = _mark(asked, found)
    if form.seen.data != mark:
        # Nothing is sealed before somebody has seen what exactly this design will tell.
        form.seen.data, form.confirm.data = mark, ""
        return 200, found
    return _freeze(form, asked), found


def _mark(asked: FreezeRequest, found: DesignOutlook) -> str:
    """Return a digest of exactly what was shown: the design that is asked for, and what it will tell."""
    scope = (sorted(asked.scope.areas), sorted(asked.scope.types), asked.scope.rest)
    ends, margins = asked.field_ends_at, asked.margins
    design = (asked.label, asked.sizes, asked.rules, asked.beacon_source, ends, margins)
    return sha256(repr((scope, design, found)).encode()).hexdigest()


def _request(form: ConfirmedFreezeForm) -> FreezeRequest:
    # In the demonstration nobody is dialled, so it can be tried at night.
    return form.value(hours="any" if installation().settings.demo else "standard")


def _freeze(form: ConfirmedFreezeForm, asked: FreezeRequest) -> int:
    vault, by = installation().vault, me().login
    return store(
        form,
        lambda session: confirmed_freeze.freeze(
            session, asked, form.confirmation(by=by), vault=vault, now=clock.now()
        ),
    )
