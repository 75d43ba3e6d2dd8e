"""Killed at any step of its ceremony, a wave stands before that step or after it, and goes on from there."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.base.settings import load
from huying.store.db import Database
from survey import ledger_key, verify
from survey.models import LEDGER, SampledCase, Wave
from survey.waves.operations import bundle
from tests.conftest import NOW
from tests.support import apart
from tests.survey.killed import killed
from tests.survey.stories import DICE, PART, THROWN, grids, register

pytestmark = pytest.mark.server

Look = Callable[[], tuple[int, str, int]]


@pytest.fixture
def environment(survey_db: Database, tmp_path: Path) -> dict[str, str]:
    return {
        "HUYING_DATA": str(tmp_path / "var"),
        "HUYING_SURVEY_DATABASE_URL": survey_db.engine.url.render_as_string(hide_password=False),
        "HUYING_DEMO": "1",
    }


def _ended(moment: str, words: list[str], environment: dict[str, str]) -> None:
    done = apart.run([moment, "survey", *words], environment, body=killed)
    assert done.returncode == -signal.SIGKILL, done.stderr


def _look(database: Database) -> tuple[int, str, int]:
    """The ledger's size, the wave's state, and how many households are in the field."""
    with database.reading() as session:
        wave = session.scalar(select(Wave))
        cases = len(session.scalars(select(SampledCase.unit)).all())
        return len(LEDGER.lines(session)), wave.state if wave else "", cases


def test_every_step_is_whole_or_has_not_happened(survey_db, environment, tmp_path, capsys):
    settings = load("survey", "HUYING_SURVEY", environment)
    with survey_db.transaction() as session:
        register(session, grids({"G1": 6, "G2": 4}), vault=Vault(settings.keys))
    design, part = tmp_path / "design", tmp_path / "part"
    design.write_text("G1\t2\t1\nG2\t2\t1\n")
    part.write_text(PART)
    part.chmod(0o600)
    sealed = ["--beacon", DICE, "--hours", "any", "--plan", "0", "--unworked", "1000", "--why", "a test"]
    steps = [
        ["freeze", "w", "--design", str(design), *sealed],
        ["commit", "w", "--party", "operator", "--part", str(part)],
        ["beacon", "w", "--value", THROWN],
        ["reveal", "w", "--party", "operator", "--part", str(part)],
        ["draw", "w"],
        ["release", "w"],
        ["close", "w"],
    ]
    commands = [["wave", *step] for step in steps] + [["estimate", "w"]]
    times = ["2026-11-23T01:00:00Z"] * 2 + ["2026-11-23T03:00:00Z"] * 4 + ["2027-02-01T03:00:00Z"] * 2
    for step, at in zip(commands, times, strict=True):
        environment["HUYING_TEST_CLOCK"] = at
        before = _look(survey_db)
        _ended("before", step, environment)
        assert _look(survey_db) == before, step
        _ended("after", step, environment)
        assert _look(survey_db) > before or _look(survey_db)[0] > before[0], step
    assert _look(survey_db)[1:] == ("closed", 4)
    with survey_db.transaction() as session:
        made = bundle.write(session, "w", keys=settings.keys, now=NOW)
        key = ledger_key.vkey(settings.keys)
    (tmp_path / "w.zip").write_bytes(made)
    assert verify.main([str(tmp_path / "w.zip"), "--key", key, "--wave", "w"]) == 0, capsys.readouterr().out


def test_a_void_is_whole_too(survey_db, environment, tmp_path):
    with survey_db.transaction() as session:
        register(session, grids({"G1": 3}), vault=Vault(Keyring(tmp_path / "var" / "keys" / "survey")))
    design, part = tmp_path / "design", tmp_path / "part"
    design.write_text("G1\t2\t0\n")
    part.write_text(PART)
    part.chmod(0o600)
    sealed = ["--beacon", DICE, "--why", "a test"]
    environment["HUYING_TEST_CLOCK"] = "2026-11-23T01:00:00Z"
    _ended("after", ["wave", "freeze", "w", "--design", str(design), *sealed], environment)
    _ended("after", ["wave", "commit", "w", "--party", "operator", "--part", str(part)], environment)
    environment["HUYING_TEST_CLOCK"] = "2026-11-23T03:00:00Z"
    _ended("after", ["wave", "beacon", "w", "--value", THROWN], environment)
    before = _look(survey_db)
    _ended("before", ["wave", "void", "w", "--why", "refused_reveal", "--by", "operator"], environment)
    assert _look(survey_db) == before
    _ended("after", ["wave", "void", "w", "--why", "refused_reveal", "--by", "operator"], environment)
    assert _look(survey_db)[1] == "void"
