"""A part from dice: the digits as they were thrown, and SHA-256, which anybody can compute again."""

from __future__ import annotations

import re
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _

LEAST_SIX, LEAST_TEN = 50, 39
"""How many six-sided or ten-sided dice carry 128 bits, which nobody can try through."""

BLANK = re.compile(r"[\s,，、]+")


def part_of(thrown: str) -> str:
    """Return the part of thrown digits: the SHA-256 of their ASCII bytes, blanks left out, as 64 hex digits.

    Digits of 1…6 alone count as six-sided dice. Raises Invalid where there are too few.
    """
    digits = BLANK.sub("", thrown)
    if not re.fullmatch("[0-9]*", digits):
        raise Invalid(_("骰子的点数只能是数字，一颗一位。"))
    least = LEAST_SIX if re.fullmatch("[1-6]*", digits) else LEAST_TEN
    if len(digits) < least:
        raise Invalid(
            _("骰子太少：六面骰至少 %(six)s 颗，十面骰至少 %(ten)s 颗。", six=LEAST_SIX, ten=LEAST_TEN)
        )
    return sha256(digits.encode("ascii")).hexdigest()
