"""Complaints help the model where they go with discontent, and are dropped where they don't."""

from __future__ import annotations

import numpy as np
import pytest

from survey.scores.rules.pipeline import GRID, RATED, Terms, figures
from survey.scores.views import plain_language
from tests.survey.scores.test_the_pipeline import answered, plain_frame

GRIDS = 40


def modelled(complaints, item="overall"):
    random = np.random.default_rng(5)
    truth = np.linspace(0.2, 0.9, GRIDS)
    strata = np.repeat(np.arange(GRIDS), 10)
    given = answered(strata, (random.random(strata.size) < truth[strata]).astype(int))
    given.items[item] = given.items["overall"]
    found = figures(
        plain_frame([300] * GRIDS), given, Terms(0.3, complaints=complaints), dens={item: (RATED,)}
    )
    rows = [row for row in found.rows if row.level == GRID]
    return rows, float(np.sqrt(np.mean([(row.value - truth[row.place]) ** 2 for row in rows])))


def test_complaints_draw_scores_nearer_to_the_truth_and_the_coefficient_is_told():
    plain, error = modelled(None)
    rows, less = modelled(np.arange(GRIDS)[::-1] * 3)
    assert less < error
    assert {row.complaints for row in plain} == {None}
    (coefficient,) = {row.complaints for row in rows}
    assert coefficient < 0
    assert "估计用到了这一点" in plain_language.complaints({RATED: coefficient})


def test_where_more_complaints_go_with_more_satisfaction_they_are_dropped_and_it_is_said():
    plain, _ = modelled(None)
    rows, _ = modelled(np.arange(GRIDS) * 3)
    assert [row.value for row in rows] == [row.value for row in plain]
    (coefficient,) = {row.complaints for row in rows}
    assert coefficient > 0
    assert "没有用来估计" in plain_language.complaints({RATED: coefficient})


@pytest.mark.parametrize("complaints", [np.zeros(GRIDS, dtype=int), np.arange(GRIDS)[::-1]])
def test_conduct_knows_nothing_of_complaints(complaints):
    rows, _ = modelled(complaints, item="conduct")
    assert {row.complaints for row in rows} == {None}
