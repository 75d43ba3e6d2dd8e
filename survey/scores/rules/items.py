"""What is scored of an interview: items, who counts as satisfied, and who can answer at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from survey.fieldwork.questionnaire.items import Value
from survey.scores.rules.columns import LEFT_OUT, NOT, OFF_PATH, SATISFIED, UNRATED
from survey.scores.rules.pipeline import ALL, OVERALL, RATED

BOTH = (RATED, ALL)
FIVE = frozenset({1, 2, 3, 4, 5})
TOP_2, TOP_3 = frozenset({4, 5}), frozenset({3, 4, 5})
NOT_ASKED = 97
"""Doesn't apply to this household: in no denominator."""


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """A question of the interview, and the answers that are good."""

    code: str
    good: frozenset[int]

    def read(self, answers: Mapping[str, Value]) -> int:
        """Return what a complete's answers on its path say: SATISFIED, NOT, UNRATED, OFF_PATH or LEFT_OUT."""
        if self.code not in answers:
            return OFF_PATH
        value = answers[self.code]
        if value == NOT_ASKED:
            return LEFT_OUT
        if value not in FIVE:
            return UNRATED
        return SATISFIED if value in self.good else NOT


ITEMS: Mapping[str, ScoredItem] = {
    OVERALL: ScoredItem("G1", TOP_2),
    "overall_top3": ScoredItem("G1", TOP_3),
    "conduct": ScoredItem("S-A", TOP_2),
    "conduct_top3": ScoredItem("S-A", TOP_3),
    "result": ScoredItem("S-C", TOP_2),
    "result_top3": ScoredItem("S-C", TOP_3),
    "department": ScoredItem("S-D", TOP_2),
    "department_top3": ScoredItem("S-D", TOP_3),
}
"""Conduct judges the worker, result whoever held the matter, department the departments: never one figure.

Of top two the score is made; the official count, with "basically satisfied", stands beside it.
"""
DENS: Mapping[str, tuple[str, ...]] = dict.fromkeys(ITEMS, BOTH)
"""Every item with its denominators: those that rated, all that completed."""
ABOVE_GRIDS = frozenset({"department", "department_top3"})
"""Items that say nothing of one grid: departments work for streets."""


def read(answers: Mapping[str, Value]) -> dict[str, int]:
    """Return what a complete's answers say to every item."""
    return {item: question.read(answers) for item, question in ITEMS.items()}


SILENT = read({})
"""A complete that rated nothing."""
