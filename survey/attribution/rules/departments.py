"""All departments of a place together: one score, led by what people say of how departments dealt with it.

Nobody is asked about one department, so none has a score of its own: rate, hours and whistles stand alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum

from sampling.comparing.composite import composed
from survey.attribution.rules.custody import DEPARTMENT, CustodyScope
from survey.attribution.rules.inputs import AttributionInputs
from survey.attribution.rules.parts import of_counts, of_released
from survey.attribution.rules.rows import DepartmentScoreRow
from survey.attribution.rules.sharing import OFFICES, SharedCase

WEIGHTS: Mapping[str, float] = {"satisfaction": 0.5, "confirmed_resolution": 0.3, "whistles": 0.2}


def score(scope: CustodyScope, inputs: AttributionInputs) -> DepartmentScoreRow:
    """Return the score of a place's departments; none where their satisfaction isn't shown."""
    confirmed, blame = _cases(scope.cases)
    sounded = [each for case in scope.cases for each in case.told.whistles]
    in_time = sum(each.answered is not None and each.answered <= each.due for each in sounded)
    parts = {
        "satisfaction": of_released(inputs.departments.get(scope.area)),
        "confirmed_resolution": of_counts(confirmed, confirmed + blame),
        "whistles": of_counts(in_time, len(sounded)),
    }
    made = composed(parts, weights=WEIGHTS)
    told = made.value is not None and made.se is not None
    return DepartmentScoreRow(
        scope.level,
        scope.area,
        scope.name,
        score=round(made.value or 0.0, 2) if told else None,
        se=round(made.se or 0.0, 2) if told else None,
        contributions={name: round(value, 2) for name, value in made.contributions.items()},
        missing=tuple(sorted(name for name, part in parts.items() if part is None)),
    )


def _cases(cases: Iterable[SharedCase]) -> tuple[int, float]:
    """Solved cases that any department had, and the shares of all departments in the unsolved ones."""
    every = list(cases)
    solved = [case.known for case in every if case.known is not None and case.known.solved]
    confirmed = sum(any(map(_is_department, known.holders)) for known in solved)
    shares = (share for case in every for holder, share in case.blame.items() if _is_department(holder))
    return confirmed, fsum(shares)


def _is_department(holder: str) -> bool:
    return holder.startswith(DEPARTMENT) and holder not in OFFICES
