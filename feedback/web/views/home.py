"""The front page, the desk that each role begins at, and the sign of life."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback import roles
from feedback.web.queries import lookups
from huying.base.i18n import Words, _, lazy
from huying.web.access import anyone, signed_in
from huying.web.current import reading

routes = Blueprint("home", __name__)

DESKS = {
    roles.WORKER: "worker.desk",
    roles.DEPARTMENT_OFFICER: "department.desk",
    roles.GRID_OFFICE: "oversight.overview",
    roles.GRID_LEADER: "escalated.desk",
    roles.COORDINATOR: "escalated.desk",
    roles.POSTER_KEEPER: "fleet.search",
    roles.OPERATOR: "switchboard.desk",
    roles.REVIEWER: "review.desk",
    roles.ADMINISTRATOR: "administrator.listing",
}
WHOLE = (
    (lazy("总览"), "oversight.overview"),
    (lazy("全部事项"), "all_cases.listing"),
)
"""What whoever sees the whole begins at: the grid office, coordinators, and the district's office."""

PAGES = {
    roles.WORKER: (
        (lazy("我的事项"), "worker.desk"),
        (lazy("走访"), "worker.claim_visit"),
        (lazy("交名单"), "worker.hand_in"),
    ),
    roles.DEPARTMENT_OFFICER: ((lazy("本部门的事项"), "department.desk"),),
    roles.GRID_OFFICE: (
        *WHOLE,
        (lazy("值守"), "office.desk"),
        (lazy("周排班"), "roster.week"),
        (lazy("网格员"), "staff.listing"),
        (lazy("号码"), "numbers.listing"),
        (lazy("职责"), "powers.listing"),
        (lazy("工作证"), "badges.listing"),
        (lazy("区域"), "areas.tree"),
        (lazy("导入"), "imports.choose"),
    ),
    roles.GRID_LEADER: (
        (lazy("社区的事项"), "escalated.desk"),
        (lazy("我的组"), "team.listing"),
        (lazy("值守"), "office.desk"),
        (lazy("周排班"), "roster.week"),
        (lazy("号码"), "numbers.listing"),
    ),
    roles.COORDINATOR: ((lazy("退回的事项"), "escalated.desk"), *WHOLE),
    roles.POSTER_KEEPER: (
        (lazy("海报"), "fleet.search"),
        (lazy("新海报"), "posters.newest"),
        (lazy("导入"), "imports.choose"),
        (lazy("印刷"), "fleet.jobs"),
        (lazy("巡查"), "fleet.inspections"),
    ),
    roles.OPERATOR: (
        (lazy("查编号"), "switchboard.desk"),
        (lazy("要打的电话"), "call_list.listing"),
        (lazy("短信"), "outbox.listing"),
    ),
    roles.REVIEWER: (
        (lazy("待复核"), "review.desk"),
        (lazy("评价复核"), "odd_ratings.desk"),
        (lazy("被限制的登记"), "odd_ratings.limited"),
        (lazy("公开的数"), "odd_ratings.figures"),
    ),
    roles.ADMINISTRATOR: ((lazy("账号"), "administrator.listing"), (lazy("导入"), "imports.choose")),
}


@routes.get("/")
@anyone
def landing() -> ResponseReturnValue:
    """Say what this is, to somebody who didn't come by a poster."""
    return render_template("feedback/web/home.html")


@routes.get("/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """Lead to the page that this account's role begins at."""
    return redirect(url_for(DESKS[current_user.role]), 303)


@routes.get("/healthz")
@anyone
def alive() -> ResponseReturnValue:
    """Answer `ok` once the database has answered."""
    with reading() as session:
        lookups.answer(session)
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def nav_items() -> list[tuple[Words, str]]:
    """Return the navigation, label and address, of whoever asks."""
    if not current_user.is_authenticated:
        return [(_("查进度"), url_for("cases.track")), (_("工作人员登录"), url_for("sign_in.page"))]
    of_district = current_user.department_code == roles.DISTRICT_CODE
    pages = (*PAGES.get(current_user.role, ()), *(WHOLE if of_district else ()))
    return [(label, url_for(endpoint)) for label, endpoint in pages]
