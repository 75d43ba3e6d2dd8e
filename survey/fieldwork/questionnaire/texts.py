"""What the interviewer reads around the items; 【】 marks what is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from huying.base.errors import Refused
from survey.fieldwork.questionnaire.items import Option

SCALE = "五级"
"""The blank of a question that names its scale."""
BLANK = re.compile(r"【([^】]+)】")


def fill(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with every 【】 filled in; raise Refused where a name is missing."""
    missing = [name for name in BLANK.findall(text) if not names.get(name)]
    if missing:
        raise Refused(f"话术里的【{missing[0]}】还没有设置，不能开始访问。", status=500)
    return BLANK.sub(lambda blank: names[blank[1]], text)


def scale(read: Sequence[Option]) -> str:
    """Return the levels of a scale as a question reads them, in their order."""
    return listed([option.label for option in read])


def listed(levels: Sequence[str]) -> str:
    """Return levels as a question lists them."""
    *first, last = levels
    return f"{'、'.join(first)}，还是{last}"
