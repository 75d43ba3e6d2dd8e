"""The draw officer: freeze a wave, lead its ceremony, open its field. Never the sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import Form
from survey.drawing import parts
from survey.models import Area, Wave
from survey.roles import DRAW_OFFICER
from survey.waves.forms import BeaconForm, CommitForm, FreezeForm, PlanForm, RevealForm, VoidForm
from survey.waves.operations import draw, freeze, matching, release
from survey.waves.queries import ceremony, eligible
from survey.waves.queries import waves as operations
from survey.waves.queries.ceremony import Ceremony
from survey.waves.queries.eligible import FrameScope
from survey.waves.rules import allocation, planning
from survey.web.forms.fields import SendForm, choices
from survey.web.views.pages import page

routes = Blueprint("waves", __name__, url_prefix="/waves")

LAST_YEAR = 9998
"""The day after the last of all days is no day."""
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
        waves = list(session.scalars(select(Wave).order_by(Wave.frozen_at.desc())))
        walks = [ceremony.of(session, wave) for wave in waves]
    return page("waves/waves", walks=walks)


@routes.route("/freeze", methods=["GET", "POST"])
@only(DRAW_OFFICER)
def freeze_form() -> ResponseReturnValue:
    """Fix frame, design and event of a new wave."""
    form = _freeze_form()
    status = store(form, lambda session: _freeze(session, form)) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".one", label=form.label.data), 303)
    with reading() as session:
        grids, listed = eligible.counts(session), matching.are_there(session)
    return page(
        "waves/freeze", form=form, grids=len(grids), households=sum(grids.values()), listed=listed
    ), status


@routes.get("/plan")
@only(DRAW_OFFICER)
def plan() -> ResponseReturnValue:
    """Show what a wave can tell, before anything is frozen or spent; nothing is stored."""
    form = PlanForm(request.args) if request.args else PlanForm()
    status, found = 200, None
    if not request.args or form.validate():
        try:
            with reading() as session:
                means, held = form.means(), eligible.counts(session)
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
    if step not in DOINGS:
        raise NotFound(_("没有这一步。"))
    with reading() as session:
        form = _form(step, ceremony.of(session, operations.find(session, label)))
    status = store(form, lambda session: DOINGS[step](session, label, form))
    if status == DONE:
        return redirect(url_for(".one", label=label), 303)
    return show(label, faulty=form, step=step), status


def show(label: str, *, faulty: Form | None = None, step: str = "") -> str:
    """Return the page of a wave's ceremony; `faulty` is the form of `step` that was refused."""
    with reading() as session:
        walk = ceremony.of(session, operations.find(session, label))
    forms = {name: _form(name, walk) for name in (*DOINGS, "close")}
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


def _freeze_form() -> FreezeForm:
    form = FreezeForm()
    with reading() as session:
        streets = session.execute(select(Area.code, Area.name).where(Area.level == "street"))
        form.streets.choices = choices(sorted(streets.all()))
        kinds = session.scalars(select(Area.grid_type).where(Area.level == "grid").distinct())
        form.types.choices = choices((kind, kind) for kind in sorted(filter(None, kinds)))
    return form


def _freeze(session: Session, form: FreezeForm) -> None:
    scope = FrameScope(frozenset(form.streets.data or ()), frozenset(form.types.data or ()), form.rest.data)
    shared = allocation.sizes(eligible.counts(session, scope), mean=form.sample.data, method=form.method.data)
    sizes = {grid: (n, form.replicate.data) for grid, n in shared.items()}
    freeze.freeze(
        session,
        label=form.label.data,
        sizes=sizes,
        rules=freeze.WaveRules(
            attempts=form.attempts.data,
            plan=form.plan.data,
            most=form.most.data,
            control=form.control.data,
            criteria=form.criteria.data or "",
            lists=form.lists.data,
            # In the demonstration nobody is dialled, so it can be tried at night.
            hours="any" if installation().settings.demo else "standard",
        ),
        beacon_source=form.beacon.data,
        vault=installation().vault,
        field_ends_at=_end_of(form.field_ends.data),
        scope=scope,
        now=clock.now(),
    )


def _end_of(day: Any) -> datetime | None:
    """The end of a civil day: the first instant of the next."""
    if day and day.year > LAST_YEAR:
        raise Invalid(_("访问截止日太远了。"))
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.LOCAL) if day else None


def _commit(session: Session, label: str, form: CommitForm) -> None:
    sealed = parts.seal(form.part.data)
    draw.commit(session, label, party=form.party.data, commitment=sealed, now=clock.now())
    flash(_("已封存 %(data)s 的份额。请保管好原文，公开时要用。", data=form.party.data))


def _beacon(session: Session, label: str, form: BeaconForm) -> None:
    draw.announce(session, label, value=form.value.data, sig=form.sig.data or None, now=clock.now())


def _reveal(session: Session, label: str, form: RevealForm) -> None:
    draw.reveal(session, label, party=form.party.data, part=form.part.data, now=clock.now())


def _draw(session: Session, label: str, _form: Form) -> None:
    draw.draw(session, label, now=clock.now())


def _void(session: Session, label: str, form: VoidForm) -> None:
    draw.void(session, label, why="refused_reveal", by=form.refused_by.data, now=clock.now())


def _open(session: Session, label: str, _form: Form) -> None:
    release.open_field(session, label, now=clock.now())


def _release(session: Session, label: str, _form: Form) -> None:
    grids = release.release_due(session, label, now=clock.now())
    flash(_("按规则放出补充批：%(n)s 个网格。", n=len(grids)) if grids else _("按规则现在不用放补充批。"))


DOINGS: dict[str, Callable[[Session, str, Any], None]] = {
    "commit": _commit,
    "beacon": _beacon,
    "reveal": _reveal,
    "draw": _draw,
    "void": _void,
    "open": _open,
    "release": _release,
}
