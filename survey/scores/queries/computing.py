"""The figures of a release, computed from its inputs: when it is made, and when it is counted again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey.scores.queries import score_inputs
from survey.scores.queries.score_inputs import ScoreInputs
from survey.scores.rules import estimation, waves_pooled
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.steps import Told, silent


def figures(session: Session, inputs: ScoreInputs, *, told: Told = silent) -> tuple[AreaFigure, ...]:
    """Return the figures of a release, those of grids from several waves."""
    own = estimation.area_figures(
        list(inputs.units.values()),
        sizes=inputs.sizes,
        areas=inputs.areas,
        complaints=inputs.complaints,
        margins=inputs.margins,
        told=told,
    )
    waves_read = [*inputs.former, inputs]
    shown = score_inputs.shown_before(session, [each.label for each in inputs.former])
    return waves_pooled.pool(own, [each.answers for each in waves_read], shown=shown)
