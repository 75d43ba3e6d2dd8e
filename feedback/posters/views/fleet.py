"""The poster fleet: found by code, place or state, looked at in the street, printed by community."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.models import Area, Inspection, Poster, PrintProof
from feedback.posters.forms import LookForm, PrintForm
from feedback.posters.operations import fleet, posters, print_jobs
from feedback.roles import GRID_OFFICE, POSTER_KEEPER
from feedback.web.forms.fields import options
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock, pictures
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _, lazy
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("fleet", __name__, url_prefix="/fleet")

A_PAGE = 50
STATES = {
    "": lazy("全部"),
    "unproven": lazy("待印"),
    "proven": lazy("已校样"),
    "hanging": lazy("已张贴"),
    "look": lazy("要去看看"),
    "retired": lazy("已停用"),
}


@dataclass(frozen=True, slots=True)
class FoundPosters:
    """One page of the posters that were looked for."""

    rows: list[Poster]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // A_PAGE))


@routes.get("/")
@only(POSTER_KEEPER)
def search() -> ResponseReturnValue:
    """Show the posters that fit a word and a state, fifty at a time."""
    with reading() as session:
        found = _found(session)
        return render_template(
            "feedback/posters/fleet.html",
            found=found,
            states=STATES,
            areas=_areas_of(session, found.rows),
            word=request.args.get("word", ""),
            state=request.args.get("state", ""),
            waiting=session.scalar(select(func.count()).where(Inspection.done_at.is_(None))) or 0,
            now=clock.now(),
        )


@routes.get("/inspections")
@only(POSTER_KEEPER)
def inspections() -> ResponseReturnValue:
    """Show the posters that somebody has to look at."""
    with reading() as session:
        waiting = fleet.waiting(session, most=200)
        return render_template(
            "feedback/posters/inspections.html",
            waiting=waiting,
            areas=_areas_of(session, [poster for _inspection, poster in waiting]),
            now=clock.now(),
        )


@routes.route("/<code>/look", methods=["GET", "POST"])
@only(POSTER_KEEPER)
def look(code: str) -> ResponseReturnValue:
    """Take what somebody found at a poster, with a photo if there is one."""
    form = LookForm()
    if form.validate_on_submit():
        try:
            _look(code, form)
            return redirect(url_for("posters.one", code=code), 303)
        except (Conflict, Invalid) as fault:
            form.form_errors = [fault.message]
    with reading() as session:
        poster = posters.find(session, code)
        area = lookups.area_name(session, poster.grid_code)
        page = render_template(
            "feedback/posters/look.html",
            form=form,
            poster=poster,
            area=area,
            looks=fleet.looks_at(session, poster),
            now=clock.now(),
        )
    return page, 422 if form.errors else 200


@routes.get("/photos/<int:inspection_id>")
@only(POSTER_KEEPER)
def photo(inspection_id: int) -> ResponseReturnValue:
    """Show the photo of an inspection."""
    with reading() as session:
        return Response(fleet.photo_of(session, inspection_id), mimetype="image/jpeg")


@routes.route("/print", methods=["GET", "POST"])
@only(POSTER_KEEPER, GRID_OFFICE)
def jobs() -> ResponseReturnValue:
    """Show the print jobs, and take a new one: posters are the keeper's, badges the office's."""
    with reading() as session:
        form = _print_form(session)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                print_jobs.ask(
                    session,
                    kind=_kind(),
                    area_code=form.area.data or current_user.area_code,
                    paper=form.paper.data if _kind() == "poster" else "a4",
                    language=form.language.data,
                    by=current_user.login,
                    now=clock.now(),
                    once=form.once.data,
                )
            return redirect(url_for("fleet.jobs"), 303)
        except Invalid as fault:
            form.form_errors = [fault.message]
    with reading() as session:
        return _jobs(session, form), 422 if form.errors else 200


@routes.get("/print/<int:job_id>/<community>.pdf")
@only(POSTER_KEEPER, GRID_OFFICE)
def sheets(job_id: int, community: str) -> ResponseReturnValue:
    """Hand out a community's file, proven and unchanged."""
    with reading() as session:
        job = print_jobs.one(session, job_id)
        known = print_jobs.proofs(session, job_id).get(community)
        areas = lookups.areas(session)
        own = lookups.is_inside(areas, areas.get(community), current_user.area_code)
        if known is None or job.kind != _kind() or not own:
            raise NotFound(_("这一份还没有印好，或不归您管。"))
    path = installation().settings.data / "print" / str(job_id) / f"{known.community_code}.pdf"
    if not print_jobs.is_unchanged(path, known):
        raise NotFound(_("这一份文件不见了，请再建一个印刷任务。"))
    name = f'attachment; filename="{community}-{job_id}.pdf"'
    return Response(path.read_bytes(), mimetype="application/pdf", headers={"Content-Disposition": name})


