"""No command changes what was frozen or drawn, shows it early, or does a step twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from huying.base.errors import Refused
from survey.models import LEDGER, FrameUnit, SampledCase, SampleUnit, Wave
from tests.survey.stories import PART, THROWN, grids, sheet, soon
from tests.survey.web.test_commands import WHY, environment, file, run

__all__ = ["environment", "file", "run"]


@pytest.fixture
def drawn(run, file, event_passes, survey_db):
    """A wave that was drawn, its field not open yet."""
    run("import-households", file("registry.csv", sheet(grids({"G1": 8, "G2": 8}))))
    design = file("design", "G1\t3\t2\nG2\t3\t2\n")
    words = ("--hours", "any", "--plan", "9", "--unworked", "1000", *WHY)
    run("wave", "freeze", "w", "--design", design, "--beacon", soon(), *words)
    part = file("part", PART)
    told = [run("wave", "commit", "w", "--party", "operator", "--part", part)]
    event_passes()
    told += [
        run("wave", "beacon", "w", "--value", THROWN),
        run("wave", "reveal", "w", "--party", "operator", "--part", part),
        run("wave", "draw", "w"),
    ]
    return design, part, "".join(each.output for each in told)


def _state(database):
    with database.reading() as session:
        wave = session.get_one(Wave, "w")
        units = session.execute(select(FrameUnit.unit, FrameUnit.stratum).order_by(FrameUnit.unit)).all()
        sample = session.execute(select(SampleUnit.unit, SampleUnit.rank).order_by(SampleUnit.unit)).all()
        return wave.frame_root, wave.rules, wave.draw_key, units, sample, LEDGER.lines(session)


def test_no_step_of_a_drawn_wave_is_done_again(drawn, run, file, survey_db):
    design, part, _told = drawn
    before = _state(survey_db)
    for words in (
        ("freeze", "w", "--design", design, "--beacon", soon(), *WHY),
        ("freeze", "w2", "--design", design, "--beacon", soon(), *WHY),
        ("commit", "w", "--party", "other", "--part", part),
        ("beacon", "w", "--value", "1" * 20),
        ("reveal", "w", "--party", "operator", "--part", file("wrong", "22" * 32)),
        ("draw", "w"),
        ("void", "w", "--by", "operator"),
        ("bundle", "w"),
    ):
        with pytest.raises(Refused):
            run("wave", *words)
        assert _state(survey_db) == before, words


def test_no_command_says_who_was_drawn(drawn, run, survey_db):
    _design, _part, told = drawn
    run("wave", "release", "w")
    told += run("wave", "release", "w").output + run("work", "--once").output
    with survey_db.reading() as session:
        drawn_units = session.scalars(select(SampleUnit.unit)).all()
        key = session.get_one(Wave, "w").draw_key
    for hidden in (*drawn_units, key):
        assert hidden not in told


def test_a_replicate_goes_out_whole_or_not_at_all(drawn, run, survey_db):
    run("wave", "release", "w")
    run("wave", "release", "w")
    with survey_db.reading() as session:
        rows = session.execute(select(SampledCase.stratum)).scalars().all()
    assert {grid: rows.count(grid) for grid in ("G1", "G2")} == {"G1": 3, "G2": 3}
