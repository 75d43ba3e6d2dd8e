"""The face under R's names says what the library says and R said, column by column, row by row."""

from __future__ import annotations

import numpy as np
import pytest

from sampling import (
    SurveyDesign,
    Table,
    factor,
    mean,
    svyby,
    svychisq,
    svyciprop,
    svycontrast,
    svydesign,
    svyglm,
    svymean,
    svyquantile,
    svyranktest,
    svyratio,
    svytable,
    svytotal,
    svyttest,
    svyvar,
)
from sampling.errors import BadInput
from sampling.tables.formulas import named_columns, sides
from tests.sampling.tables import REFERENCE, cases, near

ESTIMATE = cases("estimate.json")


@pytest.fixture(scope="module")
def tables():
    return {
        name: Table.read(REFERENCE / "data" / name)
        for name in ("apistrat.csv", "apiclus1.csv", "apiclus2.csv")
    }


@pytest.fixture(scope="module")
def surveys(tables):
    return {
        "str_f": svydesign(tables["apistrat.csv"], strata="stype", weights="pw", fpc="fpc"),
        "cl1_f": svydesign(tables["apiclus1.csv"], ids="dnum", weights="pw", fpc="fpc"),
        "cl1_n": svydesign(tables["apiclus1.csv"], ids="~dnum", weights="pw"),
        "cl2_f": svydesign(tables["apiclus2.csv"], ids="dnum + snum", fpc="~fpc1 + fpc2"),
    }


SURVEYS = ("str_f", "cl1_f", "cl1_n", "cl2_f")


def said(found, *names):
    return [found[name] for name in names or ("estimate", "se")]


def expected(name, *keys):
    return [ESTIMATE[name]["expected"][key] for key in keys or ("est", "se")]


@pytest.mark.parametrize("name", SURVEYS)
def test_means_and_totals_and_ratios_are_those_of_r(surveys, name):
    survey = surveys[name]
    found = svymean("api00 + enroll", survey, missing="domain")
    assert near(said(found), expected(f"{name}/mean"))
    assert near(found.vcov, ESTIMATE[f"{name}/mean"]["expected"]["vcov"])
    assert survey.df == ESTIMATE[f"{name}/mean"]["expected"]["df"]
    assert near(np.ravel(said(svytotal("enroll", survey, missing="domain"))), expected(f"{name}/total"))
    ratio = svyratio("api.stu", "enroll", survey, missing="domain")
    assert near(np.ravel(said(ratio)), expected(f"{name}/ratio"))
    assert ratio["variable"].tolist() == ["api.stu/enroll"]


@pytest.mark.parametrize("name", SURVEYS)
def test_domains_are_those_of_r(surveys, name):
    found = svyby("api00", "stype", surveys[name], svymean)
    assert near(said(found), expected(f"{name}/by_stype"))
    assert found["stype"].tolist() == ESTIMATE[f"{name}/by_stype"]["expected"]["domains"]


def test_contrasts_are_those_of_r(surveys):
    kinds = svyby("api00", "stype", surveys["str_f"], svymean)
    assert near(np.ravel(said(svycontrast(kinds, {"H": 1, "E": -1}))), expected("str_f/contrast"))
    kinds = svyby("api00", "stype", surveys["cl1_f"], svymean)
    assert near(np.ravel(said(svycontrast(kinds, lambda of: of["H"] / of["E"]))), expected("cl1_f/contrast"))


def test_shares_with_their_limits_are_those_of_r(surveys):
    awarded = surveys["str_f"]["awards"] == "Yes"
    for method in ("mean", "logit", "xlogit", "beta"):
        found = svyciprop(awarded, surveys["str_f"], method=method)
        case = f"str_f/ciprop_{method}"
        assert near(
            np.ravel(said(found, "estimate", "low", "high")),
            expected(case, "est", "ci_low", "ci_high"),
            rel=1e-9,
        )


def test_tests_and_regressions_are_those_of_r(surveys):
    survey = surveys["str_f"]
    assert near(svychisq("sch.wide + stype", survey)["p_value"], expected("str_f/chisq_F", "p"))
    assert near(
        svychisq("sch.wide + stype", survey, statistic="Chisq")["value"],
        expected("str_f/chisq_Chisq", "stat"),
    )
    found = svyttest("api00 ~ comp.imp", survey)
    assert near(
        np.ravel(said(found, "t", "df", "p_value", "estimate")),
        expected("str_f/ttest", "t", "df", "p", "est"),
    )
    assert found["variable"].tolist() == ["api00: Yes - No"]
    found = svyranktest("api00 ~ comp.imp", survey)
    assert near(np.ravel(said(found, "t", "p_value")), expected("str_f/rank_wilcoxon", "stat", "p"))
    changed = surveys["cl1_n"].update(change=surveys["cl1_n"]["api00"] - surveys["cl1_n"]["api99"])
    found = svyttest("change ~ 0", changed)
    assert near(np.ravel(said(found, "t", "df", "p_value")), expected("cl1_n/ttest_one", "t", "df", "p"))
    found = svyglm("api00 ~ ell + meals", surveys["cl1_f"])
    assert near(said(found), expected("cl1_f/glm_gauss"))
    logit = svyglm(
        "wide ~ ell + meals + stype", survey.update(wide=survey["sch.wide"] == "Yes"), family="binomial"
    )
    assert near(said(logit), expected("str_f/glm_logit"), rel=1e-6)
    assert logit["variable"].tolist() == ESTIMATE["str_f/glm_logit"]["expected"]["names"]
    ends = svycontrast(found, {"ell": 1, "meals": -1})
    assert float(ends["estimate"][0]) == pytest.approx(found["estimate"][1] - found["estimate"][2])
    assert ends["n"].tolist() == [183]


