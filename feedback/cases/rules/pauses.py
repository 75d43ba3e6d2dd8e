"""A pause: asked for by whoever works on a case, countersigned by another line, ended by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.base.errors import Invalid
from huying.base.i18n import _

COUNTERSIGNED_WITHIN = timedelta(hours=24)
LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class PauseRequest:
    """Why a case is to stand still, until when, and in words."""

    reason: str
    until: datetime
    text: str


def check(until: datetime, *, now: datetime) -> None:
    """Raise Invalid for a pause that is over already or lasts too long."""
    if until <= now:
        raise Invalid(_("暂停的截止时间要在现在以后。"))
    if until - now > LONGEST:
        raise Invalid(_("一次最多暂停 %(days)s 天。", days=LONGEST.days))


def ends(*, asked_at: datetime, until: datetime, countersigned: bool, now: datetime) -> str:
    """Return by which event the clock ends a pause now: `void` without a countersignature, else `resume`."""
    if not countersigned and now - asked_at >= COUNTERSIGNED_WITHIN:
        return "void"
    if now >= until:
        return "resume" if countersigned else "void"
    return ""
