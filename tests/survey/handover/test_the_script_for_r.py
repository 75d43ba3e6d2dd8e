"""The script in the auditors' package makes every estimate again in R, where R is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from survey.handover.rules import auditing
from survey.handover.rules.auditing import About
from survey.scores.rules import detail
from survey.scores.rules.release_making import figures
from tests.sampling.test_other_programs_give_these_numbers import require_r
from tests.survey.handover.handed import invented


@pytest.mark.r
@pytest.mark.parametrize(("pooled", "margins"), [(False, True), (True, True), (True, False)])
def test_in_r_every_estimate_comes_out_within_a_millionth(
    tmp_path: Path, *, pooled: bool, margins: bool
) -> None:
    require_r({"survey": "4.1"})
    given = invented(pooled=pooled, margins=margins)
    every = detail.of("w2", figures(given))["rows"]
    for name, data in auditing.files(given, '{"rows":[]}', every, About("", "", {})).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    done = subprocess.run(
        ["Rscript", auditing.SCRIPT, "overall"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
