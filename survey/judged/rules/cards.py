"""Cards of the judged: how long one looks at them, what a code is, which areas have one, what it tells."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from huying.base.errors import Gone
from huying.base.i18n import _
from survey.drawing.codes import ALPHABET, normalise
from survey.scores.rules.consequences import CONDUCT
from survey.scores.rules.pipeline import CITY, GRID, OVERALL, STREET
from survey.waves.rules.deadlines import APPEAL

PREVIEW = timedelta(days=10)
"""So long the judged see their scores before everybody does."""
SYMBOLS, GROUP = 16, 4
"""Of a code: eighty random bits, in groups of four."""
LEVELS = (CITY, STREET, GRID)
"""A grid's card is its worker's, a street's or the city's is its departments'."""
RESULT, DEPARTMENT, RESOLVED, PARTLY = "result", "department", "resolved", "resolved_partly"
ITEMS = {
    GRID: (CONDUCT, RESULT),
    STREET: (OVERALL, RESULT, DEPARTMENT, RESOLVED, PARTLY),
    CITY: (OVERALL, RESULT, DEPARTMENT, RESOLVED, PARTLY),
}
"""What a card tells, apart and never as one figure; of the whole no worker is told."""


def new_code() -> str:
    """Return a fresh code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS))


def read_code(text: str) -> str:
    """Return a code as it was made, however it is typed; raise Gone for what can't be one."""
    plain = normalise(text)
    if len(plain) != SYMBOLS or not set(plain) <= set(ALPHABET):
        raise Gone(_("没有这个编号，或者它已经作废、过期。请对照纸条再输一遍，还不行就向测评单位要新的。"))
    return plain


def grouped(code: str) -> str:
    """Return a code as it is printed."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def expires_at(preview_ends: datetime) -> datetime:
    """Return when a code ends: with the time in which answers may be appealed against."""
    return preview_ends + APPEAL
