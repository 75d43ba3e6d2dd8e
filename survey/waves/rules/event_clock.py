"""The clock of the public event: parts are sealed before its instant, and opened after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from huying.base import clock
from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _

DICE = re.compile(r"dice:([^,]+),[1-9][0-9]{0,2}d(?:6|10)")
LOTTERY = re.compile(r"lottery:[^,]+,[^,]+,([^,]+)")
DRAND = re.compile(r"drand:([0-9a-f]{64}),([1-9][0-9]{0,14})")
TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)

DRAND_CHAINS: Mapping[str, tuple[int, int]] = {
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": (1692803367, 3),
    "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": (1595431050, 30),
}
"""Of each public chain whose hash is known here: the second of its first round, and its period."""


def instant(source: str) -> datetime | None:
    """Return when the event of `source` happens, None where it doesn't say so in a known form.

    `dice:<time>,20d10` and `lottery:<name>,<issue>,<time>` name it, a round of drand has one; a time
    carries its offset, as in 2026-12-01T10:00+08:00.
    """
    if named := DICE.fullmatch(source) or LOTTERY.fullmatch(source):
        return _time(named[1])
    if named := DRAND.fullmatch(source):
        return _round(named[1], int(named[2]))
    return None


def _time(text: str) -> datetime | None:
    if not TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _round(chain: str, number: int) -> datetime | None:
    if chain not in DRAND_CHAINS:
        return None
    genesis, period = DRAND_CHAINS[chain]
    try:
        return datetime.fromtimestamp(genesis, UTC) + timedelta(seconds=(number - 1) * period)
    except OverflowError:
        return None


def check_named(source: str) -> datetime:
    """Return when the event happens; raise Invalid where the source doesn't name an instant."""
    at = instant(source)
    if at is None:
        raise Invalid(
            _(
                "公开随机事件要写明时刻，带时区：例如 dice:2026-12-01T10:00+08:00,20d10，"
                "或 lottery:名称,期号,2026-12-01T21:15+08:00，或 drand:链的指纹,轮次。"
            )
        )
    return at


def check_coming(source: str, *, now: datetime) -> None:
    """Raise Invalid where the event is over already: whoever knows its value could choose a design by it."""
    at = instant(source)
    if at is not None and at <= now:
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
