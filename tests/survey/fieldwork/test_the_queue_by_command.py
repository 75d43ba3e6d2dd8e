"""The queue answers for itself: why a case waits, that offers follow from the log, effort by street."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from huying.base.errors import NotFound
from huying.base.phones import Vault
from huying.store.db import Database
from survey.commands import register
from survey.models import FieldCount, SampledCase
from tests.conftest import NOW
from tests.survey.stories import Interviewer, enrol, in_field
from tests.survey.web.test_commands import surroundings


@pytest.fixture
def run(survey_db: Database, tmp_path: Path):
    def command(*words: str) -> Result:
        settings = surroundings(survey_db, tmp_path)
        return CliRunner().invoke(register, words, env=settings, catch_exceptions=False)

    return command


@pytest.fixture
def interviewer(survey_db: Database, vault: Vault) -> Interviewer:
    in_field(survey_db, {"G1": (4, 4, 4)}, vault=vault)
    return Interviewer(survey_db, enrol(survey_db)[0], vault=vault)


def test_a_case_says_in_words_when_its_turn_comes(run, interviewer: Interviewer):
    interviewer.takes_next()
    assert run("why-next", interviewer.unit).output.startswith(f"{interviewer.unit} 正在访问员手上。\n")
    interviewer.dials()
    interviewer.reaches_nobody()
    waits = run("why-next", interviewer.unit).output.splitlines()
    assert waits[0].startswith(f"{interviewer.unit}：普通；2026-")
    assert "计数的拨打 1 次" in waits[0]
    assert "第 1 次分户：普通（时段排第 1，拨过 0 次" in waits[-1]
    assert waits[-1].endswith("越过：没有。")
    interviewer.takes_next()
    interviewer.completes_briefly(4)
    assert "已经办结" in run("why-next", interviewer.unit).output


def test_another_code_is_no_case(run, interviewer: Interviewer):
    with pytest.raises(NotFound, match="没有放出这样的一户"):
        run("why-next", "H0000000000000")


def test_offers_that_follow_from_the_log_are_counted_and_one_that_does_not_is_named(
    run, interviewer: Interviewer, survey_db: Database
):
    for turn in range(3):
        now = NOW + timedelta(minutes=turn)
        interviewer.takes_next(now)
        interviewer.dials(now)
        interviewer.reaches_nobody(now=now)
    told = run("wave", "replay", "w1")
    assert (told.exit_code, told.output) == (0, "3 次分户，0 次与日志推算不符。\n")


def test_counting_anew_agrees_and_names_what_does_not(run, interviewer: Interviewer, survey_db: Database):
    interviewer.takes_next()
    told = run("wave", "recount", "w1")
    assert (told.exit_code, told.output) == (0, "与重新数的不符的计数：0。\n")
    with survey_db.transaction() as session:
        session.add(FieldCount(wave_label="w1", what="outcome", key="complete", n=2))
    told = run("wave", "recount", "w1")
    assert (told.exit_code, told.output.splitlines()[1:]) == (1, ["outcome\tcomplete\t2\t0"])


def test_who_was_called_out_of_turn_is_found(run, interviewer: Interviewer, survey_db: Database):
    with survey_db.transaction() as session:
        first = session.scalars(select(SampledCase.unit).order_by(SampledCase.rank)).first()
        session.execute(update(SampledCase).where(SampledCase.unit == first).values(fit=9))
    interviewer.takes_next()
    told = run("wave", "replay", "w1")
    assert told.exit_code == 1
    assert "1 次与日志推算不符" in told.output
    assert f"第 1 次：分的是 {interviewer.unit}，按日志应当是 {first}。" in told.output


def test_effort_by_street_is_told(run, interviewer: Interviewer):
    assert run("wave", "effort", "w1").output.endswith("联系不上的户太少，或只有一个街道。\n")
