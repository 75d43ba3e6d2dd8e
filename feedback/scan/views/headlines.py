"""The one sentence that says who answers for a grid now."""

from __future__ import annotations

from datetime import datetime

from feedback.contacts.queries.answer import ContactAnswer
from feedback.web.views.labels import moment
from huying.base import clock
from huying.base.i18n import _


def headline(answer: ContactAnswer, *, now: datetime) -> str:
    """Return who answers now, until when, and who does where nobody is on duty."""
    first = answer.leader or answer.institutions[0].name
    if answer.state == "vacant":
        since = _("（自 %(day)s）", day=_day(answer.since)) if answer.since else ""
        return _("这个网格现在没有网格员%(since)s。%(first)s负责接听", since=since, first=first)
    if answer.state == "stale":
        return _("值班人的号码还没核对上，请先打下面的号码")
    if answer.after_hours:
        return _("已下班，由%(first)s接听", first=first)
    until = _("（至 %(until)s）", until=_until(answer.until, now)) if answer.until else ""
    said = _("现在由{}网格员代班{}") if answer.state == "covered" else _("现在值班：{}网格员{}")
    return said.format(answer.surname, until)


def _day(at: datetime) -> str:
    return clock.local(at).strftime(_("%-m月%-d日"))


def _until(at: datetime, now: datetime) -> str:
    return moment(at, now).removeprefix(_("今天 "))
