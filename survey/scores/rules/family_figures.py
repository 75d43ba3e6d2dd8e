"""What the hiding of a family of items reads of the figures that were made."""

from __future__ import annotations

from collections.abc import Sequence

from survey.scores.rules.areas import ReportArea
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import PlaceFigure


def by_area(found: Sequence[AreaFigure], items: Sequence[str]) -> dict[str, list[PlaceFigure]]:
    """Return the figures of some items by the code of their area."""
    out: dict[str, list[PlaceFigure]] = {}
    for each in found:
        if each.item in items and each.figure is not None:
            out.setdefault(each.area.code, []).append(each.figure)
    return out


def pooled_answers(found: Sequence[AreaFigure], items: Sequence[str], den: str) -> dict[str, int]:
    """Return the answers of areas whose figures hold several waves, or tell of few beside what was shown."""
    return {
        each.area.code: each.answers
        for each in found
        if each.item == items[0] and each.den == den and (each.pooled or each.apart is not None)
    }


def areas(found: Sequence[AreaFigure], base: str) -> list[ReportArea]:
    """Return the areas that have a figure of an item, in their order."""
    (den, *_rest) = DENS[base]
    return [each.area for each in found if (each.item, each.den) == (base, den)]
