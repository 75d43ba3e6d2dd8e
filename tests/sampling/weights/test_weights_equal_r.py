"""Weights after calibration, nonresponse and trimming, and errors under them, equal R's and the formulas'."""

from __future__ import annotations

import numpy as np
import pytest

from sampling import SurveyDesign, mean, total
from sampling.estimates.replicates import Replicates, jackknife
from sampling.weights import kish_deff, pooled_response, trim, weighting_class
from sampling.weights.calibration import calibrate, poststratify, rake
from sampling.weights.propensity import response_propensity
from tests.sampling.tables import cases, design_of, document, near, table

WEIGHTING = cases("weighting.json")
REPLICATES = cases("replicates.json")
GRID = cases("grid.json")
CALIB = cases("sampling.json")
SCHOOLS = {"E": 4421, "H": 755, "M": 1018}
AIMS = [6194, 755, 1018, 3914069]


def counts(*names):
    found, sizes = np.unique(
        np.column_stack([table("apipop.csv")[name] for name in names]), axis=0, return_counts=True
    )
    return {
        row[0] if len(names) == 1 else tuple(row): n for row, n in zip(found.tolist(), sizes, strict=True)
    }


def regressors(data):
    return np.column_stack(
        [np.ones(len(data["stype"])), data["stype"] == "H", data["stype"] == "M", data["api99"]]
    )


def _raked(data, design):
    names = ("stype", "sch.wide", "awards")
    return rake(design, [data[name] for name in names], [counts(name) for name in names])


MADE = {
    "post/cl1_n": lambda data, design: poststratify(design, data["stype"], SCHOOLS),
    "post/str_f": lambda data, design: poststratify(design, data["comp.imp"], counts("comp.imp")),
    "rake/cl1_n": lambda data, design: rake(
        design, [data["stype"], data["sch.wide"]], [SCHOOLS, {"No": 1072, "Yes": 5122}]
    ),
    "rake/str_f": _raked,
    "calibrate/cl1_linear": lambda data, design: calibrate(design, regressors(data), AIMS),
    "calibrate/cl1_raking": lambda data, design: calibrate(design, regressors(data), AIMS, method="raking"),
    "calibrate/cl1_logit": lambda data, design: calibrate(
        design, regressors(data), AIMS, method="logit", bounds=(0.5, 2.0)
    ),
    "calibrate/cl1_linear_bounded": lambda data, design: calibrate(
        design, regressors(data), AIMS, bounds=(0.6, 2.0)
    ),
    "calibrate/str_linear": lambda data, design: calibrate(design, regressors(data), AIMS),
    "trim/str": lambda data, design: trim(_raked(data, design), low=10, high=45),
}


LOOSE = {"calibrate/cl1_logit": (1e-7, 1e-8)}
"""R stops at 1e-7: how near weights and figures can be, relatively."""


def weights_of(expected):
    return table("../" + expected["csv"])["weight"]


def test_every_case_is_here():
    assert set(WEIGHTING) == set(MADE)


@pytest.mark.parametrize("name", MADE)
def test_calibrated_weights_and_their_errors(name):
    expected = WEIGHTING[name]["expected"]
    data, design = design_of(WEIGHTING[name]["design"])
    made = MADE[name](data, design)
    of_weights, rel = LOOSE.get(name, (1e-9, 1e-10))
    assert near(made.weights, weights_of(expected["weights"]), rel=of_weights), name
    assert near(kish_deff(made.weights), expected["weights"]["kish_deff"], rel=rel), name
    if "mean" in expected:
        columns = np.column_stack([data[name] for name in np.ravel(expected["mean"]["names"])])
        found = mean(made, columns, missing="domain")
        assert near(found.value, expected["mean"]["est"], rel=rel), name
        assert near(found.se, expected["mean"]["se"], rel=rel), name
        # A covariance is a difference of larger numbers: no nearer than the weights.
        assert near(found.vcov, expected["mean"]["vcov"], rel=of_weights if name in LOOSE else rel), name
        limits = found.interval(df=design.df)
        assert near(limits.low, expected["mean"]["ci_low"], rel=rel), name
    if "total" in expected:
        found, want = total(made, data["enroll"], missing="domain"), expected["total"]
        assert near([found.value, found.se], [want["est"], want["se"]], rel=rel), name
    if "by" in expected:
        found = mean(made, data["api00"], by=data["sch.wide" if name.startswith("post") else "stype"])
        assert list(found.domains) == expected["by"]["domains"], name
        assert near(found.value, expected["by"]["est"]), name
        assert near(found.se, expected["by"]["se"]), name


