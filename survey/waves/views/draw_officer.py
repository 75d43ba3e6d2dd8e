"""The draw officer: freeze a wave, lead its ceremony, open its field. Never the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import Form
from survey.drawing import parts
from survey.roles import DRAW_OFFICER
from survey.waves.forms import BeaconForm, CommitForm, FreezeForm, PlanForm, RevealForm, VoidForm
from survey.waves.operations import draw, freeze, release
from survey.waves.queries import ceremony, eligible, waves
from survey.waves.queries.ceremony import Ceremony
from survey.waves.queries.freeze_choices import freeze_choices
from survey.waves.rules import planning
from survey.web.forms.fields import SendForm, choices
from survey.web.views.pages import page

routes = Blueprint("waves", __name__, url_prefix="/waves")

FORMS: dict[str, type[Form]] = {
    "commit": CommitForm,
    "beacon": BeaconForm,
    "reveal": RevealForm,
    "void": VoidForm,
}


@routes.get("/")
@only(DRAW_OFFICER)
def index() -> ResponseReturnValue:
    """List the waves, the newest first."""
    with reading() as session:
        ceremonies = ceremony.every_ceremony(session)
    return page("waves/waves", walks=ceremonies)


@routes.route("/freeze", methods=["GET", "POST"])
@only(DRAW_OFFICER)
def freeze_form() -> ResponseReturnValue:
    """Fix frame, design and event of a new wave."""
    with reading() as session:
        offered = freeze_choices(session)
    form = FreezeForm()
    form.streets.choices = choices(offered.streets)
    form.types.choices = choices((kind, kind) for kind in offered.types)
    status = _freeze(form) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".one", label=form.label.data), 303)
    return page("waves/freeze", form=form, offered=offered), status


def _freeze(form: FreezeForm) -> int:
    """Freeze the wave that the form describes; return as `store` does."""
    vault = installation().vault
    # In the demonstration nobody is dialled, so it can be tried at night.
    hours = "any" if installation().settings.demo else "standard"
    return store(
        form,
        lambda session: freeze.freeze(session, form.value(hours=hours), vault=vault, now=clock.now()),
    )


@routes.get("/plan")
@only(DRAW_OFFICER)
def plan() -> ResponseReturnValue:
    """Show what a wave can tell, before anything is frozen or spent; nothing is stored."""
    form = PlanForm(request.args) if request.args else PlanForm()
    status, found = 200, None
    if not request.args or form.validate():
        try:
            with reading() as session:
                means, held = form.value(), eligible.counts(session)
                found = planning.plan(sum(held.values()), eligible.levels(session, held), means=means)
        except Invalid as wrong:
            form.form_errors = [wrong.message]
    if found is None:
        status = 422
    return page("waves/plan", form=form, plan=found, levels=planning.LEVELS), status


@routes.get("/<label>")
@only(DRAW_OFFICER)
def one(label: str) -> ResponseReturnValue:
    """Show the ceremony of a wave: what is done, and the one thing to do next."""
    return show(label)


@routes.post("/<label>/<step>")
@only(DRAW_OFFICER)
def do(label: str, step: str) -> ResponseReturnValue:
    """Do one step of the ceremony."""
    if step not in ACTIONS:
        raise NotFound(_("没有这一步。"))
    with reading() as session:
        form = _form(step, ceremony.of(session, waves.find(session, label)))
    status = ACTIONS[step](label, form)
    if status == DONE:
        return redirect(url_for(".one", label=label), 303)
    return show(label, faulty=form, step=step), status


def show(label: str, *, faulty: Form | None = None, step: str = "") -> str:
    """Return the page of a wave's ceremony; `faulty` is the form of `step` that was refused."""
    with reading() as session:
        walk = ceremony.of(session, waves.find(session, label))
    forms = {name: _form(name, walk) for name in (*ACTIONS, "close")}
    if faulty:
        forms[step] = faulty
    elif request.args.get("make"):
        # Shown in the field, for the party to keep; what is stored when it is sent is its digest.
        forms["commit"].part.data = parts.new_part()
    return page(
        "waves/ceremony", walk=walk, wave=walk.wave, forms=forms, faulty=faulty, made="make" in request.args
    )


def _form(step: str, walk: Ceremony) -> Form:
    form = FORMS.get(step, SendForm)()
    unopened = choices((party, party) for party in walk.unopened)
    if isinstance(form, RevealForm):
        form.party.choices = unopened
    if isinstance(form, VoidForm):
        form.refused_by.choices = unopened
    return form


def _commit(label: str, form: CommitForm) -> int:
    party = form.party.data
    status = store(
        form,
        lambda session: draw.commit(
            session, label, party=party, commitment=parts.seal(form.part.data), now=clock.now()
        ),
    )
    if status == DONE:
        flash(_("已封存 %(data)s 的份额。请保管好原文，公开时要用。", data=party))
    return status


def _beacon(label: str, form: BeaconForm) -> int:
    value, sig = form.value.data, form.sig.data or None
    return store(form, lambda session: draw.announce(session, label, value=value, sig=sig, now=clock.now()))


def _reveal(label: str, form: RevealForm) -> int:
    party, part = form.party.data, form.part.data
    return store(form, lambda session: draw.reveal(session, label, party=party, part=part, now=clock.now()))


def _draw(label: str, form: Form) -> int:
    return store(form, lambda session: draw.draw(session, label, now=clock.now()))


def _void(label: str, form: VoidForm) -> int:
    by = form.refused_by.data
    return store(
        form, lambda session: draw.void(session, label, why=waves.REFUSED_REVEAL, by=by, now=clock.now())
    )


def _open(label: str, form: Form) -> int:
    return store(form, lambda session: release.open_field(session, label, now=clock.now()))


def _release(label: str, form: Form) -> int:
    grids: list[str] = []
    status = store(form, lambda session: grids.extend(release.release_due(session, label, now=clock.now())))
    if status == DONE:
        n = len(grids)
        flash(_("按规则放出补充批：%(n)s 个网格。", n=n) if n else _("按规则现在不用放补充批。"))
    return status


ACTIONS: dict[str, Callable[[str, Any], int]] = {
    "commit": _commit,
    "beacon": _beacon,
    "reveal": _reveal,
    "draw": _draw,
    "void": _void,
    "open": _open,
    "release": _release,
}
"""The steps of a ceremony that a form takes: each stores in one transaction and returns as `store` does."""
