"""What describes the addresses for programs: a document for machines, and a page for whoever writes one."""

from __future__ import annotations

from flask import Blueprint, Response, json
from flask.typing import ResponseReturnValue

from huying.web.access import anyone
from huying.web.current import installation
from survey.api.views.describing import REFUSALS, document
from survey.web.views.pages import page

routes = Blueprint("program_docs", __name__, url_prefix="/v1")


@routes.get("/openapi.json")
@anyone
def openapi() -> ResponseReturnValue:
    """Give out the OpenAPI document."""
    text = json.dumps(document(), ensure_ascii=False, indent=2)
    return Response(text + "\n", mimetype="application/json")


@routes.get("/docs")
@anyone
def docs() -> ResponseReturnValue:
    """Show the same as a page, with an example that works."""
    return page(
        "api/docs",
        told=document(),
        refusals=REFUSALS,
        base_url=installation().settings.base_url,
    )
