"""A process that is killed while it makes scores leaves nothing; another begins anew; on both databases."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from huying.store.installation import Installation
from survey.models import ScoreMaking
from survey.scores.operations import carrying
from survey.scores.rules import making as rules
from tests.survey.scores.test_scores_made_in_the_background import asked, due, here, last, later, stored

__all__ = ["here", "later"]

CHILD = """
import sys, time
from survey.side import SIDE
from huying.store.installation import opened
from survey.scores.operations import carrying
def told(step, done, of):
    if step == "rows":
        print("here", flush=True)
        time.sleep(60)
with opened(SIDE.settings(), package="survey", db=SIDE.db) as here:
    carrying.carry_out(here, int(sys.argv[1]), told=told)
"""


@pytest.mark.slow
def test_a_process_killed_in_the_middle_leaves_it_to_another(here: Installation, tmp_path: Path) -> None:
    number, url = asked(here), here.database.engine.url.render_as_string(hide_password=False)
    words = {"HUYING_DATA": str(tmp_path), "HUYING_SURVEY_DATABASE_URL": url, "HUYING_DEMO": "1"}
    command = [sys.executable, "-c", CHILD, str(number)]
    child = subprocess.Popen(command, env=words, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
    finally:
        child.kill()
        child.communicate()
    with here.database.reading() as session:
        beat = session.scalars(select(ScoreMaking.beat_at)).one()
    assert (stored(here), last(here).state, due(here, now=beat)) == (0, "running", [])
    with time_machine.travel(beat + rules.LEASE + timedelta(seconds=1)):
        carrying.carry_out(here, number)
    assert (stored(here), last(here).state) == (1, "done")
