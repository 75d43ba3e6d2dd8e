"""The clock of the public event: parts are sealed before its instant, and opened after it."""

from __future__ import annotations

from datetime import datetime

from huying.base import clock
from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from survey.drawing import beacon


def instant(source: str) -> datetime | None:
    """Return when the event of `source` happens, None where it doesn't say so in a known form."""
    try:
        return beacon.instant(source)
    except Invalid:
        return None


def check_coming(source: str, *, now: datetime) -> None:
    """Raise Invalid unless the event is to come: whoever knows its value could choose a design by it.

    It is named by the clock that hangs here: by another one, ten o'clock may be long over, or far off.
    """
    at = beacon.instant(source)
    here = clock.local(at)
    if beacon.offset(source) not in {None, here.utcoffset()}:
        raise Invalid(
            _(
                "公开事件的时刻要按这里的钟写，以 %(offset)s 结尾：别处的钟会叫人看错先后。",
                offset=f"{here:%:z}",
            )
        )
    if at <= now:
        raise Invalid(_("这个公开事件 %(at)s 已经过去了，请选一个还没有发生的。", at=said(at)))


def check_before(source: str, *, now: datetime) -> None:
    """Raise Conflict from the event on: a part that is sealed then could be chosen by its value."""
    at = instant(source)
    if at is not None and at <= now:
        raise Conflict(_("公开事件 %(at)s 已经开始，不能再封存份额。", at=said(at)))


def check_over(source: str, *, now: datetime) -> None:
    """Raise Refused before the event: nobody can know its value yet."""
    at = instant(source)
    if at is not None and now < at:
        raise Refused(_("公开事件要到 %(at)s 才发生，现在还不能记结果。", at=said(at)))


def said(at: datetime) -> str:
    """Return an instant as people here say it."""
    return clock.local(at).strftime(_("%Y年%-m月%-d日 %H:%M"))
