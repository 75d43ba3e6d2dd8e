"""An area's rows counted once more from the sealed answers, beside what the release froze."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from survey.scores.queries import release_inputs, releases
from survey.scores.queries.release_inputs import Changed
from survey.scores.rules import detail, release_making
from survey.scores.rules.inputs import text


@dataclass(frozen=True, slots=True)
class Recount:
    """What came of it: whether the inputs are the release's, how many rows, how many of them differ."""

    inputs_agree: bool
    rows: int
    differing: int

    @property
    def agrees(self) -> bool:
        """Whether everything came out as it was frozen."""
        return self.inputs_agree and not self.differing


def counted_again(session: Session, label: str, unit: str) -> Recount:
    """Return what the rows of an area come to now, held against the wave's last release.

    Refused where the answers aren't the bound ones.
    """
    made = releases.get(session, label)
    frozen = _rows(made.detail or "", unit)
    try:
        given = release_inputs.of(session, made)
    except Changed:
        return Recount(inputs_agree=False, rows=len(frozen), differing=0)
    counted = _rows(text(detail.of(label, release_making.figures(given))), unit)
    differing = sum(counted.get(key) != row for key, row in frozen.items())
    return Recount(inputs_agree=True, rows=len(frozen), differing=differing)


def _rows(body: str, unit: str) -> dict[tuple[str, str], Any]:
    rows = json.loads(body)["rows"] if body else []
    return {(row["item"], row["den"]): row for row in rows if row["unit"] == unit}
