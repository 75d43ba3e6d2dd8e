"""Published figures checked: invented cities through the scores' own way, judged by what is promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from demo.check import FAILING, HONEST, Accused, Judged, main, summed
from demo.study.kinds import FLAGS, LIST_BIAS, LISTS_POOLED, NAMED, POOLED, RESOLUTION, checked
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET


@pytest.fixture(scope="module")
def city():
    return checked("base", 10, 0)


@pytest.mark.slow
def test_every_kind_of_figure_of_a_city_is_judged(city):
    cases = {kind.name: kind.cases for kind in city.kinds}
    assert cases.items() >= {CITY: 1, STREET: 20, COMMUNITY: 100, GRID: 400, POOLED: 400}.items()
    assert cases.items() >= {LIST_BIAS: 400, LISTS_POOLED: 1, RESOLUTION: 20}.items()
    assert cases.items() >= {"streets apart": 19, "communities apart": 99, "grids apart": 396}.items()
    assert cases.items() >= {"city's change": 1, "street's change": 20, "grid's change": 400}.items()
    assert [each.name for each in city.findings] == [FLAGS, NAMED]
    for kind in city.kinds:
        assert kind.held >= kind.held_plain


@pytest.mark.slow
def test_grids_of_one_city_come_near_the_study_and_four_waves_nearer(city):
    grid, four = (
        summed("base", 10, [kind for kind in city.kinds if kind.name == name]) for name in (GRID, POOLED)
    )
    assert 0.9 < grid.coverage <= 1
    assert four.rmse < grid.rmse < 10
    assert four.width < grid.width


ROW = Judged("base", 10, GRID, 0.95, error=0.005, plain=0.94, plain_error=0.005, width=30, rmse=7.9, bias=2)


def test_a_row_below_what_is_promised_is_told():
    assert ROW.holds
    assert not replace(ROW, coverage=0.91).holds
    assert not replace(ROW, rmse=8.3).holds
    assert replace(ROW, rmse=8.3, n=50).holds
    assert not replace(ROW, scenario=HONEST, plain=0.99).holds
    assert replace(ROW, scenario=FAILING, coverage=0.5).holds


def test_wrong_findings_beyond_what_is_promised_are_told():
    named = Accused("base", 10, NAMED, found=3, wrong=0.04, error=0.001)
    assert named.holds
    assert not replace(named, wrong=0.06).holds
    assert not replace(named, name=FLAGS).holds
    assert replace(named, scenario=FAILING, wrong=0.5).holds


@pytest.mark.slow
def test_the_command_prints_its_table_and_holds(capsys):
    assert main(["--replicates", "20", "--scenario", "base", "--processes", "2"]) == 0
    assert "below" not in capsys.readouterr().out
