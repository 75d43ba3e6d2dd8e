"""Score releases, read."""

from __future__ import annotations

import json

from survey.models import ScoreRelease
from survey.scores.rules.estimation import ScoreRow


def rows_of(release: ScoreRelease) -> tuple[ScoreRow, ...]:
    """Return the rows that a release froze."""
    return tuple(ScoreRow(**row) for row in json.loads(release.body)["rows"])
