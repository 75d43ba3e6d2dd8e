"""The map: what there is, what each area was before, and the forms by which the grid office changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from feedback.areas.forms import DissolveForm, MergeForm, PlaceForm, ReasonForm, ReviseForm, SplitForm
from feedback.areas.operations import changes
from feedback.areas.queries import history, outlook
from feedback.models import Area
from feedback.posters.operations import posters
from feedback.roles import GRID_OFFICE
from feedback.web.forms.fields import options, unchosen
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _
from huying.store.areas import LEVEL_NAMES, LEVELS
from huying.web.access import only
from huying.web.current import reading, transaction

routes = Blueprint("areas", __name__, url_prefix="/office/areas")
Act = Callable[[Session, Any], object]


@routes.get("/")
@only(GRID_OFFICE)
def tree() -> ResponseReturnValue:
    """Show the tree of the office's own areas, dissolved grids with what became of them."""
    with reading() as session:
        known = lookups.areas(session)
        own = [area for area in known.values() if lookups.is_inside(known, area, current_user.area_code)]
        waiting = [
            poster for poster in outlook.undecided(session) if poster.grid_code in {a.code for a in own}
        ]
        return render_template(
            "feedback/areas/areas.html",
            rows=_ordered(own),
            levels=LEVEL_NAMES,
            waiting=waiting,
            known=known,
        )


@routes.get("/<code>")
@only(GRID_OFFICE)
def area(code: str) -> ResponseReturnValue:
    """Show one area: its history, what hangs on it, the forms that change it."""
    with reading() as session:
        return _page(session, code)


@routes.post("/<code>/revise")
@only(GRID_OFFICE)
def revise(code: str) -> ResponseReturnValue:
    """Rename an area, move it, or change its type."""

    def act(session: Session, form: Any) -> object:
        return changes.revise(
            session,
            code,
            name=form.name.data.strip(),
            parent_code=form.parent.data or None,
            grid_type=(form.grid_type.data or "").strip(),
            **_who(form),
        )

    return _change(code, "revise", act)


@routes.post("/<code>/split")
@only(GRID_OFFICE)
def split(code: str) -> ResponseReturnValue:
    """Replace a grid by several."""

    def act(session: Session, form: Any) -> object:
        return changes.split(session, code, into=form.parts(), vacant=form.vacant.data, **_who(form))

    return _change(code, "split", act)


@routes.post("/<code>/merge")
@only(GRID_OFFICE)
def merge(code: str) -> ResponseReturnValue:
    """Replace this grid and others of its community by one."""

    def act(session: Session, form: Any) -> object:
        codes = [code, *(form.grids.data or [])]
        return changes.merge(session, codes, into=form.into(), vacant=form.vacant.data, **_who(form))

    return _change(code, "merge", act)


@routes.post("/<code>/dissolve")
@only(GRID_OFFICE)
def dissolve(code: str) -> ResponseReturnValue:
    """Give this grid up for another."""

    def act(session: Session, form: Any) -> object:
        return changes.dissolve(session, code, into=form.into.data, **_who(form))

    return _change(code, "dissolve", act)


@routes.route("/posters/<code>", methods=["GET", "POST"])
@only(GRID_OFFICE)
def place(code: str) -> ResponseReturnValue:
    """Say in which part of a split grid a poster hangs."""
    form = PlaceForm()
    with reading() as session:
        poster = posters.find(session, code)
        known = lookups.areas(session)
        _own(known, poster.grid_code)
        grids = lookups.grids_below(known, current_user.area_code)
        form.grid.choices = unchosen({each.code: lookups.full_name(known, each) for each in grids})
    if form.validate_on_submit():
        with transaction() as session:
            changes.place_poster(
                session, code, grid_code=form.grid.data, by=current_user.login, now=clock.now()
            )
        flash(_("已记下。"))
        return redirect(url_for("areas.tree"), 303)
    page = render_template("feedback/areas/areas_poster.html", form=form, poster=poster)
    return page, 422 if form.errors else 200


def _who(form: ReasonForm) -> dict[str, Any]:
    return {"by": current_user.login, "reason": form.reason.data, "now": clock.now()}


def _change(code: str, kind: str, act: Act) -> ResponseReturnValue:
    with reading() as session:
        form = _forms(session, code)[kind]
    if form.validate():
        try:
            with transaction() as session:
                act(session, form)
            flash(_("已更改。"))
            return redirect(url_for("areas.tree"), 303)
        except Refused as refusal:
            form.form_errors = [refusal.message]
    with reading() as session:
        return _page(session, code, faulty=(kind, form)), 422


def _page(session: Session, code: str, *, faulty: tuple[str, Any] | None = None) -> str:
    known = lookups.areas(session)
    found = _own(known, code)
    forms = _forms(session, code)
    if faulty is not None:
        forms[faulty[0]] = faulty[1]
    return render_template(
        "feedback/areas/areas_one.html",
        area=found,
        name=lookups.full_name(known, found),
        levels=LEVEL_NAMES,
        changes=history.changes_of(session, code),
        outlook=outlook.outlook(session, code, now=clock.now()),
        forms=forms,
        faulty=faulty[1] if faulty else None,
        known=known,
        now=clock.now(),
    )


def _forms(session: Session, code: str) -> dict[str, Any]:
    known = lookups.areas(session)
    found = _own(known, code)
    if found.retired_at is not None:
        return {}
    above = {each.code: lookups.full_name(known, each) for each in _possible_parents(known, found)}
    forms: dict[str, Any] = {
        "revise": ReviseForm(prefix="revise-", name=found.name, parent=found.parent_code)
    }
    forms["revise"].parent.choices = options(above)
    if not forms["revise"].is_submitted():
        forms["revise"].grid_type.data = found.grid_type
    if found.level == "grid":
        forms |= _grid_forms(session, known, found)
    return forms


def _grid_forms(session: Session, known: dict[str, Area], grid: Area) -> dict[str, Any]:
    workers = unchosen(lookups.workers(session, grids=[grid.code]))
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


def _possible_parents(known: dict[str, Area], found: Area) -> list[Area]:
    """Return where an area may lie: beside where it lies now, so that nothing skips a level unawares."""
    above = known.get(found.parent_code or "")
    if above is None:
        return []
    return [each for each in known.values() if each.level == above.level and each.retired_at is None]


def _own(known: dict[str, Area], code: str) -> Area:
    found = known.get(code)
    if found is None or not lookups.is_inside(known, found, current_user.area_code):
        raise NotFound(_("没有这个区域，或不归您管。"))
    return found


def _ordered(areas: list[Area]) -> list[tuple[int, Area]]:
    """Return the areas as a tree is read, each with its depth."""
    below: dict[str | None, list[Area]] = {}
    codes = {area.code for area in areas}
    for each in areas:
        below.setdefault(each.parent_code if each.parent_code in codes else None, []).append(each)
    rows: list[tuple[int, Area]] = []

    def walk(top: str | None, depth: int) -> None:
        for each in sorted(below.get(top, []), key=lambda one: (LEVELS.index(one.level), one.code)):
            rows.append((depth, each))
            walk(each.code, depth + 1)

    walk(None, 0)
    return rows
