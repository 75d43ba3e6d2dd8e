"""The simulation study: cities with a known truth, surveyed; every table is written, nothing is left out."""

from __future__ import annotations

import re

import numpy as np
import pytest

from demo.study import detection, field, replicates, report
from demo.study.__main__ import main
from demo.study.city import GRIDS, LIST, SCENARIOS, build


@pytest.fixture(scope="module")
def city():
    return build(SCENARIOS["base"], seed=[1])


def test_a_city_is_as_it_was_drawn(city):
    again = build(SCENARIOS["base"], seed=[1])
    assert (again.satisfied == city.satisfied).all()
    assert np.bincount(city.of, city.listed, GRIDS).tolist() == [LIST] * GRIDS
    assert (city.told >= city.satisfied).all()
    assert 0.5 < city.theta.mean() < 0.75


def test_completes_are_nested_and_nobody_answers_twice(city):
    order = field.calls(city, seed=[2])
    small, large = field.sample(order, 5), field.sample(order, 20)
    assert set(small.completed.tolist()) <= set(large.completed.tolist())
    assert np.bincount(city.of[small.completed], minlength=GRIDS).tolist() == [5] * GRIDS
    assert np.unique(large.issued).size == large.issued.size
    assert set(large.completed.tolist()) <= set(large.issued.tolist())
    assert 0.15 < large.rate < 0.35


def test_without_distortion_a_list_says_what_its_people_think():
    honest = build(SCENARIOS["nodistort"], seed=[1])
    assert (honest.told == honest.satisfied).all()


def test_a_draw_is_nearer_to_the_truth_than_a_list():
    found, _like = replicates.replicate(0, scenario="base")
    assert found["FH adjusted + band"]["10"]["rmse"] < found["random, unweighted"]["10"]["rmse"]
    assert found["random, unweighted"]["10"]["rmse"] < found["worker list"]["50"]["rmse"]


def test_more_answers_an_arm_find_more(monkeypatch):
    monkeypatch.setattr(detection, "ARMS", (10, 80))
    found = detection.with_margin(6, seed=1)
    assert found["80|0.3|0.0"].power > 0.9 > found["10|0.3|0.0"].power
    assert all(each.fdr < 0.1 for each in found.values())


def test_the_document_holds_every_table_and_names_what_differs(tmp_path):
    out = tmp_path / "study.md"
    main(["--replicates", "2", "--runs", "2", "--processes", "1", "--scenario", "flat", "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    for title, _times, _digits in report.NAMES.values():
        assert title in text
    assert "## Scenario flat" in text
    assert re.search(r"[0-9]+ figures have one to be held against; [0-9]+ differ", text)
    assert "$" not in text
    for picture in ("study-rmse.svg", "study-cover.svg"):
        assert (tmp_path / "images" / picture).read_text(encoding="utf-8").startswith("<svg")


def test_a_figure_far_from_its_target_is_marked():
    means = {"worker list": {str(n): {"rmse": (0.9, 0.001)} for n in replicates.SIZES}}
    assert "≠" in report.table(means, "rmse", targets=report.TARGETS["base"])
    assert report.differs((0.5, 0.01), (0.6, 0.01))
    assert not report.differs((0.5, 0.01), (0.53, 0.01))
