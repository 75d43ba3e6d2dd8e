"""What pages call things: states, holders, stretches of time, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import Flask

from feedback.codes import print_dial, print_receipt
from feedback.roles import NAMES, OFFICE, OFFICES
from feedback.web.rules import sentences
from huying.base import clock, phones
from huying.base.i18n import _, lazy

HOLDERS = {"worker": lazy("网格员"), OFFICE: lazy("社区"), "resident": lazy("居民"), "": lazy("已了结")}
ACTORS = HOLDERS | {
    "operator": lazy("话务员"),
    "import": lazy("导入"),
    "clock": lazy("系统"),
    "reviewer": lazy("复核员"),
}
STAFF = lazy("工作人员")
WHISTLE_STATES = {
    "sounded": lazy("等部门受理"),
    "accepted": lazy("部门办理中"),
    "done": lazy("部门已办"),
    "refused": lazy("部门已退回"),
    "handed_back": lazy("部门已交回"),
    "escalated": lazy("已上报"),
    "ended": lazy("已终止"),
}
CONTACT_STATES = {
    "fresh": lazy("可接通"),
    "covered": lazy("代班或下班"),
    "stale": lazy("号码待核对"),
    "vacant": lazy("无人值守"),
}
CHECK_STATES = {
    "failed": lazy("打不通"),
    "doubted": lazy("居民说打不通"),
    "never": lazy("没核对过"),
    "lapsed": lazy("过期了"),
    "lapsing": lazy("快过期"),
}
INSPECTION_REASONS = {
    "routine": lazy("例行查看"),
    "silent": lazy("很久没人扫"),
    "reported": lazy("居民报有问题"),
}
AREA_CHANGES = {
    "split": lazy("拆分"),
    "merge": lazy("合并"),
    "dissolve": lazy("并入"),
    "revise": lazy("改名或调整"),
}
TONES = {
    "confirmed": "mute",
    "contested": "bad",
    "refused": "warn",
    "registered": "warn",
    "ended": "mute",
    "unconfirmed": "mute",
    "sounded": "warn",
    "done": "good",
    "fresh": "good",
    "stale": "warn",
    "vacant": "bad",
}


def who(code: str, departments: Mapping[str, str] | None = None) -> str:
    """Return what people call a holder or an actor such as `worker`, `dept:water` or `pause:weather`.

    Any other code is somebody's login, which isn't for everybody to read.
    """
    kind, _colon, rest = code.partition(":")
    if kind == "dept" and rest in OFFICES:
        return str(OFFICES[rest])
    if kind == "dept":
        return (departments or {}).get(rest) or _("部门")
    if kind == "pause":
        return _("暂停")
    return str(ACTORS.get(kind, STAFF))


def stretch(hours: float) -> str:
    """Return a number of hours as people say it, e.g. `2 天 4 小时`."""
    if hours < 1:
        return _("%(value)s 分钟", value=round(hours * 60))
    days, rest = divmod(round(hours), 24)
    if not days:
        return _("%(rest)s 小时", rest=rest)
    return _("%(days)s 天 %(rest)s 小时", days=days, rest=rest) if rest else _("%(days)s 天", days=days)


def number(text: str) -> str:
    """Return a number as people write it; a short one such as 12345 stays as it is."""
    return phones.pretty(text) if text.startswith("+") else text


def moment(at: datetime, now: datetime) -> str:
    """Return an instant by the wall clock, e.g. `今天 08:02` or `5月3日 18:00`."""
    there, here = clock.local(at), clock.local(now)
    days = (there.date() - here.date()).days
    day = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}.get(
        days, _("%(month)s月%(day)s日", month=there.month, day=there.day)
    )
    return f"{day} {there:%H:%M}"


WEEKDAYS = (
    lazy("周一"),
    lazy("周二"),
    lazy("周三"),
    lazy("周四"),
    lazy("周五"),
    lazy("周六"),
    lazy("周日"),
)


def plain_day(day: date) -> str:
    """Return a day as people say it, e.g. `11月23日`."""
    return _("%(month)s月%(day)s日", month=day.month, day=day.day)


def left(due_at: datetime, now: datetime) -> str:
    """Return how long there is until a deadline, or since it passed."""
    hours = (due_at - now) / timedelta(hours=1)
    return (
        _("还有 %(stretch)s", stretch=stretch(hours))
        if hours >= 0
        else _("已超时 %(stretch)s", stretch=stretch(-hours))
    )


def init_app(app: Flask) -> None:
    """Give the app's templates these words."""
    app.jinja_env.filters.update(
        who=who,
        stretch=stretch,
        moment=moment,
        plain_day=plain_day,
        weekday=lambda day: WEEKDAYS[day.weekday()],
        number=number,
        left=left,
        said=sentences.said,
        dial=print_dial,
        receipt=print_receipt,
        tone=lambda code: TONES.get(code, ""),
        role=lambda code: NAMES.get(code, code),
        whistle_state=lambda code: WHISTLE_STATES.get(code, code),
        contact_state=lambda code: CONTACT_STATES.get(code, code),
        check_state=lambda code: CHECK_STATES.get(code, code),
        check_tone=lambda code: "bad" if code == "failed" else "warn",
        inspection_reason=lambda code: INSPECTION_REASONS.get(code, code),
        area_change=lambda code: AREA_CHANGES.get(code, code),
    )
