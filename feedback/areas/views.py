"""The map: what there is, what each area was before, and the forms by which the grid office changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.areas.forms import DissolveForm, MergeForm, PosterGridForm, ReasonForm, ReviseForm, SplitForm
from feedback.areas.operations import changes
from feedback.areas.queries import tree as trees
from feedback.areas.queries.tree import AreaFile
from feedback.areas.rules import Decision
from feedback.posters.queries import posters as poster_queries
from feedback.roles import GRID_OFFICE
from feedback.web.forms.fields import options, unchosen
from feedback.web.queries import lookups
from feedback.web.rules.people import LONGEST_SOUGHT, offered
from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.store.areas import LEVEL_NAMES
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, FAULTY, store

routes = Blueprint("areas", __name__, url_prefix="/office/areas")


@routes.get("/")
@only(GRID_OFFICE)
def tree() -> ResponseReturnValue:
    """Show the tree of the office's own areas, dissolved grids with what became of them."""
    with reading() as session:
        own = trees.own_areas(session, top=current_user.area_code)
    return render_template("feedback/areas/areas.html", own=own, levels=LEVEL_NAMES)


@routes.get("/<code>")
@only(GRID_OFFICE)
def area(code: str) -> ResponseReturnValue:
    """Show one area: its history, what hangs on it, the forms that change it."""
    return _page(code)


@routes.post("/<code>/revise")
@only(GRID_OFFICE)
def revise(code: str) -> ResponseReturnValue:
    """Rename an area, move it, or change its type."""
    form: ReviseForm = _form(code, "revise")
    return _change(
        code, "revise", form, lambda session: changes.revise(session, code, form.value(), _decision(form))
    )


@routes.post("/<code>/split")
@only(GRID_OFFICE)
def split(code: str) -> ResponseReturnValue:
    """Replace a grid by several."""
    form: SplitForm = _form(code, "split")
    return _change(
        code, "split", form, lambda session: changes.split(session, code, form.value(), _decision(form))
    )


@routes.post("/<code>/merge")
@only(GRID_OFFICE)
def merge(code: str) -> ResponseReturnValue:
    """Replace this grid and others of its community by one."""
    form: MergeForm = _form(code, "merge")
    return _change(
        code, "merge", form, lambda session: changes.merge(session, form.value(code), _decision(form))
    )


@routes.post("/<code>/dissolve")
@only(GRID_OFFICE)
def dissolve(code: str) -> ResponseReturnValue:
    """Give this grid up for another."""
    form: DissolveForm = _form(code, "dissolve")
    return _change(
        code,
        "dissolve",
        form,
        lambda session: changes.dissolve(session, code, into=form.into.data, decision=_decision(form)),
    )


@routes.route("/posters/<code>", methods=["GET", "POST"])
@only(GRID_OFFICE)
def place(code: str) -> ResponseReturnValue:
    """Say in which part of a split grid a poster hangs."""
    form = PosterGridForm()
    with reading() as session:
        poster = poster_queries.find(session, code)
        known = lookups.areas(session)
        trees.file_of(session, poster.grid_code, top=current_user.area_code, now=clock.now())
    grids = lookups.grids_below(known, current_user.area_code)
    form.grid.choices = unchosen({each.code: lookups.full_name(known, each) for each in grids})
    if request.method == "POST" and _place(code, form) == DONE:
        flash(_("已记下。"))
        return redirect(url_for("areas.tree"), 303)
    page = render_template("feedback/areas/areas_poster.html", form=form, poster=poster)
    return page, FAULTY if form.errors else 200


def _place(code: str, form: PosterGridForm) -> int:
    login, now = current_user.login, clock.now()
    return store(
        form,
        lambda session: changes.place_poster(session, code, grid_code=form.grid.data, by=login, now=now),
    )


def _decision(form: ReasonForm) -> Decision:
    return Decision(current_user.login, form.reason.data, clock.now())


def _change(code: str, kind: str, form: ReasonForm, act: Callable[[Any], object]) -> ResponseReturnValue:
    status = store(form, act)
    if status != DONE:
        return _page(code, faulty=(kind, form)), FAULTY
    flash(_("已更改。"))
    return redirect(url_for("areas.tree"), 303)


def _page(code: str, *, faulty: tuple[str, ReasonForm] | None = None) -> str:
    file = _file(code)
    forms = _forms(file) | (dict([faulty]) if faulty else {})
    return render_template(
        "feedback/areas/areas_one.html",
        file=file,
        levels=LEVEL_NAMES,
        forms=forms,
        faulty=faulty[1] if faulty else None,
        sought=_sought(),
        now=clock.now(),
    )


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST_SOUGHT]


def _file(code: str) -> AreaFile:
    with reading() as session:
        return trees.file_of(session, code, top=current_user.area_code, now=clock.now())


def _form(code: str, kind: str) -> Any:
    """Return one of the forms that change an area; raise Conflict where there is none for it."""
    forms = _forms(_file(code))
    if kind not in forms:
        raise Conflict(_("网格 %(grid_code)s 已经撤并，不能再用。", grid_code=code))
    return forms[kind]


def _forms(file: AreaFile) -> dict[str, Any]:
    known, found = file.known, file.area
    if found.retired_at is not None:
        return {}
    above = {each.code: lookups.full_name(known, each) for each in trees.possible_parents(known, found)}
    form = ReviseForm(prefix="revise-", name=found.name, parent=found.parent_code)
    form.parent.choices = options(above)
    if not form.is_submitted():
        form.grid_type.data = found.grid_type
    return {"revise": form} | (_grid_forms(file) if found.level == "grid" else {})


def _grid_forms(file: AreaFile) -> dict[str, Any]:
    known, grid, chosen = file.known, file.area, set(request.form.values())
    workers = unchosen(offered(file.workers, (), sought=_sought(), chosen=chosen))
    others = [each for each in lookups.grids_below(known, current_user.area_code) if each is not grid]
    siblings = {each.code: each.name for each in others if each.parent_code == grid.parent_code}
    split_form, merge_form, dissolve_form = (
        SplitForm(prefix="split-"),
        MergeForm(prefix="merge-"),
        DissolveForm(prefix="dissolve-"),
    )
    for row in split_form.rows():
        row[-1].choices = workers
    merge_form.worker.choices = workers
    merge_form.grids.choices = options(siblings)
    dissolve_form.into.choices = unchosen({each.code: lookups.full_name(known, each) for each in others})
    return {"split": split_form, "merge": merge_form, "dissolve": dissolve_form}
