"""The real app over a wave that is over, with a second release of rows of every kind beside the first."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import pytest
import time_machine
from flask import Flask

from survey.app import create_app
from survey.models import CorrectedRelease
from survey.scores.queries import releases
from survey.scores.rules.release import ScoreRow
from tests.conftest import NOW
from tests.survey import world
from tests.survey.api.programs import Program
from tests.survey.world import WAVE

STATUSES = "AUEQO"
NAMES = ("=1+1", "+86", "a,b", '"', "\u202e长", "春\n一", " @x", "-1.5")


def of_every_kind(row: ScoreRow, number: int, dice: Random) -> ScoreRow:
    """A row of the same place and item in one of the states that a row may be in."""
    status = STATUSES[number % len(STATUSES)]
    low, value, high = sorted(round(dice.random(), 3) for _ in range(3))
    shown = replace(row, status=status, name=NAMES[number % len(NAMES)], wave=f"{WAVE}#2", footnotes="3;12")
    blank = replace(shown, n=None, estimate=None, low=None, high=None, unweighted=None, frame_covered=None)
    if status in "QO":
        return replace(blank, footnotes="1" if status == "Q" else "13")
    told = replace(shown, n=35, low=low, high=high, frame_covered=1.0, position="inside")
    return told if number % 3 == 0 else replace(told, estimate=value, unweighted=value)


@pytest.fixture(scope="module")
def app(stages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for the tests of a file, which only read, or make tokens of their own."""
    folder = tmp_path_factory.mktemp("api") / "data"
    shutil.copytree(stages["closed"], folder)
    with time_machine.travel(NOW, tick=False):
        made = create_app(world.settings_in(folder))
        with made.extensions["huying"].database.transaction() as session:
            first = releases.get(session, WAVE)
            dice = Random(7)
            rows = [of_every_kind(row, n, dice) for n, row in enumerate(releases.rows_of(first))]
            body = json.loads(first.body) | {"rows": [asdict(row) for row in rows]}
            body |= {"corrects": {"sha256": "0" * 64, "undone": 2, "why": "w"}}
            text = json.dumps(body)
            facts = {"inputs_sha256": "1" * 64, "why": "两户要求撤回。", "detail": "{}"}
            session.add(
                CorrectedRelease(
                    wave_label=WAVE, number=2, made_at=NOW, made_by="assessor", body=text, **facts
                )
            )
        yield made
        made.extensions["huying"].database.dispose()


@pytest.fixture(scope="module")
def program(app: Flask) -> Program:
    """A program whose token reads everything, without a limit that matters here."""
    return Program.of(app)
