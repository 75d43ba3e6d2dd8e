"""Estimates, errors, intervals and design effects equal those of R's survey on the same tables, to 1e-10."""

from __future__ import annotations

import numpy as np
import pytest

from sampling import SurveyDesign, mean, proportion, ratio, total
from sampling.estimates.estimators import variance
from tests.sampling.tables import cases, design_of, near, table

ESTIMATE = cases("estimate.json")
GRID = cases("grid.json")
WILSON = cases("wilson.json")
DESIGNS = ("srs_f", "srs_n", "str_f", "str_n", "cl1_f", "cl1_n", "cl2_f")


HERE = {
    "mean", "total", "prop", "ratio", "by_stype", "subset_awards", "ciprop_mean", "deff_wor", "deff_replace",
    "by_county", "by_county_total", "by_prop", "contrast", "var", "table",
}  # fmt: skip
INTERVALS = {f"ciprop_{name}" for name in ("logit", "likelihood", "asin", "beta", "xlogit")}
ELSEWHERE = ("quantile_", "ttest", "chisq_", "rank_", "glm_")


def test_every_case_is_here_or_among_the_intervals_or_tests_or_models():
    for name in ESTIMATE:
        kind = name.split("/")[1]
        assert kind in HERE | INTERVALS or kind.startswith(ELSEWHERE), name


def case(name):
    found = ESTIMATE[name]
    data, design = design_of(found["design"])
    return data, design, found["expected"]


@pytest.mark.parametrize(
    ("sample", "strata", "value", "se"),
    [
        ("apistrat.csv", "stype", 662.287363159321, 9.40894080278458),
        ("apisrs.csv", None, 656.585, 9.24972203928281),
    ],
)
def test_the_mean_of_api00_is_that_of_r(sample, strata, value, se):
    data = table(sample)
    design = SurveyDesign(data["pw"], strata=data[strata] if strata else None, fpc=data["fpc"])
    found = mean(design, data["api00"])
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.se == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize("name", [f"{design}/mean" for design in DESIGNS])
def test_means_of_two_columns(name):
    data, design, expected = case(name)
    found = mean(design, np.column_stack([data["api00"], data["enroll"]]), missing="domain")
    assert near(found.value, expected["est"])
    assert near(found.se, expected["se"])
    assert near(found.vcov, expected["vcov"])
    assert design.df == expected["df"]
    limits = found.interval(expected["level"], df=design.df)
    assert near(limits.low, expected["ci_low"])
    assert near(limits.high, expected["ci_high"])


@pytest.mark.parametrize("name", [name for name in ESTIMATE if "/deff_" in name])
def test_design_effects(name):
    data, design, expected = case(name)
    columns = np.column_stack([data["api00"], data["enroll"]])
    found = mean(design, columns, missing="domain", deff="wr" if name.endswith("replace") else "wor")
    assert near(found.deff, expected["deff"])
    assert near(found.se, expected["se"])


@pytest.mark.parametrize("name", [f"{design}/total" for design in DESIGNS])
def test_totals(name):
    data, design, expected = case(name)
    found = total(design, data["enroll"], missing="domain")
    limits = found.interval(df=design.df)
    assert near([found.value, found.se], [expected["est"], expected["se"]])
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])


@pytest.mark.parametrize("name", [f"{design}/prop" for design in DESIGNS])
def test_proportions(name):
    data, design, expected = case(name)
    found = proportion(design, data["sch.wide"] == "Yes")
    limits = found.interval(method="t")
    assert near([found.value, found.se, found.df], [expected["est"], expected["se"], expected["df"]])
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])


def test_variances_and_covariances_of_columns():
    data, design, expected = case("str_f/var")
    table = np.column_stack([data["api00"], data["enroll"], data["api00"] + data["enroll"]])
    found = variance(design, table)
    (first, beside), (_, second) = expected["est"]
    assert near(found.value[:2], [first, second])
    assert near(found.se[:2], [expected["se"][0], expected["se"][3]])
    half = np.array([-0.5, -0.5, 0.5])
    assert near(
        [half @ found.value, np.sqrt(half @ found.vcov @ half)], [beside, expected["se"][1]], rel=1e-9
    )


@pytest.mark.parametrize("name", [f"{design}/ciprop_mean" for design in DESIGNS])
def test_t_intervals_of_proportions(name):
    data, design, expected = case(name)
    found = proportion(design, data["awards"] == "Yes")
    limits = found.interval(expected["level"], "t")
    assert near([found.value, found.se, found.n], [expected["est"], expected["se"], expected["n"]])
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])


@pytest.mark.parametrize("name", [f"{design}/ratio" for design in DESIGNS])
def test_ratios(name):
    data, design, expected = case(name)
    found = ratio(design, data["api.stu"], over=data["enroll"], missing="domain")
    limits = found.interval(df=design.df)
    assert near([found.value, found.se], [expected["est"], expected["se"]])
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])


@pytest.mark.parametrize("name", [f"{design}/by_stype" for design in DESIGNS] + ["str_f/by_county"])
def test_means_of_domains(name):
    data, design, expected = case(name)
    found = mean(design, data["api00"], by=data["cname" if name.endswith("county") else "stype"])
    assert list(found.domains) == expected["domains"]
    assert near(found.value, expected["est"])
    assert near(found.se, expected["se"])
    limits = found.interval(df=design.df)
    assert near(limits.low, expected["ci_low_full_df"])
    assert near(limits.high, expected["ci_high_full_df"])


