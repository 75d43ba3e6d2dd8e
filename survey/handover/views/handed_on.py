"""Files of a release: the report of an area on paper, and the package for everybody."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from huying.press import setting
from huying.web.access import anyone, only
from huying.web.current import installation, reading
from huying.web.downloads import archive
from survey.handover.press import content
from survey.handover.queries import public, reports
from survey.roles import ASSESSOR
from survey.scores.views.desk import READ

routes = Blueprint("handed_on", __name__)


@routes.get("/scores/<label>/reports/<code>.pdf")
@only(ASSESSOR)
def report(label: str, code: str) -> ResponseReturnValue:
    """Give out the report of an area: a city, a street, a community or a grid."""
    settings = installation().settings
    with reading() as session:
        found = reports.of(session, current_app.extensions[READ], label, code)
        said = content.of(found, base_url=settings.base_url, demo=settings.demo)
    name = f'attachment; filename="scores-{label}-{code}.pdf"'
    made = setting.pdf(content.TEMPLATE, said)
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": name})


@routes.get("/results/<label>/package.zip")
@anyone
def package(label: str) -> ResponseReturnValue:
    """Give out a published release with cells that add up to its figures."""
    with reading() as session:
        found = public.of(session, label)
    return archive(found, name=f"scores-{label}")
