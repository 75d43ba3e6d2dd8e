"""Each test here fails on a fault that another survey program had; its project and number stand beside it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sampling import SurveyDesign, bias, mean, proportion, total
from sampling.errors import EmptyCell
from sampling.estimates.replicates import jackknife
from sampling.weights.calibration import poststratify
from tests.sampling.tables import design_of

CHANCE = np.random.default_rng(11)
STRATA = np.repeat(np.arange(6), 8)
Y = CHANCE.normal(size=48) + STRATA
BY = CHANCE.integers(0, 3, 48)
W = CHANCE.uniform(1, 4, 48)


def test_an_estimator_remembers_nothing_of_its_last_call():
    # samplics-org/samplics#61
    design = SurveyDesign(W, strata=STRATA, fpc=40)
    first = mean(design, Y)
    mean(design.subset(BY == 0), -Y, by=STRATA)
    total(design, Y * 100, by=BY)
    assert mean(design, Y).value == first.value
    assert mean(design, Y).se == first.se


def test_proportions_of_domains_are_shares_of_each_domain():
    # samplics-org/samplics#56
    found = proportion(SurveyDesign(W, strata=STRATA), Y > 3, by=BY)
    for label in found.domains:
        inside = np.equal(BY, label)
        assert found[label].value == pytest.approx(np.average(Y[inside] > 3, weights=W[inside]))
        assert found[label].n == inside.sum()


def test_the_design_effect_is_over_a_simple_random_sample_of_the_same_rows():
    # samplics-org/samplics#8
    design = SurveyDesign(np.full(48, 10.0), fpc=480)
    assert mean(design, Y).deff == pytest.approx(1)
    assert mean(SurveyDesign(np.full(48, 10.0)), Y, deff="wr").deff == pytest.approx(1)
    stratified = mean(SurveyDesign(np.full(48, 10.0), strata=STRATA, fpc=80), Y)
    assert stratified.deff == pytest.approx(stratified.se**2 / mean(design, Y).se ** 2)


def test_lonely_rules_do_what_r_means_by_their_names():
    # samplics-org/svy#20
    strata, y = list("AAABBC"), [1.0, 2, 4, 3, 9, 20]
    errors = {
        rule: mean(SurveyDesign([1] * 6, strata=strata, lonely=rule), y).se
        for rule in ("remove", "certainty", "adjust", "average")
    }
    assert errors["remove"] == errors["certainty"]
    centred = [(value - 6.5) / 6 for value in y]
    within = sum(
        len(part) / (len(part) - 1) * sum((one - np.mean(part)) ** 2 for one in part)
        for part in (centred[:3], centred[3:5])
    )
    assert errors["remove"] == pytest.approx(np.sqrt(within))
    assert errors["adjust"] == pytest.approx(np.sqrt(within + centred[5] ** 2))
    assert errors["average"] == pytest.approx(np.sqrt(within * 3 / 2))


def test_the_degrees_of_freedom_are_those_of_the_domain():
    # samplics-org/svy#3; gergness/srvyr#119 and #58 used z for t
    design = SurveyDesign(W, strata=STRATA)
    found = mean(design, Y, by=BY)
    for label in found.domains:
        rows = Counter(STRATA[np.equal(BY, label)].tolist())
        assert found[label].df == sum(rows.values()) - len(rows)
    narrow, wide = found.interval(df=design.df), found.interval()
    assert (wide.high - wide.low > narrow.high - narrow.low).all()


def test_the_average_is_taken_over_the_strata_of_each_domain():
    # samplics-org/svy PR#181 took one factor for all domains; gergness/srvyr#56
    strata = ["A"] * 3 + ["B"] * 3 + ["C"] + ["D"] * 3
    by = [0] * 7 + [1] * 3
    y = [1.0, 2, 4, 3, 9, 5, 7, 8, 1, 3]
    average = mean(SurveyDesign([1] * 10, strata=strata, lonely="average"), y, by=by)
    remove = mean(SurveyDesign([1] * 10, strata=strata, lonely="remove"), y, by=by)
    assert average[0].se == pytest.approx(remove[0].se * np.sqrt(3 / 2))
    assert average[1].se == remove[1].se


def test_thousands_of_domains_are_no_burden():
    # gergness/srvyr#164, #168; samplics-org/svy keeps domains × rows
    domains, rows = 20_000, 3
    grid = np.arange(domains * rows) % domains
    y = (np.arange(domains * rows) * 7 % 5).astype(float)
    found = mean(SurveyDesign(np.ones(domains * rows), strata=grid, fpc=30), y, by=grid)
    assert len(found.domains) == domains
    one = y[grid == 19_999]
    assert found[19_999].se == pytest.approx(np.sqrt(0.9 * one.var(ddof=1) / rows))
    streets = poststratify(
        SurveyDesign(np.ones(domains * rows), strata=grid, fpc=30), grid, dict.fromkeys(range(domains), 30)
    )
    assert len(mean(streets, y, by=grid // 100).domains) == 200


def test_weights_count_in_standard_errors_and_every_figure_names_its_method():
    # cmu-delphi/covidcast-indicators#1271
    assert mean(SurveyDesign(W), Y).se != pytest.approx(mean(SurveyDesign(np.ones(48)), Y).se, rel=1e-3)
    for figure in (mean(SurveyDesign(W), Y), total(SurveyDesign(W), Y, by=BY)):
        assert figure.method == "linearised/1"


def test_the_range_of_factors_stands_beside_the_design_effect():
    # saanraan#235
    made = poststratify(SurveyDesign(W), BY, {0: 50, 1: 30, 2: 40}, source="register")
    by = made.weights / W
    assert (made.calibrations[0].low, made.calibrations[0].high) == (by.min(), by.max())
    assert mean(made, Y).deff > 0


def test_clusters_taken_whole_leave_the_error_of_the_second_stage():
    # R's recursion: the first stage alone would say there is none
    data, design = design_of({"data": "apiclus2.csv", "psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]})
    sampled = len(set(data["dnum"]))
    whole = SurveyDesign(
        design.weights,
        psu=np.column_stack([data["dnum"], data["snum"]]),
        fpc=np.column_stack([np.full(design.n, sampled), data["fpc2"]]),
    )
    assert 0 < mean(whole, data["api00"]).se < mean(design, data["api00"]).se


def test_the_error_of_a_combined_mean_is_that_of_a_jackknife():
    # ncn-foreigners/nonprobsvy#125: a bootstrap gave .6 of the error; #128 left the model out of it
    design, prediction = SurveyDesign(W, strata=STRATA, fpc=400), STRATA.astype(float)
    found = bias.combine(design, Y, prediction=prediction, frame_mean=2.5)
    left_out = jackknife(design).estimate(lambda w: 2.5 + np.average(Y - prediction, weights=w))
    assert found.value == pytest.approx(left_out.value)
    assert found.se == pytest.approx(left_out.se, rel=0.05)


def test_predictions_of_another_outcome_do_no_harm():
    # ncn-foreigners/nonprobsvy#88
    design = SurveyDesign(W, strata=STRATA, fpc=400)
    other = CHANCE.normal(scale=5, size=48)
    found, plain = bias.combine(design, Y, prediction=other, frame_mean=0.0), mean(design, Y)
    assert found.se <= plain.se
    assert found.value == pytest.approx(plain.value)


def test_a_census_has_no_replicate_error():
    # bschneidr/svrep#15: replicates forgot the finite population
    design = SurveyDesign(np.ones(48), strata=STRATA, fpc=8)
    assert jackknife(design).estimate(lambda w: float(w @ Y)).se == pytest.approx(0, abs=1e-9)


def test_places_outside_the_frame_are_refused_and_not_made_up():
    # SoerenPannier/emdi#64
    design = SurveyDesign(W, strata=STRATA)
    with pytest.raises(EmptyCell, match="9"):
        poststratify(design, STRATA, {**dict.fromkeys(range(6), 50), 9: 50})
    with pytest.raises(EmptyCell, match="5"):
        poststratify(design, STRATA, dict.fromkeys(range(5), 50))
