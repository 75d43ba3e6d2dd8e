"""Published figures checked: invented cities through the scores' own way, judged by what is promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

import demo.check
from demo.check import main
from demo.study.judging import FAILING, HONEST, Accused, Judged, Verdicts, summed
from demo.study.kinds import (
    FLAGS,
    LIST_BIAS,
    LISTS_POOLED,
    NAMED,
    POOLED,
    RESOLUTION,
    CalledOut,
    CityChecked,
    Kind,
    checked,
)
from demo.study.verdict_tables import section, section_of, with_section
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


ROW = Judged(
    scenario="base",
    n=10,
    kind=GRID,
    coverage=0.95,
    error=0.005,
    plain=0.94,
    plain_error=0.005,
    width=30,
    width_plain=28,
    rmse=7.9,
    bias=2,
)


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


def test_the_section_names_what_is_not_held_and_leaves_the_rest_of_the_document_as_it_is():
    lost, failing = replace(ROW, coverage=0.5), replace(ROW, scenario=FAILING, coverage=0.5)
    text = section(Verdicts(3, (ROW, lost, failing), ()), seed=1, took=2.0)
    assert "with 3 cities, seed 1" in text
    assert text.count("| held |") == text.count("| not held |") == text.count("| fails by design |") == 1
    assert "**Not held**: grid at 10 (base)." in text
    held = section(Verdicts(3, (ROW, failing), ()), seed=1, took=2.0)
    assert "All that is promised is held." in held
    document = with_section("# Study\n\nTables.\n", text)
    assert with_section(document, held) == f"# Study\n\nTables.\n\n{held}"
    assert section_of(document) == text


def test_a_check_that_ran_out_of_time_judges_the_cities_it_has(tmp_path, monkeypatch, capsys):
    of_none = CityChecked((Kind(GRID, 2, 2, 2, 0.4, 0.3, 0.01, 0.0),), (CalledOut(FLAGS, 1, 0),))
    monkeypatch.setattr(demo.check, "checked", lambda *_which: of_none)
    out = tmp_path / "study.md"
    out.write_text("# Study\n", encoding="utf-8")
    words = ["--replicates", "5", "--minutes", "0", "--processes", "1", "--scenario", "base"]
    assert main([*words, "--out", str(out)]) == 0
    assert "1 of 5 cities" in capsys.readouterr().err
    assert "with 1 cities" in out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_command_prints_its_table_and_holds(capsys):
    assert main(["--replicates", "20", "--scenario", "base", "--processes", "2"]) == 0
    assert "**Not held**" not in capsys.readouterr().out
