"""Reading a public event: how its value must look, so that nobody can enumerate or mistype it."""

from __future__ import annotations

import math
import re
from datetime import datetime
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.fields import HEX, SOURCE, VALUE

DICE = re.compile(r"dice:[^,]+,([1-9][0-9]{0,2})d(6|10)")
LEAST_BITS = 64


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


def drand_round(at: datetime, *, genesis: int, period: int) -> int:
    """Return the drand round in force at `at`; `genesis` and `period` of the chain in seconds."""
    return (int(at.timestamp()) - genesis) // period + 1
