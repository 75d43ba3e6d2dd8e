"""How a call is coded: on with the household's next number, who refused and why; who was never called."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import select

from huying.base import clock
from survey.fieldwork.operations import close
from survey.models import Attempt, CaseNumber
from survey.waves.queries import wave_head
from tests.survey.fieldwork.test_interview import in_talk, reading
from tests.survey.stories import END, in_field
from tests.survey.web.test_commands import environment, run
from tests.survey.world import WAVE

__all__ = ["environment", "run"]


def test_a_wrong_number_leads_to_the_next_one_and_a_refusal_keeps_who_refused_and_why(visit):
    interviewer = visit("open", "interviewer")
    page = in_talk(interviewer)
    page = interviewer.send(page, "/C1", code="1")
    unit = page.path.split("/")[2]
    with interviewer.app.extensions["huying"].database.transaction() as session:
        session.add(CaseNumber(unit=unit, position=2, blind_index=b"2" * 16))
    page = interviewer.send(page, "/S1", code="2")
    page = interviewer.open(f"{page.path}?who=stranger")
    again = page.hidden("/coding")
    page = interviewer.send(page, "/coding", value="number_suspect")
    action, fields = again
    for sent in ({"value": "number_suspect"}, {"code": "1"}):
        assert interviewer.post(action, {**fields, **sent}).path == page.path, "sent twice it leads on too"
    assert page.path.startswith(f"/interview/{unit}/")
    assert "拨打" in page.text
    interviewer = visit("open", "second")
    page = interviewer.send(in_talk(interviewer), "/C1", code="3")
    page = interviewer.open(f"{page.path}?who=other")
    assert "为什么不愿意" in page.text
    page = interviewer.send(page, "/coding", value="soft_refusal", reason="distrust")
    assert page.path == "/interview/"
    with reading(interviewer) as session:
        ended = session.scalars(select(Attempt).where(Attempt.code.is_not(None))).one()
        assert (ended.refused_by, ended.refusal_reason) == ("other", "distrust")


def test_a_field_that_ended_says_first_how_many_were_never_called(survey_db, vault, run):
    in_field(survey_db, {"G1": (4, 3, 0)}, vault=vault)
    with survey_db.reading() as session:
        assert wave_head.of(session, "w1", now=END).never_called == 0
    with time_machine.travel(END, tick=False):
        said = run("wave", "close", "w1").output
    assert said == "w1 已结束，有 3 户一次也没有打过。\n"
    with survey_db.reading() as session:
        assert wave_head.of(session, "w1", now=END).never_called == 3


def test_the_supervisor_s_page_says_so_before_anything_else(visit):
    supervisor = visit("open", "supervisor")
    with supervisor.app.extensions["huying"].database.transaction() as session:
        close.close(session, WAVE, now=clock.now() + timedelta(days=61))
    first = supervisor.open("/supervisor/").main.split("</p>")[0]
    assert first.endswith("访问结束了，有 48 户一次也没有打过。")
