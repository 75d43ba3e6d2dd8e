"""The one sentence that says who answers for a grid now."""

from __future__ import annotations

from datetime import datetime

from feedback.contacts import ContactAnswer
from feedback.views.words import moment
from huying import clock


def headline(answer: ContactAnswer, *, now: datetime) -> str:
    """Return who answers now, until when, and who does where nobody is on duty."""
    first = answer.institutions[0].name
    if answer.state == "vacant":
        since = f"（自 {clock.local(answer.since):%-m月%-d日}）" if answer.since else ""
        return f"这个网格现在没有网格员{since}。{first}负责接听"
    if answer.state == "stale":
        return "值班人的号码还没核对上，请先打下面的号码"
    if answer.number is None:
        return f"已下班，由{first}接听"
    until = f"（至 {_until(answer.until, now)}）" if answer.until else ""
    said = "现在由{}网格员代班{}" if answer.state == "covered" else "现在值班：{}网格员{}"
    return said.format(answer.surname, until)


def _until(at: datetime, now: datetime) -> str:
    return moment(at, now).removeprefix("今天 ")
