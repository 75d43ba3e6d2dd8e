"""The auditor reads who saw whose number, when and for which call, and what interviewers were refused."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from huying.web.access import only
from huying.web.current import reading
from huying.web.row_numbers import row_number
from survey.fieldwork.queries import access_log
from survey.fieldwork.queries.access_log import RecordKind
from survey.roles import AUDITOR
from survey.web.views import labels
from survey.web.views.pages import page

routes = Blueprint("sights", __name__, url_prefix="/auditor")

PER_PAGE = 100


@routes.get("/sights")
@only(AUDITOR)
def index() -> ResponseReturnValue:
    """Show the records, the newest first."""
    wanted = request.args.get("kind", "")
    kind = RecordKind(wanted) if wanted in set(RecordKind) else RecordKind.EVERY
    before = request.args.get("before", type=row_number)
    with reading() as session:
        found = access_log.access_page(session, before=before, per_page=PER_PAGE, kind=kind)
    return page(
        "fieldwork/sights",
        found=found,
        kind=kind,
        kinds=labels.RECORD_KINDS,
        seen=labels.seen,
        step_name=labels.refused_step,
        per_page=PER_PAGE,
    )
