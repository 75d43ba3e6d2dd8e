"""What pages call things: states, holders, stretches of time, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Flask

from feedback.codes import print_dial, print_receipt
from feedback.deadlines import URGENCIES
from feedback.lifecycle import EVENTS, STATES
from feedback.roles import NAMES
from huying import clock, phones

HOLDERS = {"worker": "网格员", "unit": "社区", "resident": "居民", "": "已了结"}
ACTORS = HOLDERS | {"operator": "话务员", "import": "导入", "clock": "系统"}
WHISTLE_STATES = {
    "sounded": "等部门受理",
    "accepted": "部门办理中",
    "done": "部门已办",
    "refused": "部门已退回",
    "handed_back": "部门已交回",
    "escalated": "已上报",
}
CONTACT_STATES = {"fresh": "可接通", "covered": "代班或下班", "stale": "号码待核对", "vacant": "无人值守"}
TONES = {
    "confirmed": "good",
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
    """Return what people call a holder or an actor such as `worker`, `dept:water` or `pause:weather`."""
    kind, _, rest = code.partition(":")
    if kind == "dept":
        return (departments or {}).get(rest, "部门")
    if kind == "pause":
        return "暂停"
    return ACTORS.get(kind, code)


def stretch(hours: float) -> str:
    """Return a number of hours as people say it, e.g. `2 天 4 小时`."""
    if hours < 1:
        return f"{round(hours * 60)} 分钟"
    days, rest = divmod(round(hours), 24)
    if not days:
        return f"{rest} 小时"
    return f"{days} 天 {rest} 小时" if rest else f"{days} 天"


def number(text: str) -> str:
    """Return a number as people write it; a short one such as 12345 stays as it is."""
    return phones.pretty(text) if text.startswith("+") else text


def moment(at: datetime, now: datetime) -> str:
    """Return an instant by the wall clock, e.g. `今天 08:02` or `5月3日 18:00`."""
    there, here = clock.local(at), clock.local(now)
    days = (there.date() - here.date()).days
    day = {-1: "昨天", 0: "今天", 1: "明天"}.get(days, f"{there.month}月{there.day}日")
    return f"{day} {there:%H:%M}"


def left(due_at: datetime, now: datetime) -> str:
    """Return how long there is until a deadline, or since it passed."""
    hours = (due_at - now) / timedelta(hours=1)
    return f"还有 {stretch(hours)}" if hours >= 0 else f"已超时 {stretch(-hours)}"


def teach(app: Flask) -> None:
    """Give the app's templates these words."""
    app.jinja_env.filters.update(
        who=who,
        stretch=stretch,
        moment=moment,
        number=number,
        left=left,
        dial=print_dial,
        receipt=print_receipt,
        state=lambda code: STATES.get(code, code),
        event=lambda code: EVENTS.get(code, code),
        tone=lambda code: TONES.get(code, ""),
        urgency=lambda code: URGENCIES[code].label if code in URGENCIES else code,
        role=lambda code: NAMES.get(code, code),
        whistle_state=lambda code: WHISTLE_STATES.get(code, code),
        contact_state=lambda code: CONTACT_STATES.get(code, code),
    )
