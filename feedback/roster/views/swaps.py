"""Two workers swap: one asks, the other agrees, and from then on every scan reaches who stands in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.duty import queries as duty
from feedback.roles import WORKER
from feedback.roster.forms import SwapForm
from feedback.roster.operations import swaps
from feedback.roster.queries import swaps as swap_queries
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.rules.people import LONGEST_SOUGHT, offered
from feedback.web.views.current_worker import worker_code
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm

routes = Blueprint("swaps", __name__, url_prefix="/swaps")


@routes.get("/")
@only(WORKER)
def listing() -> ResponseReturnValue:
    """Show what colleagues ask for, and the form to ask one."""
    return _page(_form())


@routes.post("/")
@only(WORKER)
def offer() -> ResponseReturnValue:
    """Ask a colleague to stand in."""
    form, worker, now = _form(), worker_code(), clock.now()
    status = store(form, lambda session: swaps.offer(session, form.value(), from_worker=worker, now=now))
    return redirect(url_for("swaps.listing"), 303) if status == DONE else (_page(form), FAULTY)


@routes.post("/<int:offer_id>/<word>")
@only(WORKER)
def settle(offer_id: int, word: str) -> ResponseReturnValue:
    """Take the word of who was asked, `yes` or `no`, or take it `back`."""
    if word not in {"yes", "no", "back"}:
        raise NotFound(_("没有这个页面。"))
    with transaction() as session:
        if word == "back":
            swaps.take_back(session, offer_id, worker_code=worker_code(), now=clock.now())
            return redirect(url_for("swaps.listing"), 303)
        swaps.settle(session, offer_id, worker_code=worker_code(), agreed=word == "yes", now=clock.now())
    return redirect(url_for("swaps.listing"), 303)


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST_SOUGHT]


def _form() -> SwapForm:
    with reading() as session:
        grids = duty.grids_held(session, worker_code(), since=clock.now())
        workers, near = lookups.workers_near(session, grids), lookups.workers_of_communities(session, grids)
    form = SwapForm()
    form.grid.choices = unchosen(grids)
    others = {code: name for code, name in workers.items() if code != worker_code()}
    form.to.choices = unchosen(offered(others, near, sought=_sought(), chosen={form.to.data or ""}))
    return form


def _page(form: SwapForm) -> str:
    now, own = clock.now(), worker_code()
    with reading() as session:
        asked = swap_queries.to_worker(session, own, now=now)
        mine = swap_queries.from_worker(session, own, now=now)
        agreed = swap_queries.agreed_by(session, own, now=now)
        names = {each.from_worker for each in (*asked, *agreed)} | {each.to_worker for each in mine}
        return render_template(
            "feedback/roster/swaps.html",
            asked=asked,
            mine=mine,
            agreed=agreed,
            areas=lookups.areas(session),
            names=lookups.names_of(session, names),
            sought=_sought(),
            form=form,
            post=ButtonForm(),
            now=now,
        )