def test_quantiles_variances_and_tables_are_those_of_r(surveys):
    found = svyquantile("api00", surveys["str_f"], [0.1, 0.25, 0.5, 0.75, 0.9], qrule="hf8")
    assert near(found["estimate"], expected("str_f/quantile_hf8", "est"))
    assert found["quantile"].tolist() == [0.1, 0.25, 0.5, 0.75, 0.9]
    (first, _), (_, second) = ESTIMATE["str_f/var"]["expected"]["est"]
    assert near(svyvar("api00 + enroll", surveys["str_f"])["estimate"], [first, second])
    counts = svytable("sch.wide + stype", surveys["cl1_n"])
    case = ESTIMATE["cl1_n/table"]["expected"]
    assert counts["sch.wide"].tolist() == case["rows"]
    assert near([counts[name] for name in case["cols"]], np.transpose(case["n"]))


@pytest.mark.parametrize(
    ("case", "method", "bounds", "rel"),
    [
        ("linear", "linear", None, 1e-10),
        ("logit", "logit", (0.5, 2.0), 1e-8),
        ("linear_bounded", "linear", (0.6, 2.0), 1e-10),
    ],
)
def test_calibrated_weights_are_those_of_r(surveys, case, method, bounds, rel):
    aims = {"(Intercept)": 6194, "stypeH": 755, "stypeM": 1018, "api99": 3914069}
    made = surveys["cl1_n"].calibrate("stype + api99", aims, method=method, bounds=bounds)
    reference = cases("weighting.json")[f"calibrate/cl1_{case}"]["expected"]["mean"]
    found = svymean("api00", made)
    assert near(np.ravel(said(found)), [np.ravel(reference[name])[0] for name in ("est", "se")], rel=rel)


def test_poststratified_raked_and_trimmed_weights_are_those_of_r(surveys):
    kinds, wide = {"E": 4421, "H": 755, "M": 1018}, {"No": 1072, "Yes": 5122}
    weighting = cases("weighting.json")
    made = surveys["cl1_n"].poststratify("stype", kinds)
    found = svymean("api00 + enroll", made, missing="domain")
    assert near(found["se"], weighting["post/cl1_n"]["expected"]["mean"]["se"])
    raked = surveys["cl1_n"].rake(["stype", "sch.wide"], [kinds, wide])
    assert near(raked.weights.max(), weighting["rake/cl1_n"]["expected"]["weights"]["max"], rel=1e-9)
    assert raked.trim(high=60).weights.max() <= 60
    crossed = surveys["cl1_n"].poststratify("stype + sch.wide", {
        (kind, yes): 100 for kind in kinds for yes in wide if (kind, yes) != ("E", "none")
    })  # fmt: skip
    assert crossed.weights.sum() == pytest.approx(600)
    assert str(raked).endswith("weights 1-rake-sweeps")


def small(**more):
    columns = {
        "kind": factor(["new", "old", "new", "old", "old", "new"], ["old", "new"]),
        "street": [2, 1, 1, 2, 1, 2],
        "good": [True, False, True, True, False, True],
        "y": [1.0, 2.0, 4.0, 3.0, None, 5.0],
    }
    return svydesign({**columns, **more, "pw": [10.0] * 6}, weights="pw")


def test_domains_come_in_the_order_of_their_levels():
    found = svymean("good", small(), by="kind + street")
    pairs = list(zip(found["kind"].tolist(), found["street"].tolist(), strict=True))
    assert pairs == [("old", 1), ("old", 2), ("new", 1), ("new", 2)]
    apart = svycontrast(found, {("new", 2): 1, ("old", 1): -1})
    assert apart["estimate"].tolist() == [1.0]


def test_shares_of_a_factor_are_figures_of_their_own():
    found = svymean("kind", small(), by="street")
    assert found["variable"].tolist() == ["kindold", "kindold", "kindnew", "kindnew"]
    plain = mean(small().design, small()["kind"] == "old", by=small()["street"])
    assert near(found["estimate"][:2], plain.value)
    assert (found["low"] >= 0).all()
    with pytest.raises(BadInput, match="covmat"):
        svycontrast(found, {"kindold": 1})
    assert near(svytotal("kind", small())["estimate"], [30, 30])


