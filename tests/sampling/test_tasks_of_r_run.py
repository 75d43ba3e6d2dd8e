"""The tasks that docs/method.md sets beside R's run as they stand, in as few lines, with R's numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import sampling
from sampling import Table
from tests.sampling.tables import REFERENCE, cases, near

METHOD = (Path(__file__).parents[2] / "docs" / "method.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", METHOD, re.MULTILINE | re.DOTALL)


R, OURS, PRINTED = blocks("r"), blocks("python"), blocks("text")


@pytest.fixture(scope="module")
def done():
    """What the Python blocks leave, one after the other."""
    names = {name: getattr(sampling, name) for name in sampling.__all__}
    names |= {name: Table.read(REFERENCE / "data" / f"{name}.csv") for name in ("apistrat", "apiclus1")}
    for block in OURS:
        exec(block, names)
    return names


def test_there_are_three_tasks_in_as_few_lines():
    assert len(OURS) == 3
    for theirs, ours in zip(R, OURS, strict=True):
        assert len(ours.splitlines()) <= len(theirs.splitlines())


def said(table, *names):
    return [table[name] for name in names or ("estimate", "se")]


def expected(file, name, *keys):
    found = cases(file)[name]["expected"]
    return [found[key] for key in keys or ("est", "se")]


def test_the_numbers_are_those_of_r(done):
    assert near(said(done["kinds"]), expected("estimate.json", "str_f/by_stype"))
    assert near(np.ravel(said(done["apart"])), expected("estimate.json", "str_f/contrast"))
    calibrated = cases("weighting.json")["calibrate/cl1_linear"]["expected"]["mean"]
    assert near(said(done["means"]), [calibrated["est"], calibrated["se"]])
    whole = cases("estimate.json")["str_f/quantile_math"]["expected"]
    assert near(done["quartiles"]["estimate"], whole["est"][1:4])
    assert near(done["table"]["value"], expected("estimate.json", "str_f/chisq_F", "stat"))
    assert near(done["table"]["p_value"], expected("estimate.json", "str_f/chisq_F", "p"))
    groups = said(done["groups"], "t", "p_value", "df")
    assert near(np.ravel(groups), expected("estimate.json", "str_f/ttest", "t", "p", "df"))
    assert near(said(done["model"]), expected("estimate.json", "str_f/glm_logit"), rel=1e-6)


def test_what_is_printed_is_what_stands_there(done):
    printed = [str(done[name]) for name in ("kinds", "apart")]
    assert ["\n".join(printed) + "\n"] == PRINTED
