"""The supervisor: how calls are dialled, whether the line holds, and what the telephone system wrote down."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _n
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.forms import Form
from survey.fieldwork.operations import telephone_records as operations
from survey.fieldwork.queries import lines as line_queries
from survey.fieldwork.queries import telephone_records as records
from survey.fieldwork.rules.dials import DIALLERS
from survey.fieldwork.views import lines
from survey.roles import SUPERVISOR
from survey.web.forms.fields import UploadForm
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("telephone", __name__, url_prefix="/supervisor/telephone")
SHOWN = 200
"""So many flags stand on the page; the counts tell of all."""


@routes.get("/")
@only(SUPERVISOR)
def index() -> ResponseReturnValue:
    """Show how dialling goes, and the flags of the call records."""
    return _page(UploadForm(formdata=None))


@routes.post("/records")
@only(SUPERVISOR)
def take() -> ResponseReturnValue:
    """Take in a file of the telephone system's call records."""
    form = UploadForm()
    if not form.validate():
        return _page(form), 422
    try:
        fresh = _take(form.file.data.read(), name=form.file.data.filename or "")
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return _page(form), refusal.status
    flash(fresh)
    return redirect(url_for(".index"), 303)


def _take(data: bytes, *, name: str) -> str:
    here, now = installation(), clock.now()
    settings = here.settings
    found = operations.read(
        data, file=name, vault=here.vault, region=settings.region, allowed=settings.allowed_numbers
    )
    with transaction() as session:
        fresh = operations.keep(session, found, by=me().login, now=now)
    told = _n("新记下通话 %(n)d 次。", n=fresh)
    return told + (_n("读不出的有 %(n)d 行。", n=len(found.unread)) if found.unread else "")


def _page(form: Form) -> str:
    desk = lines.desk_here()
    with reading() as session:
        flags = records.flags(session)
        is_down = line_queries.is_down(session, desk.dialler.name, now=clock.now())
        failed = line_queries.failed_lately(session, desk.dialler.name, now=clock.now())
    return page(
        "fieldwork/telephone",
        form=form,
        flags=flags,
        shown=SHOWN,
        way=DIALLERS[desk.dialler.name],
        by_hand=desk.dialler.abilities.reveals_number,
        is_down=is_down,
        failed=failed,
        outcome=labels.outcome,
    )