def test_every_row_names_its_estimator_and_its_level():
    found = [
        svymean("good", small(), level=0.9),
        svyquantile("street", small(), level=0.9),
        svyttest("street ~ good", small(), level=0.9),
        svyglm("street ~ good", small(), level=0.9),
        svyvar("street", small(), level=0.9),
    ]
    for table in found:
        assert set(table["level"].tolist()) == {0.9}
        assert all("/" in name for name in table["method"].tolist())
        assert "90% interval" in str(table)
        assert [row["method"] for row in table.to_rows()] == table["method"].tolist()


def test_rows_without_an_answer_are_refused_or_left_out_as_a_domain():
    with pytest.raises(BadInput, match="NaN"):
        svymean("y", small())
    found = svymean("y + good", small(), missing="domain")
    assert found["n"].tolist() == [5, 5]
    assert svymean("good", small(), missing="domain")["n"].tolist() == [6]
    assert small().subset(small()["street"] == 1).df == 2


def test_columns_may_be_given_that_the_table_does_not_hold():
    survey = small()
    by_name = svymean({"one": np.ones(6), "two": survey["street"] * 2}, survey)
    assert by_name["variable"].tolist() == ["one", "two"]
    assert svymean(survey["street"] > 1, survey)["variable"].tolist() == ["value"]
    assert svymean(["good", "street"], survey)["variable"].tolist() == ["good", "street"]
    with pytest.raises(BadInput, match="a row for each"):
        svymean([1, 2], survey)


def test_what_is_printed_can_be_read():
    text = str(svymean("street + good", small()))
    assert text.splitlines() == [
        "variable  estimate  ± se  95% interval  df  n",
        "street        1.50  0.22  [0.93, 2.07]   5  6",
        "good          0.67  0.21  [0.20, 0.94]   5  6",
        "(linearised/1)",
    ]
    assert str(small()) == "6 rows for 60 units, 1 stratum, 5 degrees of freedom; weights as drawn"


def test_a_small_chance_is_below_a_thousandth(surveys):
    assert "<.001" in str(svychisq("sch.wide + stype", surveys["str_f"]))
    assert "3 strata" in str(surveys["str_f"])


def test_weights_follow_from_the_frames_of_all_stages(surveys):
    assert surveys["cl2_f"].weights.sum() == pytest.approx(5129, rel=1e-2)
    simple = svydesign({"y": [1, 2], "N": [10, 10]}, fpc="N")
    assert simple.weights.tolist() == [5, 5]
    assert len(simple) == 2


def test_units_may_be_given_as_labels():
    table = {"y": [1.0, 2.0, 3.0, 5.0], "pw": [10.0] * 4}
    assert svydesign(table, ids=np.array(["a", "a", "b", "b"]), weights="pw").df == 1
    assert svydesign(table, ids="~1", weights="pw").df == 3


def test_a_survey_that_is_not_told_is_refused():
    with pytest.raises(BadInput, match="must be given"):
        svydesign({"y": [1, 2]})
    with pytest.raises(BadInput, match="each stage"):
        svydesign({"a": [1, 1, 2], "b": [1, 2, 3], "N": [9, 9, 9]}, ids="a + b", fpc="N")
    with pytest.raises(BadInput, match="no column 'z'"):
        svydesign({"y": [1, 2]}, weights="z")
    with pytest.raises(BadInput, match="must hold numbers"):
        svydesign({"y": ["a", "b"]}, weights="y")
    with pytest.raises(BadInput, match="names"):
        small().calibrate("street", {"street": 3})
    with pytest.raises(BadInput, match="without a label"):
        svymean("good", small(word=["a", None, "a", "b", "b", "b"]), by="word")


def test_a_formula_that_is_none_is_refused():
    for formula in ("y", "~ y", "y ~"):
        with pytest.raises(BadInput, match="y ~ a"):
            sides(formula)
    with pytest.raises(BadInput, match="One column"):
        svyciprop("good + street", small())
    with pytest.raises(BadInput, match="One or two columns"):
        svytable("good + street + kind", small())
    with pytest.raises(BadInput, match="Two columns"):
        svychisq("good", small())
    with pytest.raises(BadInput, match="must hold numbers"):
        svyquantile("kind", small())


def test_a_name_may_hold_a_plus():
    table = Table({"a + b": [1], "a": [2]})
    assert list(named_columns(table, "a + b")) == ["a + b"]


def test_counts_of_one_column_and_of_a_subset():
    assert svytable("kind", small()).to_rows() == [{"kind": "old", "total": 30}, {"kind": "new", "total": 30}]
    part = small().subset(small()["street"] == 2)
    assert svytable("kind", part)["total"].tolist() == [10, 20]


def test_the_face_and_the_library_are_one(surveys):
    table = surveys["str_f"].table
    design = SurveyDesign(table["pw"], strata=table["stype"], fpc=table["fpc"])
    assert float(svymean("api00", surveys["str_f"])["se"][0]) == mean(design, table["api00"]).se
