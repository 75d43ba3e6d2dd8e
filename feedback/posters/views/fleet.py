"""The poster fleet: found by code, location or state, looked at in the street, printed by community."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.models import PrintProof
from feedback.posters.forms import LookForm, PrintForm
from feedback.posters.operations import fleet, print_jobs
from feedback.posters.queries import inspections as inspection_queries
from feedback.posters.queries import posters as poster_queries
from feedback.posters.queries import print_jobs as print_queries
from feedback.roles import GRID_OFFICE, POSTER_KEEPER
from feedback.web.forms.fields import options
from feedback.web.queries import lookups
from feedback.web.views.paging import page_asked
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _, lazy
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm

routes = Blueprint("fleet", __name__, url_prefix="/fleet")

STATES = {
    "": lazy("全部"),
    "unproven": lazy("待印"),
    "proven": lazy("已校样"),
    "hanging": lazy("已张贴"),
    "look": lazy("要去看看"),
    "retired": lazy("已停用"),
}


@routes.get("/")
@only(POSTER_KEEPER)
def search() -> ResponseReturnValue:
    """Show the posters that fit a word and a state, fifty at a time."""
    word, state = request.args.get("word", ""), request.args.get("state", "")
    page = page_asked()
    with reading() as session:
        found = poster_queries.search(session, word=word.strip(), state=state, page=page)
        return render_template(
            "feedback/posters/fleet.html",
            found=found,
            states=STATES,
            areas=poster_queries.area_names(session, found.rows),
            word=word,
            state=state,
            waiting=inspection_queries.how_many_wait(session),
            now=clock.now(),
        )


@routes.get("/inspections")
@only(POSTER_KEEPER)
def inspections() -> ResponseReturnValue:
    """Show the posters that somebody has to look at."""
    with reading() as session:
        waiting = inspection_queries.waiting(session, most=200)
        return render_template(
            "feedback/posters/inspections.html",
            waiting=waiting,
            areas=poster_queries.area_names(session, [poster for _inspection, poster in waiting]),
            now=clock.now(),
        )


@routes.route("/<code>/look", methods=["GET", "POST"])
@only(POSTER_KEEPER)
def look(code: str) -> ResponseReturnValue:
    """Take what somebody found at a poster, with a photo if there is one."""
    form = LookForm()
    if request.method == "POST" and _look(code, form) == DONE:
        return redirect(url_for("posters.one", code=code), 303)
    with reading() as session:
        poster = poster_queries.find(session, code)
        page = render_template(
            "feedback/posters/look.html",
            form=form,
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            looks=inspection_queries.looks_at(session, poster),
            now=clock.now(),
        )
    return page, FAULTY if form.errors else 200


@routes.get("/photos/<int:inspection_id>")
@only(POSTER_KEEPER)
def photo(inspection_id: int) -> ResponseReturnValue:
    """Show the photo of an inspection."""
    with reading() as session:
        return Response(inspection_queries.photo_of(session, inspection_id), mimetype="image/jpeg")


@routes.route("/print", methods=["GET", "POST"])
@only(POSTER_KEEPER, GRID_OFFICE)
def jobs() -> ResponseReturnValue:
    """Show the print jobs, and take a new one: posters are the keeper's, badges the office's."""
    form = _print_form()
    if request.method == "POST" and _ask(form) == DONE:
        return redirect(url_for("fleet.jobs"), 303)
    return _jobs(form), FAULTY if form.errors else 200


@routes.get("/print/<int:job_id>/<community>.pdf")
@only(POSTER_KEEPER, GRID_OFFICE)
def sheets(job_id: int, community: str) -> ResponseReturnValue:
    """Hand out a community's file, proven and unchanged."""
    with reading() as session:
        job = print_queries.one(session, job_id)
        known = print_queries.proofs(session, job_id).get(community)
        areas = lookups.areas(session)
        own = lookups.is_inside(areas, areas.get(community), current_user.area_code)
        if known is None or job.kind != _kind() or not own:
            raise NotFound(_("这一份还没有印好，或不归您管。"))
    path = installation().settings.data / "print" / str(job_id) / f"{known.community_code}.pdf"
    if not print_queries.is_unchanged(path, known):
        raise NotFound(_("这一份文件不见了，请再建一个印刷任务。"))
    name = f'attachment; filename="{community}-{job_id}.pdf"'
    return Response(path.read_bytes(), mimetype="application/pdf", headers={"Content-Disposition": name})


def _look(code: str, form: LookForm) -> int:
    login = current_user.login
    return store(
        form,
        lambda session: fleet.look(
            session, poster_queries.find(session, code), form.value(), by=login, now=clock.now()
        ),
    )


def _ask(form: PrintForm) -> int:
    kind, within, login = _kind(), current_user.area_code, current_user.login
    return store(
        form,
        lambda session: print_jobs.ask(
            session, form.value(kind, within=within), by=login, once=form.once.data, now=clock.now()
        ),
    )


def _kind() -> str:
    return "poster" if current_user.role == POSTER_KEEPER else "badge"


def _print_form() -> PrintForm:
    with reading() as session:
        areas = lookups.areas(session)
    listed: dict[str, Any] = {
        code: lookups.full_name(areas, area)
        for code, area in areas.items()
        if area.level in {"street", "community"} and lookups.is_inside(areas, area, current_user.area_code)
    }
    form = PrintForm()
    form.area.choices = options({"": _("全部"), **listed})
    return form


def _within(proofs: Mapping[str, PrintProof], own: Collection[str]) -> dict[str, PrintProof]:
    return {code: proof for code, proof in proofs.items() if code in own}


def _jobs(form: PrintForm) -> str:
    with reading() as session:
        areas = lookups.areas(session)
        own = {code for code, area in areas.items() if lookups.is_inside(areas, area, current_user.area_code)}
        latest = [job for job in print_queries.latest(session, most=60) if job.kind == _kind()]
        listed = [job for job in latest if job.area_code is None or job.area_code in own][:10]
        return render_template(
            "feedback/posters/print_jobs.html",
            form=form,
            jobs=listed,
            kind=_kind(),
            made=print_queries.proven_count(session, listed),
            wanted={job.id: len(print_queries.communities(session, job)) for job in listed},
            proofs={job.id: _within(print_queries.proofs(session, job.id), own) for job in listed},
            areas=areas,
            post=ButtonForm(),
            now=clock.now(),
        )
