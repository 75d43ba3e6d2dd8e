"""A demo wave through the pipeline and, plainly, beside it: every direct figure is the same to 1e-8."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess

import numpy as np
import pytest

from demo.study.city import GRIDS
from demo.study.surveyed import COMMUNITY, STREET
from survey.scores.rules.columns import UNRATED
from survey.scores.rules.pipeline import ALL, CITY, GRID, OVERALL, RATED, figures
from survey.scores.rules.pipeline import COMMUNITY as OF_COMMUNITY
from survey.scores.rules.pipeline import STREET as OF_STREET
from tests.sampling.tables import REFERENCE
from tests.sampling.test_other_programs_give_these_numbers import require_r
from tests.survey.scores.plainly import demo_wave, plain_figures

CLOSE = {"rel": 1e-8}


@pytest.fixture(scope="module")
def wave():
    return demo_wave()


@pytest.fixture(scope="module")
def shipped(wave):
    found = figures(wave.frame, wave.completes, wave.terms, dens={OVERALL: (RATED, ALL)})
    assert found.weights.margins == ("age", "tenure", "phone")
    return {
        (den, level): {row.place: row for row in found.rows if (row.den, row.level) == (den, level)}
        for den in (RATED, ALL)
        for level in (CITY, OF_STREET, OF_COMMUNITY, GRID)
    }


def test_the_wave_has_grids_without_an_answer_with_one_and_households_that_cannot_rate(wave):
    held = np.bincount(wave.completes.stratum, minlength=GRIDS)
    assert {0, 1, 3} <= set(held.tolist())
    assert (wave.completes.items[OVERALL] == UNRATED).any()


@pytest.mark.parametrize("den", [RATED, ALL])
def test_every_direct_figure_is_what_loops_make_of_the_same_rows(wave, shipped, den):
    plain = plain_figures(wave, all_of_them=den == ALL)
    for level in (CITY, OF_STREET, OF_COMMUNITY):
        found = shipped[den, level]
        assert found.keys() == plain[level].keys()
        for place, row in found.items():
            want = plain[level][place]
            assert (row.n, row.df) == (want["n"], want["df"])
            assert row.value == pytest.approx(want["est"], **CLOSE)
            assert row.se == pytest.approx(want["se"], rel=1e-8, abs=1e-12)
            if row.se > 0:
                assert [row.plain_low, row.plain_high] == pytest.approx([want["low"], want["high"]], **CLOSE)
    for place, row in shipped[den, GRID].items():
        want = plain["grid"][place]
        assert [row.direct, row.n_eff] == pytest.approx([want["est"], want["n_eff"]], **CLOSE)
        limits = [row.direct_low, row.direct_high]
        assert limits == pytest.approx([want["low"], want["high"]], rel=1e-8, abs=1e-12)


@pytest.mark.r
def test_every_direct_figure_is_what_r_makes_of_the_same_rows(wave, shipped, tmp_path):
    require_r({"survey": "4.5", "jsonlite": "1"})
    _written(wave, tmp_path)
    shutil.copy(REFERENCE / "make_wave.R", tmp_path)
    done = subprocess.run(
        ["Rscript", "make_wave.R"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "wave_expected.json").read_text(encoding="utf-8"))
    print(made["made_with"])
    for den in (RATED, ALL):
        for level in (CITY, OF_STREET, OF_COMMUNITY, GRID):
            want = {name: np.ravel(column).tolist() for name, column in made[den][level].items()}
            found = shipped[den, level]
            rows = [found[int(place)] for place in want["place"]]
            assert len(rows) == len(found)
            if level == GRID:
                assert [row.direct for row in rows] == pytest.approx(want["est"], **CLOSE)
                assert [row.n_eff for row in rows] == pytest.approx(want["n_eff"], **CLOSE)
            else:
                assert [row.value for row in rows] == pytest.approx(want["est"], **CLOSE)
                assert [row.se for row in rows] == pytest.approx(want["se"], **CLOSE)


def _written(wave, folder):
    """The three tables that the script reads."""
    said = wave.completes.items[OVERALL]
    answers = [wave.completes.stratum, *wave.completes.categories.values(), said != UNRATED, said == 1]
    _table(folder / "wave_rows.csv", ["grid", *wave.completes.categories, "rated", "satisfied"], answers)
    grids = [range(GRIDS), STREET, COMMUNITY, wave.frame.type, wave.frame.households]
    _table(folder / "wave_grids.csv", ["grid", "street", "community", "type", "households"], grids)
    margins = [
        (one.name, category, int(households))
        for one in wave.terms.margins
        for category, households in enumerate(one.households.tolist())
    ]
    _table(folder / "wave_margins.csv", ["margin", "category", "households"], zip(*margins, strict=True))


def _table(path, names, columns):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(
            [int(x) if not isinstance(x, str) else x for x in row] for row in zip(*columns, strict=True)
        )
