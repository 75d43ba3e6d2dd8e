"""Where each role begins, and the sign of life."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from huying.base.i18n import Lazy, lazy
from huying.web.access import anyone, signed_in
from huying.web.current import reading
from survey.roles import (
    ADMINISTRATOR,
    ASSESSOR,
    AUDITOR,
    DRAW_OFFICER,
    INTERVIEWER,
    REGISTRAR,
    SUPERVISOR,
)
from survey.web import queries
from survey.web.views.pages import me

routes = Blueprint("home", __name__)

PAGES: dict[str | None, tuple[tuple[Lazy, str], ...]] = {
    REGISTRAR: (
        (lazy("住户名册"), "/registry/"),
        (lazy("交存文件"), "/registry/deposits"),
        (lazy("更正"), "/corrections/"),
        (lazy("申诉"), "/appeals/"),
    ),
    DRAW_OFFICER: ((lazy("轮次"), "/waves/"), (lazy("新的一轮"), "/waves/freeze")),
    INTERVIEWER: ((lazy("访问"), "/interview/"),),
    SUPERVISOR: (
        (lazy("现场"), "/supervisor/"),
        (lazy("电话"), "/supervisor/telephone/"),
        (lazy("回访"), "/supervisor/checks/"),
        (lazy("更正"), "/corrections/"),
        (lazy("申诉"), "/appeals/"),
    ),
    ASSESSOR: (
        (lazy("得分"), "/scores/"),
        (lazy("核实"), "/campaigns/"),
        (lazy("时间归谁"), "/attribution/"),
        (lazy("问卷"), "/questionnaires/"),
        (lazy("令牌"), "/tokens/"),
    ),
    AUDITOR: (
        (lazy("账本"), "/auditor/"),
        (lazy("号码记录"), "/auditor/sights"),
        (lazy("更正"), "/corrections/"),
        (lazy("令牌"), "/tokens/"),
        (lazy("申诉"), "/appeals/"),
    ),
    ADMINISTRATOR: ((lazy("账号"), "/administrator/accounts"), (lazy("令牌"), "/tokens/")),
}
"""What each role finds in its navigation; the first is where it begins."""


@routes.get("/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """Lead each role to where it begins."""
    return redirect(PAGES[me().role][0][1], 303)


@routes.get("/healthz")
@anyone
def healthz() -> ResponseReturnValue:
    """Answer while the database answers."""
    with reading() as session:
        queries.check_database(session)
    return Response("ok\n", mimetype="text/plain")