def test_totals_of_domains():
    data, design, expected = case("str_f/by_county_total")
    found = total(design, data["enroll"], by=data["cname"], missing="domain")
    assert near(found.value, expected["est"])
    assert near(found.se, expected["se"])


def test_proportions_of_crossed_domains():
    data, design, expected = case("str_f/by_prop")
    found = proportion(design, data["sch.wide"] == "Yes", by=(data["comp.imp"], data["stype"]))
    assert [f"{stype}.{comp}" for comp, stype in found.domains] == expected["domains"]
    assert near(found.value, expected["est"])
    assert near(found.se, expected["se"])


@pytest.mark.parametrize("name", [f"{design}/subset_awards" for design in DESIGNS])
def test_means_of_subsets(name):
    data, design, expected = case(name)
    inside = design.subset(data["awards"] == "Yes")
    found = mean(inside, data["api00"])
    limits = found.interval()
    assert near([found.value, found.se], [expected["est"], expected["se"]])
    assert found.df == inside.df == expected["df"]
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])


def test_a_contrast_of_domains():
    data, design, expected = case("str_f/contrast")
    found = mean(design, data["api00"], by=data["stype"], vcov=True)
    assert near(found.vcov, expected["vcov_by"])
    apart = found.contrast({"H": 1, "E": -1})
    assert near([apart.value, apart.se], [expected["est"], expected["se"]])


def test_covariances_of_domains_that_share_primary_units():
    data, design, expected = case("cl1_f/contrast")
    found = mean(design, data["api00"], by=data["stype"], vcov=True)
    assert near(found.vcov, expected["vcov_by"])
    quotient = found["H"].value / found["E"].value
    slope = np.array([-quotient / found["E"].value, 1 / found["E"].value, 0])
    assert near([quotient, np.sqrt(slope @ found.vcov @ slope)], [expected["est"], expected["se"]])


def test_a_table_of_counts():
    data, design, expected = case("cl1_n/table")
    found = total(design, np.ones(design.n), by=(data["sch.wide"], data["stype"]))
    labels = [(row, column) for row in expected["rows"] for column in expected["cols"]]
    assert list(found.domains) == labels
    assert near(found.value, expected["n"])


@pytest.mark.parametrize("name", list(WILSON))
def test_wilson_intervals(name):
    expected = WILSON[name]["expected"]
    data, design = design_of(ESTIMATE[f"{name.split('/')[0]}/mean"]["design"])
    if name.endswith("E_meals30"):
        design = design.subset((data["stype"] == "E") & (data["meals"] > 30))
    found = proportion(design, data[name.split("/")[1]] == "Yes")
    limits = found.interval(expected["level"], "wilson")
    assert near([found.value, found.se, found.df], [expected["est"], expected["se"], expected["df"]])
    assert found.n == expected["n"]
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])


def grid_design(lonely="adjust"):
    data = table("grid.csv")
    return data, SurveyDesign(data["w"], strata=data["grid"], fpc=data["N_h"], lonely=lonely)


@pytest.mark.parametrize("name", [name for name in GRID if name.endswith(("TRUE", "FALSE"))])
def test_lonely_strata(name):
    _, lonely, flag = name.split("/")
    data, design = grid_design(lonely)
    expected, thin = GRID[name]["expected"], flag == "TRUE"
    whole = mean(design, np.column_stack([data["score"], data["satisfied"]]), lonely_domains=thin)
    assert near(whole.value, expected["mean"]["est"])
    assert near(whole.vcov, expected["mean"]["vcov"])
    assert design.df == expected["mean"]["df"]
    streets = mean(design, data["score"], by=data["street"], lonely_domains=thin)
    assert near(streets.value, expected["by_street"]["est"])
    assert near(streets.se, expected["by_street"]["se"])
    aware = design.subset(data["aware"] == 1)
    streets = proportion(aware, data["satisfied"], by=data["street"], lonely_domains=thin)
    assert near(streets.value, expected["aware_by_street"]["est"])
    assert near(streets.se, expected["aware_by_street"]["se"])
    assert aware.df == expected["aware_by_street"]["df"]


@pytest.mark.parametrize(("lonely", "variance"), [("remove", 126_625), ("adjust", 127_579.8)])
def test_a_lonely_stratum_of_a_total_is_taken_from_the_mean_of_all_units(lonely, variance):
    """R's survey 4.4-1 and later; before, "adjust" gave 562,225."""
    design = SurveyDesign([10.5, 10.5, 20, 20, 15], strata=[1, 1, 2, 2, 3], lonely=lonely)
    found = total(design, [30.5, 40.5, 35, 52, 44])
    assert found.se**2 == pytest.approx(variance, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "y", "by"), [("grid/by_grid", "score", "grid"), ("grid/by_kind", "satisfied", "kind")]
)
def test_domains_that_are_strata_or_cross_them(name, y, by):
    data, design = grid_design()
    expected = GRID[name]["expected"]
    found = mean(design, data[y], by=data[by])
    assert list(found.domains) == expected["domains"]
    assert near(found.value, expected["est"])
    assert near(found.se, expected["se"])


def test_the_t_interval_over_lonely_strata():
    data, design = grid_design()
    expected = GRID["grid/ciprop_mean"]["expected"]
    limits = proportion(design, data["satisfied"]).interval(method="t")
    assert near([limits.low, limits.high], [expected["ci_low"], expected["ci_high"]])
