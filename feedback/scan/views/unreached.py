"""A resident says that a number is wrong or nobody answers: it is checked, and somebody calls back."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from feedback.cases.operations import opening, receipts
from feedback.cases.operations.opening import Opened
from feedback.cases.rules.categories import UNREACHED
from feedback.contacts.queries import answer as contacts
from feedback.models import Poster
from feedback.posters.operations import fleet, posters
from feedback.reach.operations import reports
from feedback.scan.forms import CallBackForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Gone
from huying.base.i18n import _
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction

routes = Blueprint("unreached", __name__)


@routes.get("/unreached/<code>")
@anyone
def page(code: str) -> ResponseReturnValue:
    """Offer a call back, and the numbers of institutions meanwhile."""
    return _page(code, CallBackForm()), 200


@routes.post("/unreached/<code>")
@anyone
def report(code: str) -> ResponseReturnValue:
    """Doubt the number that is shown, and open a case where a call back is wanted."""
    form = CallBackForm()
    if not form.validate():
        return _page(code, form), 422
    now = clock.now()
    with transaction() as session:
        poster = _live(session, code)
        _doubt(session, poster, now=now)
        fleet.open_for(session, poster, why="reported", now=now)
        opened = _call_back(session, poster, form, now=now) if form.call_back else None
    if opened is None:
        return redirect(url_for("unreached.noted", code=code, **languages.kept()), 303)  # type: ignore[arg-type]
    return redirect(url_for("cases.receipt", receipt=opened.receipt), 303)


@routes.get("/unreached/<code>/noted")
@anyone
def noted(code: str) -> ResponseReturnValue:
    """Say that the number is being checked, and whom to call meanwhile."""
    now = clock.now()
    with reading() as session:
        poster = _live(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
    return render_template("feedback/cases/noted.html", poster=poster, institutions=answer.institutions)


def _live(session: Session, code: str) -> Poster:
    poster = posters.find(session, code)
    if poster.retired_at:
        raise Gone(_("这张海报已停用，请拨打 12345，或扫附近的新海报。"))
    return poster


def _doubt(session: Session, poster: Poster, *, now: datetime) -> None:
    """Doubt a person's number; an institution's is the office's to look after, and stays as it is."""
    answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
    if answer.number is not None and answer.contact_id is not None:
        reports.doubt(session, answer.contact_id, now=now)


def _call_back(session: Session, poster: Poster, form: CallBackForm, *, now: datetime) -> Opened:
    opened = opening.open_case(
        session,
        poster=poster,
        category=UNREACHED,
        text=_("请给我回电。"),
        place="",
        urgency="ordinary",
        contact=form.number,
        once=form.once.data,
        source="poster",
        vault=installation().vault,
        now=now,
    )
    if form.number is not None:
        receipts.send(
            session, opened.case, opened.receipt, number=form.number, vault=installation().vault, now=now
        )
    return opened


def _page(code: str, form: CallBackForm) -> str:
    now = clock.now()
    with reading() as session:
        poster = _live(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
        return render_template(
            "feedback/scan/unreached.html",
            form=form,
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            institutions=answer.institutions,
        )