BOUNDED = {"logit": ("logit", (0.4, 2.5)), "truncated": ("linear", (0.4, 2.5))}


@pytest.mark.parametrize(
    ("name", "rel"), [("linear", 1e-9), ("raking", 1e-8), ("truncated", 1e-9), ("logit", 1e-6)]
)
def test_factors_of_calibration(name, rel):
    expected, data = CALIB[f"calib/{name}"]["expected"], table("apiclus1.csv")
    method, bounds = BOUNDED.get(name, (name, None))
    made = calibrate(SurveyDesign(data["pw"]), regressors(data), AIMS, method=method, bounds=bounds)
    by = made.weights / data["pw"]
    assert near(by[:10], expected["first10"], rel=rel)
    assert near(
        [by.min(), by.max(), by.sum()], [expected["min"], expected["max"], expected["sum_g"]], rel=rel
    )
    step = made.calibrations[0]
    assert near([step.low, step.high], [expected["min"], expected["max"]], rel=rel)


def test_weighting_classes():
    expected, data = GRID["nr/class"]["expected"], table("grid.csv")
    made = weighting_class(
        SurveyDesign(data["w"]), (data["street"], data["age"]), data["resp"], minimum=1, ceiling=10
    )
    left = table("../w_nr_class.csv")
    assert near(data["id"][made.rows], left["id"])
    assert near(made.weights, left["w_nr"])
    assert near(mean(made, data["score"][made.rows]).value, expected["mean_score"])
    assert near(kish_deff(made.weights), expected["kish_deff"])
    step = made.calibrations[0]
    assert near([step.low, step.high], [min(expected["factors"]["f"]), max(expected["factors"]["f"])])


def test_response_propensities():
    expected, data = GRID["nr/propensity"]["expected"], table("grid.csv")
    design = SurveyDesign(data["w"])
    levels = [
        data["listed"], data["age"] == "35-59", data["age"] == "60+",
        data["kind"] == "new_estate", data["kind"] == "old_estate",
    ]  # fmt: skip
    x = np.column_stack([np.ones(design.n), *levels])
    found = response_propensity(design, x, data["resp"], groups=None)
    assert near(found.coef, list(expected["coef"].values()))
    assert near(found.se, list(expected["se"].values()), rel=1e-6)
    assert near(found.fitted[:10], expected["phat_first10"])
    assert near(mean(found.design, data["score"][found.design.rows]).value, expected["ipw_mean_score"])
    alike = response_propensity(design.with_weights(np.ones(design.n)), x, data["resp"])
    assert near(alike.coef, list(expected["unweighted_coef"].values()))


def test_classes_pooled_over_the_city():
    given = document("scores.json")["nonresponse_weights"]
    found = pooled_response(given["issued_eligible"], given["completed"], prior=given["K"])
    assert near(found.by_class, given["r_c"], rel=1e-9)
    assert near(found.rate, given["r_ct"], rel=1e-9)
    assert near(found.factor, given["weight"], rel=1e-9)


def _replicated(expected, design):
    if expected["replicate_csv"] is None:
        return jackknife(design)
    columns = table("../" + expected["replicate_csv"])
    scale = expected["scale"] * np.array(expected["rscales"])
    return Replicates(
        np.column_stack(list(columns.values())), scale, expected["df"], "bootstrap", design.weights
    )


@pytest.mark.parametrize("name", REPLICATES)
def test_replicates(name):
    expected = REPLICATES[name]["expected"]
    data, design = design_of(REPLICATES[name]["design"])
    made = _replicated(expected, design)
    here = ~np.isnan(data["enroll"])
    both = here & ~np.isnan(data["api.stu"])
    enroll, tested = np.where(here, data["enroll"], 0), np.where(both, data["api.stu"], 0)

    def means(w):
        return [(w * here) @ data["api00"] / (w @ here), w @ enroll / (w @ here)]

    found = made.estimate(means)
    assert near(found.value, expected["est"]), name
    assert near(found.se, expected["se"]), name
    assert (len(made.scale), found.df) == (expected["R"], expected["df"]), name
    ratio = made.estimate(lambda w: w @ tested / (w @ np.where(both, enroll, 0)))
    assert near(ratio.se, expected["ratio_se"]), name
    domains = np.array([data["stype"] == label for label in expected["by"]["domains"]])
    by = made.estimate(lambda w: (domains * w) @ data["api00"] / (domains @ w))
    assert near(by.value, expected["by"]["est"]), name
    assert near(by.se, expected["by"]["se"]), name
