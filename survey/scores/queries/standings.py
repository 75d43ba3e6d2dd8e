"""Where a grid's figure of an item stood in a release as it was computed: what the conditions look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from survey.scores.queries.releases import Release
from survey.scores.rules.consequences import ModelledFigure, ReleaseStanding, answers_needed
from survey.scores.rules.pipeline import GRID, RATED

KEPT = 4
"""So many details stay read: those of a wave and of the one before it, with what was put right."""


@dataclass(frozen=True, slots=True)
class GridStandings:
    """Every grid's standing for one item, and how many answers give a figure half of its weight."""

    by_grid: Mapping[str, ReleaseStanding]
    needed: int | None


def of(release: Release, *, item: str) -> GridStandings:
    """Return the standings of a release; none where it kept no detail."""
    return _read(release.detail or "", item)


@lru_cache(maxsize=KEPT)
def _read(detail: str, item: str) -> GridStandings:
    """Read a detail once: that of twenty thousand grids takes a second."""
    rows = json.loads(detail)["rows"] if detail else []
    mine = [row for row in rows if (row["level"], row["item"], row["den"]) == (GRID, item, RATED)]
    counted = [row for row in mine if row.get("n")]
    modelled = [_modelled(row) for row in counted if row["gamma"] is not None]
    return GridStandings({row["unit"]: _standing(row) for row in counted}, answers_needed(modelled))


def _standing(row: Mapping[str, Any]) -> ReleaseStanding:
    return ReleaseStanding(bool(row["below_type"]), row["gamma_decision"], row["position"])


def _modelled(row: Mapping[str, Any]) -> ModelledFigure:
    return ModelledFigure(
        n=row["n"],
        n_eff=row["n_eff"],
        direct=row["direct"],
        gamma=row["gamma"],
        gamma_decision=row["gamma_decision"],
        between=row["between"],
    )
