"""An area's rows counted once more from the sealed answers, beside what the release froze."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from survey.scores.queries import computing, releases, score_inputs
from survey.scores.rules import detail


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
    first = releases.get(session, label, number=1)
    inputs = score_inputs.read(session, label, number=made.number, pinned=releases.pinned(first))
    now = detail.of(label, computing.figures(session, inputs))
    counted, frozen = _rows(score_inputs.text(now), unit), _rows(made.detail or "", unit)
    differing = sum(counted.get(key) != row for key, row in frozen.items())
    return Recount(inputs.digest == made.inputs_sha256, len(frozen), differing)


def _rows(text: str, unit: str) -> dict[tuple[str, str], Any]:
    rows = json.loads(text)["rows"] if text else []
    return {(row["item"], row["den"]): row for row in rows if row["unit"] == unit}
