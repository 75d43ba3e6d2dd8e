"""What auditors see beside the release: every figure unrounded, with its direct share, errors and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from survey.scores.rules.estimation import AreaFigure

FORMAT = "huying-figures/v1"


def of(wave: str, found: Sequence[AreaFigure]) -> dict[str, Any]:
    """Return all figures of a wave as they were computed, hidden ones too: for auditors alone."""
    return {"format": FORMAT, "wave": wave, "rows": [_row(each) for each in found]}


def _row(each: AreaFigure) -> dict[str, Any]:
    known = {} if each.figure is None else asdict(each.figure)
    return known | {
        "level": each.area.level,
        "unit": each.area.code,
        "item": each.item,
        "den": each.den,
        "issued": each.count.issued,
        "completes": each.count.completes,
        "rr1": each.count.response_rate,
    }
