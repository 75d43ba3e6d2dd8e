"""How good scores are where the truth is known."""

from __future__ import annotations

import numpy as np

from demo.study.city import Floats, StudyCity
from demo.study.estimators import Scores

WORST = 40


def measures(city: StudyCity, scores: Scores) -> dict[str, float]:
    """Return bias, root mean squared error, coverage, and what acting on the scores would do.

    `wrong` is the share of the lowest 40 by score that aren't the lowest 40 in truth, `good_punished` that of
    them which lie above the median; `flag_n` counts grids whose upper limit lies below the mean score of
    their type, `flag_false` those of them which don't lie below the true mean of their type, `flag_caught`
    the share flagged of the 40 that lie furthest below it.
    """
    truth, value = city.theta, scores.value
    last, lowest = np.argsort(value, kind="stable")[:WORST], np.argsort(truth, kind="stable")[:WORST]
    below = truth - _of_type(city, truth)
    flagged = scores.high < _of_type(city, value)
    far = np.argsort(below, kind="stable")[:WORST]
    return {
        "bias": float((value - truth).mean()),
        "rmse": float(np.sqrt(((value - truth) ** 2).mean())),
        "cover": float(((scores.low <= truth) & (truth <= scores.high)).mean()),
        "wrong": 1 - np.isin(last, lowest).mean(),
        "good_punished": float((truth[last] > np.median(truth)).mean()),
        "flag_n": float(flagged.sum()),
        "flag_false": float((flagged & (below >= 0)).sum()),
        "flag_caught": float(flagged[far].mean()),
    }


def _of_type(city: StudyCity, value: Floats) -> Floats:
    means = np.bincount(city.type, value * city.size) / np.bincount(city.type, city.size)
    found: Floats = means[city.type]
    return found
