"""The reference numbers are what R and SciPy say: each script, run again, leaves the files as they are."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sampling import (
    Table,
    svycontrast,
    svydesign,
    svyglm,
    svymean,
    svyquantile,
    svyranktest,
    svytotal,
    svyttest,
)
from tests.sampling.tables import near

REFERENCE = Path(__file__).parents[1] / "reference"
MADE = {
    "make_survey.R": ("estimate.json", "weighting.json", "replicates.json", "grid.json", "sampling.json"),
    "make_wilson.R": ("wilson.json",),
    "make_sae.R": ("fay_herriot.json",),
    "make_margins.R": ("margins_expected.json",),
}
NEEDS = {
    "make_survey.R": {"survey": "4.1", "sampling": "2.9", "jsonlite": "1"},
    "make_wilson.R": {"survey": "4.5", "jsonlite": "1"},
    "make_sae.R": {"sae": "1.3", "jsonlite": "1"},
    "make_margins.R": {"survey": "4.1", "jsonlite": "1"},
}
QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9]
PATIENCE = 300
CLOSE = 1e-6
"""Relative: other versions of R stop their iterations elsewhere."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The scripts and tables, as the scripts want them: side by side."""
    found = tmp_path / "reference"
    shutil.copytree(REFERENCE, found)
    for table in (found / "data").glob("*.csv"):
        shutil.copy(table, found)
    return found


@pytest.mark.r
@pytest.mark.parametrize("script", MADE)
def test_r_gives_these_numbers(folder, script):
    print(require_r(NEEDS[script]))
    done = subprocess.run(
        ["Rscript", script], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in MADE[script]:
        _assert_equal(folder / name, REFERENCE / name)


@pytest.mark.r
def test_r_of_today_gives_what_the_tables_say(folder):
    """What no file holds: limits of quantiles, shares of factors, contrasts; against survey 4.5 or later."""
    print(require_r({"survey": "4.5", "jsonlite": "1"}))
    done = subprocess.run(
        ["Rscript", "make_tables.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads((folder / "tables_expected.json").read_text(encoding="utf-8"))
    schools = svydesign(Table.read(folder / "apistrat.csv"), strata="stype", weights="pw", fpc="fpc")
    found = {
        **{
            f"quantile_{rule}": svyquantile("api00", schools, QUANTILES, qrule=rule)
            for rule in ("math", "school", "hf7", "hf8")
        },
        "shares": svymean("awards", schools),
        "totals": svytotal("sch.wide", schools),
        "quotient": svycontrast(svytotal("api00 + api99", schools), lambda of: of["api00"] / of["api99"]),
        "groups": svyttest("enroll ~ comp.imp", schools.subset(~np.isnan(schools["enroll"]))),
        "ranks": svyranktest("api00 ~ awards", schools, test="vanderWaerden"),
        "model": svyglm("api00 ~ ell + meals + mobility", schools),
    }
    assert found.keys() == made.keys()
    for name, table in found.items():
        for column, numbers in made[name].items():
            assert near(table[column], numbers, rel=1e-9), (name, column)


def test_scipy_and_statsmodels_give_these_numbers(folder):
    if importlib.util.find_spec("statsmodels") is None:
        pytest.skip("statsmodels isn't here")
    done = subprocess.run(
        [sys.executable, "make_scalar.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _assert_equal(folder / "scalar.json", REFERENCE / "scalar.json")


def require_r(packages: dict[str, str]) -> str:
    """Return the versions of R and its packages; skip where one is missing or older."""
    if shutil.which("Rscript") is None:
        pytest.skip("R isn't here")
    found = [_asked("cat(R.version.string)")]
    for name, version in packages.items():
        has = f"requireNamespace('{name}', quietly = TRUE) && packageVersion('{name}') >= '{version}'"
        if _asked(f"cat({has})") != "TRUE":
            pytest.skip(f"R's package {name} ≥ {version} isn't here")
        told = _asked(f"cat(as.character(packageVersion('{name}')))")
        found.append(f"{name} {told}")
    return ", ".join(found)


def _asked(words: str) -> str:
    done = subprocess.run(
        ["Rscript", "-e", words], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.stdout.strip()


def _assert_equal(made: Path, kept: Path) -> None:
    of_made, of_kept = (json.loads(file.read_text(encoding="utf-8")) for file in (made, kept))
    of_made.pop("made_with", None)
    of_kept.pop("made_with", None)
    assert not (far := _differences(of_made, of_kept, at=kept.name)), far[:10]


def _differences(one: Any, other: Any, *, at: str) -> list[str]:
    """Return where two values differ by more than `CLOSE`."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        found = [_differences(one[key], other[key], at=f"{at}/{one.get('id', key)}") for key in one]
        return [each for part in found for each in part]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [each for row, pair in pairs for each in _differences(*pair, at=f"{at}/{row}")]
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    same = math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE**2) if numbers else one == other
    return [] if same else [f"{at}: {one!r}, not {other!r}"]
