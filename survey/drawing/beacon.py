"""Reading a public event: how its value must look, so that nobody can enumerate or mistype it."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.fields import HEX, SOURCE, VALUE

DICE = re.compile(r"dice:[^,]+,([1-9][0-9]{0,2})d(6|10)")
LEAST_BITS = 64
FIRST_YEAR, LAST_YEAR = 2000, 2200


def check_source(source: str) -> str:
    """Return `source`; raise Invalid where its form is wrong or its dice carry less than 64 bits."""
    dice = DICE.fullmatch(SOURCE.check(source))
    if dice and int(dice[1]) * math.log2(int(dice[2])) < LEAST_BITS:
        raise Invalid(_("骰子太少：至少要掷 20 颗十面骰，或 26 颗六面骰。"))
    return source


def check_value(value: str, *, source: str, sig: str | None = None) -> str:
    """Return `value`; raise Invalid where it can't be what `source` showed.

    `sig` is the hex signature of a drand round, whose digest the value must be.
    """
    dice = DICE.fullmatch(check_source(source))
    if dice:
        _check_dice(VALUE.check(value), count=int(dice[1]), sides=int(dice[2]))
    if sig is not None and sha256(bytes.fromhex(HEX.check(sig))).hexdigest() != value:
        raise Invalid(_("公开随机值不是所附签名的摘要。"))
    return VALUE.check(value)


def _check_dice(value: str, *, count: int, sides: int) -> None:
    digits = "[0-9]" if sides == 10 else "[1-6]"
    if not re.fullmatch(f"{digits}{{{count}}}", value):
        raise Invalid(_("应当按掷出的顺序写下 %(count)s 颗骰子的点数，每颗一位数字。", count=count))


CHAINS = {
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": (1692803367, 3),
    "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": (1595431050, 30),
}
"""When drand's well-known chains began, and the seconds between their rounds."""

TIMED = re.compile(r"dice:([^,]+),.+|lottery:[^,]+,[^,]+,([^,]+)")
TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
ROUND = re.compile(r"drand:([0-9a-f]{64}),([1-9][0-9]{0,11})")


def instant(source: str) -> datetime:
    """Return when the named event happens; raise Invalid where its name doesn't tell.

    `dice:<time>,20d10` and `lottery:<name>,<issue>,<time>` name it, a round of drand has one; a time
    carries its offset, as in 2026-12-01T10:00+08:00.
    """
    at = _time(source)
    if at is None or not FIRST_YEAR <= at.year < LAST_YEAR:
        raise Invalid(
            _(
                "公开随机事件要写明时刻，带时区，这样谁都能看出它发生在冻结以后：例如 "
                "dice:2026-12-01T10:00+08:00,20d10，或 lottery:名称,期号,2026-12-01T21:15+08:00，"
                "或 drand:链的指纹,轮次。"
            )
        )
    return at


def offset(source: str) -> timedelta | None:
    """Return how far from UTC the clock is by which the event is named; None where none is named."""
    text = _civil(source)
    try:
        return datetime.fromisoformat(text).utcoffset() if TIME.fullmatch(text) else None
    except ValueError:
        return None


def _civil(source: str) -> str:
    timed = TIMED.fullmatch(source)
    return (timed[1] or timed[2]) if timed else ""


def _time(source: str) -> datetime | None:
    drand, text = ROUND.fullmatch(source), _civil(source)
    try:
        if drand and drand[1] in CHAINS:
            start, period = CHAINS[drand[1]]
            return datetime.fromtimestamp(start, UTC) + timedelta(seconds=(int(drand[2]) - 1) * period)
        return datetime.fromisoformat(text).astimezone(UTC) if TIME.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def drand_round(at: datetime, *, genesis: int, period: int) -> int:
    """Return the drand round in force at `at`; `genesis` and `period` of the chain in seconds."""
    return (int(at.timestamp()) - genesis) // period + 1
