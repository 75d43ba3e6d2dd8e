"""Intervals and score tests equal the numbers of R's survey, SciPy, statsmodels and published formulas."""

from __future__ import annotations

import numpy as np

from sampling import SurveyDesign, intervals, proportion
from sampling.intervals import Interval, korn_graubard, miettinen_nurminen, newcombe
from tests.sampling.tables import cases, design_of, document, near, table

SCALAR = document("scalar.json")
OF_R = {"mean": "t", "xlogit": "logit"}
"""R's names of methods that are called otherwise here."""

CLOSE = {"logit": 1e-9, "likelihood": 1e-4}
"""Relative: R stops its fit of a logit early, and takes a likelihood's limits from a spline."""


def of_r(file):
    return {name: case for name, case in cases(file).items() if "/ciprop_" in name}


def assert_as_r(name, design, y, expected):
    found = proportion(design, y)
    method = expected["method"]
    assert near([found.value, found.se, found.n], [expected[key] for key in ("est", "se", "n")], rel=1e-9), (
        name
    )
    limits = found.interval(expected["level"], OF_R.get(method, method), df=expected["df"])
    close = CLOSE.get(OF_R.get(method, method), 1e-10)
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]], rel=close), name


def test_r_gives_these_intervals_for_the_schools():
    found = of_r("estimate.json")
    assert len(found) == 42
    for name, case in found.items():
        data, design = design_of(case["design"])
        assert_as_r(name, design, data["awards"] == "Yes", case["expected"])


def test_r_gives_these_intervals_for_the_grids():
    found, data = of_r("grid.json"), table("grid.csv")
    assert len(found) == 5
    design = SurveyDesign(data["w"], strata=data["grid"], fpc=data["N_h"], lonely="adjust")
    for name, case in found.items():
        assert_as_r(name, design, data["satisfied"], case["expected"])


def test_scipy_and_statsmodels_give_these_intervals():
    for at, record in enumerate(SCALAR["one_proportion"]):
        for name, function in (("wilson", intervals.wilson), ("beta", intervals.clopper_pearson)):
            found = function(record["k"], record["n"], level=1 - record["alpha"])
            assert near([found.low, found.high], record[name]), ("one_proportion", at, name)
    for at, record in enumerate(SCALAR["two_proportions"]):
        counts, level = [record[name] for name in ("k1", "n1", "k2", "n2")], 1 - record["alpha"]
        assert_alike(newcombe(*counts, level=level), record["newcombe"], ("two_proportions", at))
        for name, correction in (("miettinen_nurminen", True), ("mee", False)):
            found = miettinen_nurminen(*counts, correction=correction, level=level)
            assert_alike(found, record[name], ("two_proportions", at, name))
    for at, record in enumerate(SCALAR["korn_graubard"]):
        given = [record[name] for name in ("p", "se", "n", "df")]
        found = korn_graubard(*given, cap=at % 2 == 0, level=1 - record["alpha"])
        assert near([found.low, found.high], record["ci"]), ("korn_graubard", at)


def assert_alike(found: Interval, expected, name):
    assert np.allclose([found.low, found.high], expected, rtol=0, atol=1e-9), (name, found, expected)


def test_the_score_test_gives_the_numbers_of_two_published_forms():
    for at, record in enumerate(document("scores.json")["mn_score"]):
        counts = [record[name] for name in ("x1", "n1", "x2", "n2")]
        found = intervals.score_test(*counts, margin=record["margin"])
        assert near([found.p_value, found.z], [record["p"], record["z"]]), ("mn_score", at)


def test_the_conditional_test_gives_the_published_numbers():
    for at, record in enumerate(document("scores.json")["midp_fisher"]):
        found = intervals.midp_fisher(*(record[name] for name in ("x1", "n1", "x2", "n2")))
        assert near(found, record["p"]), ("midp_fisher", at)


def test_published_examples():
    assert_rounded(miettinen_nurminen(56, 70, 48, 80), 0.0528, 0.3382)
    assert_rounded(intervals.newcombe_paired(20, 12, 2, 16), 0.0562, 0.3292)
    found = intervals.hypergeometric([5, 0, 3, 4], 5, [300, 300, 300, 120])
    assert np.allclose(found.low * [300, 300, 300, 120], [145, 0, 45, 35])
    assert np.allclose(found.high * [300, 300, 300, 120], [300, 155, 283, 119])


def assert_rounded(found, low, high):
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
