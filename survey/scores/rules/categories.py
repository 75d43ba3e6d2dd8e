"""Which category of the outside margins a household that completed is of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from survey.fieldwork.questionnaire.items import Value
from survey.registry.rules.margins import CATEGORIES, CityMargins
from survey.scores.rules.columns import Margin

AGE, TENURE = "D2", "D3"
OF_ANSWER: Mapping[str, Mapping[int, str]] = {
    AGE: {1: "18-39", 2: "18-39", 3: "40-59", 4: "40-59", 5: "60+", 6: "60+"},
    TENURE: {1: "registered", 2: "renting"},
}
"""By question; whoever says something else, or nothing, is of no category."""


def told(answers: Mapping[str, Value], *, reached: bool) -> dict[str, int]:
    """Return a complete's categories by margin, of those that are known.

    `reached` are those who answered the number that the registry has: it works.
    """
    said = {name: _said(answers, item) for name, item in (("age", AGE), ("tenure", TENURE))}
    known = {**said, "phone": "works" if reached else None}
    return {name: CATEGORIES[name].index(each) for name, each in known.items() if each is not None}


def _said(answers: Mapping[str, Value], item: str) -> str | None:
    value = answers.get(item)
    return OF_ANSWER[item].get(value) if isinstance(value, int) else None


def margins(table: CityMargins | None) -> tuple[Margin, ...]:
    """Return the margins of a table, the last of which is given up first where no weights meet all."""
    if table is None:
        return ()
    return tuple(Margin(name, np.array(table.counts[name], dtype=np.int64)) for name in CATEGORIES)
