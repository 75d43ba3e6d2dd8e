"""Published intervals checked: invented cities through the scores' own way, judged by what is promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from demo.check import FAILING, HONEST, Judged, main, one, summed
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET


@pytest.fixture(scope="module")
def kinds():
    return one("base", 10, 0)


def test_every_level_of_a_city_is_judged(kinds):
    assert {kind.level: kind.cases for kind in kinds} == {CITY: 1, STREET: 20, COMMUNITY: 100, GRID: 400}
    for kind in kinds:
        assert kind.held >= kind.held_plain > 0 or kind.level == CITY


def test_grids_of_one_city_come_near_the_study(kinds):
    grid = summed("base", 10, [kind for kind in kinds if kind.level == GRID])
    assert 0.9 < grid.coverage <= 1
    assert grid.rmse < 10


ROW = Judged("base", 10, GRID, coverage=0.95, error=0.005, plain=0.94, width=30, rmse=7.9, bias=2)


def test_a_row_below_what_is_promised_is_told():
    assert ROW.holds
    assert not replace(ROW, coverage=0.91).holds
    assert not replace(ROW, rmse=8.3).holds
    assert replace(ROW, rmse=8.3, n=50).holds
    assert not replace(ROW, scenario=HONEST, plain=0.99).holds
    assert replace(ROW, scenario=FAILING, coverage=0.5).holds


@pytest.mark.slow
def test_the_command_prints_its_table_and_holds(capsys):
    assert main(["--replicates", "20", "--scenario", "base", "--processes", "2"]) == 0
    assert "below" not in capsys.readouterr().out
