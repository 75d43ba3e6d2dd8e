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


@dataclass(frozen=True, slots=True)
class YesItem:
    """A question with a yes: `good` are its answers, `outside` those of whom it says nothing.

    `everybody` is asked it: an interview without it had a form of another time, and counts nowhere.
    """

    code: str
    good: frozenset[int]
    outside: frozenset[int] = frozenset()
    everybody: bool = False

    def read(self, answers: Mapping[str, Value]) -> int:
        """Return what a complete's answers on its path say: SATISFIED, NOT, UNRATED, OFF_PATH or LEFT_OUT."""
        if self.code not in answers:
            return LEFT_OUT if self.everybody else OFF_PATH
        value = answers[self.code]
        if value in self.outside:
            return OFF_PATH
        if not isinstance(value, int) or value in UNSAID:
            return UNRATED
        return SATISFIED if value in self.good else NOT


@dataclass(frozen=True, slots=True)
class Awareness:
    """Whether somebody knows of the worker and names a duty."""

    def read(self, answers: Mapping[str, Value]) -> int:
        """Return SATISFIED, NOT, or LEFT_OUT for a complete's answers on its path."""
        if "A1" not in answers:
            return LEFT_OUT
        named = answers.get("A2")
        duties = set(named) & DUTIES if isinstance(named, tuple) else set[int]()
        return SATISFIED if answers["A1"] == KNOWS and duties else NOT


UNSAID = frozenset({98, 99})
KNOWS, DUTIES = 1, frozenset({1, 2, 3, 4, 5, 6})
"""Knows of the worker; visits, problems, mediation, hazards, elders, policy: other and wrong ones aren't."""
NEVER_TRIED = 4
RESOLVED, PARTLY = "resolved", "resolved_partly"
AWARENESS, REACH, COACHED, FOREKNOWLEDGE = "awareness", "reach", "coached", "foreknowledge"
ITEMS: Mapping[str, ScoredItem | YesItem | Awareness] = {
    OVERALL: ScoredItem("G1", TOP_2),
    "overall_top3": ScoredItem("G1", TOP_3),
    "conduct": ScoredItem("S-A", TOP_2),
    "conduct_top3": ScoredItem("S-A", TOP_3),
    "result": ScoredItem("S-C", TOP_2),
    "result_top3": ScoredItem("S-C", TOP_3),
    "department": ScoredItem("S-D", TOP_2),
    "department_top3": ScoredItem("S-D", TOP_3),
    RESOLVED: YesItem("E4", frozenset({1})),
    PARTLY: YesItem("E4", frozenset({1, 2})),
    AWARENESS: Awareness(),
    REACH: YesItem("A4", frozenset({1, 2}), outside=frozenset({NEVER_TRIED})),
    COACHED: YesItem("B1A", frozenset({1}), everybody=True),
    FOREKNOWLEDGE: YesItem("B1", frozenset({1}), everybody=True),
}
"""Conduct judges the worker, result whoever held the matter, department the departments: never one figure.

Resolved is what the household confirms, whole or in part; in hand or not solved isn't. Of top two the score
is made; the official count, with "basically satisfied", stands beside it. Who knows of the worker, who
reached anybody, and who was told of the call or what to say are shares of their own; the last two judge
nobody.
"""
INDICATORS = frozenset({AWARENESS, COACHED, FOREKNOWLEDGE})
"""Shares of all completes: nobody is left out of them for knowing nothing."""
DENS: Mapping[str, tuple[str, ...]] = {item: (ALL,) if item in INDICATORS else BOTH for item in ITEMS}
"""Every item with its denominators: those that rated, all that completed."""
ABOVE_GRIDS = frozenset(
    {"department", "department_top3", RESOLVED, PARTLY, AWARENESS, REACH, COACHED, FOREKNOWLEDGE}
)
"""Items that say nothing of one grid's worker: departments and offices work for streets."""


def read(answers: Mapping[str, Value]) -> dict[str, int]:
    """Return what a complete's answers say to every item."""
    return {item: question.read(answers) for item, question in ITEMS.items()}


SILENT = read({})
"""A complete that rated nothing."""