def _look(code: str, form: LookForm) -> None:
    data = form.photo.data.read() if form.photo.data else b""
    picture = pictures.shrunk(data) if data else None
    with transaction() as session:
        fleet.look(
            session,
            posters.find(session, code),
            genuine=form.genuine.data == "yes",
            note=form.note.data or "",
            photo=picture,
            by=current_user.login,
            now=clock.now(),
        )


def _found(session: Session) -> FoundPosters:
    wanted = [*_word(), *_state()]
    total = session.scalar(select(func.count()).select_from(Poster).where(*wanted)) or 0
    page = max(1, min(request.args.get("page", 1, type=int), -(-total // A_PAGE) or 1))
    rows = select(Poster).where(*wanted).order_by(Poster.retired_at.is_not(None), Poster.id.desc())
    return FoundPosters(list(session.scalars(rows.limit(A_PAGE).offset((page - 1) * A_PAGE))), total, page)


def _word() -> Sequence[ColumnElement[bool]]:
    """Return what the word looked for asks of a poster: a code of it, its place, or its grid's name."""
    word = request.args.get("word", "").strip()
    if not word:
        return []
    dial, code = codes.normalise_dial(word), codes.normalise(word)
    named = select(Area.code).where(Area.name.contains(word, autoescape=True))
    either = [Poster.place.contains(word, autoescape=True), Poster.grid_code.in_(named)]
    either += [Poster.dial_code == dial] if dial else []
    either += [Poster.code == code] if code else []
    return [or_(*either)]


def _state() -> Sequence[ColumnElement[bool]]:
    live = Poster.retired_at.is_(None)
    open_ = select(Inspection.poster_id).where(Inspection.done_at.is_(None))
    return {
        "unproven": [live, Poster.proofed_at.is_(None), Poster.posted_at.is_(None)],
        "proven": [live, Poster.proofed_at.is_not(None), Poster.posted_at.is_(None)],
        "hanging": [live, Poster.posted_at.is_not(None)],
        "look": [live, Poster.id.in_(open_)],
        "retired": [Poster.retired_at.is_not(None)],
    }.get(request.args.get("state", ""), [])


def _areas_of(session: Session, rows: list[Poster]) -> dict[str, str]:
    """Return the places of posters by the code of their grid."""
    return {code: lookups.area_name(session, code) for code in {poster.grid_code for poster in rows}}


def _kind() -> str:
    return "poster" if current_user.role == POSTER_KEEPER else "badge"


def _print_form(session: Session) -> PrintForm:
    areas = lookups.areas(session)
    top = current_user.area_code
    listed: dict[str, Any] = {
        code: lookups.full_name(areas, area)
        for code, area in areas.items()
        if area.level in {"street", "community"} and lookups.is_inside(areas, area, top)
    }
    form = PrintForm()
    form.area.choices = options({"": _("全部"), **listed})
    return form


def _within(proofs: Mapping[str, PrintProof], own: Collection[str]) -> dict[str, PrintProof]:
    return {code: proof for code, proof in proofs.items() if code in own}


def _jobs(session: Session, form: PrintForm) -> str:
    areas = lookups.areas(session)
    own = {code for code, area in areas.items() if lookups.is_inside(areas, area, current_user.area_code)}
    latest = [job for job in print_jobs.latest(session, most=60) if job.kind == _kind()]
    listed = [job for job in latest if job.area_code is None or job.area_code in own][:10]
    return render_template(
        "feedback/posters/print_jobs.html",
        form=form,
        jobs=listed,
        kind=_kind(),
        made=print_jobs.made(session, listed),
        wanted={job.id: len(print_jobs.communities(session, job)) for job in listed},
        proofs={job.id: _within(print_jobs.proofs(session, job.id), own) for job in listed},
        areas=areas,
        post=PlainForm(),
        now=clock.now(),
    )
