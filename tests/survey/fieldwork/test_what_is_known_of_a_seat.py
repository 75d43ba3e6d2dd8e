"""What a supervisor states of interviewers: own streets, languages, the extension; and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from huying.base.errors import Refused
from survey.commands import register
from survey.fieldwork.rules import telephone_records, traits
from survey.fieldwork.rules.telephone_records import SeatLine
from survey.models import InterviewerTrait, Placement, SampledCase
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.fieldwork.test_interview import in_talk, reading

KNOWN = {"S1": "南街", "S2": "北街", "S3": "北街"}
HOUR = timedelta(hours=1)


def test_streets_are_named_by_code_or_by_name_and_an_unknown_one_is_named_back():
    assert traits.streets(" S1，S2\n", known=KNOWN) == {"S1", "S2"}
    assert traits.streets("南街\n\n", known=KNOWN) == {"S1"}
    with pytest.raises(Refused, match="没有“西街”"):
        traits.streets("西街", known=KNOWN)
    with pytest.raises(Refused, match="不止一个"):
        traits.streets("北街", known=KNOWN)


def test_a_language_is_one_of_the_list_and_an_empty_extension_is_none():
    assert traits.languages(["yue", ""]) == {"yue"}
    with pytest.raises(Refused, match="没有“xx”"):
        traits.languages(["xx"])
    assert traits.line(" 801 ") == {"801"}
    assert traits.line("") == frozenset()


def test_an_extension_is_whose_it_was_then_and_before_it_was_stated_whose_it_was_first():
    lines = [SeatLine("801", "A", NOW, NOW + HOUR), SeatLine("801", "B", NOW + HOUR)]
    assert [telephone_records.whose(lines, "801", at=NOW + n * HOUR / 2) for n in (-1, 0, 1, 2)] == list(
        "AAAB"
    )
    assert telephone_records.whose(lines, "802", at=NOW) == ""
    ended = [SeatLine("801", "A", NOW, NOW + HOUR)]
    assert telephone_records.whose(ended, "801", at=NOW + HOUR) == "", "nobody's any more"


def states(supervisor: Visitor, code: str, **values: object):
    page = supervisor.open(f"/supervisor/interviewers/?who={code}")
    return supervisor.send(page, "/supervisor/interviewers/", **values)


def command(visitor: Visitor, *words: str) -> str:
    data = visitor.app.extensions["huying"].settings.data
    environment = {"HUYING_DATA": str(data), "HUYING_DEMO": "1"}
    return CliRunner().invoke(register, words, env=environment, catch_exceptions=False).output


def put_off(interviewer: Visitor, **chosen: str):
    """End a call in which the household was confirmed and spoke another language."""
    page = interviewer.send(in_talk(interviewer), "/C1", code="1")
    page = interviewer.send(page, "/S1", code="1")
    page = interviewer.open(
        f"/interview/{page.path.split('/')[2]}/{page.path.split('/')[3]}/coding?who=other"
    )
    return interviewer.send(page, "/coding", value="language_callback", **chosen)


def taken(app: Flask, login: str) -> set[str]:
    """The households that a seat is given, one after the other, each ended as a fault of ours."""
    visitor, found = Visitor(app, login), set[str]()
    while (page := visitor.send(visitor.open("/interview/"), "/next")).path != "/interview/":
        found.add(page.path.split("/")[2])
        visitor.send(visitor.send(page, "/dial"), "/not-reached", value="technical_ours")
    return found


def test_a_household_that_speaks_another_language_waits_for_who_speaks_it(visit):
    interviewer = visit("open", "interviewer")
    supervisor = Visitor(interviewer.app, "supervisor")
    page = put_off(interviewer)
    assert "请选对方说的是哪种话" in page.text
    page = interviewer.send(page, "/coding", value="language_callback", language="yue")
    assert page.path == "/interview/"
    with reading(interviewer) as session:
        case = session.scalars(select(SampledCase).where(SampledCase.language == "yue")).one()
        assert (
            session.scalars(select(Placement.language).where(Placement.unit == case.unit)).all()[-1] == "yue"
        )
    assert "用粤语打，没有访问员会说" in command(supervisor, "why-next", case.unit)
    assert "等着用粤语打的有 1 户，没有访问员会说" in supervisor.open("/supervisor/").text
    assert states(supervisor, "807", languages=["yue"]).status == 200
    assert "会说的访问员有 1 位" in command(supervisor, "why-next", case.unit)
    with time_machine.travel(case.opens_at + HOUR, tick=False):
        assert case.unit not in taken(interviewer.app, "interviewer")
        assert case.unit in taken(interviewer.app, "second")


def test_a_street_of_theirs_is_stated_kept_and_ended(visit):
    supervisor = visit("open", "supervisor")
    page = supervisor.open("/supervisor/interviewers/?who=803")
    assert "春一街" in page.text or page.status == 200
    assert "没有“西街”这个街道" in states(supervisor, "803", streets="西街").text
    told = command(supervisor, "traits", "803", "--language", "yue", "--extension", "8123")
    assert told == "803\t–\tyue\t8123\n"
    assert "已经登记给工号 803" in states(supervisor, "807", line="8123").text
    states(supervisor, "803", languages=["wuu"], line="8123")
    assert command(supervisor, "traits").splitlines()[0] == "803\t–\twuu\t8123"
    with reading(supervisor) as session:
        rows = session.scalars(select(InterviewerTrait).order_by(InterviewerTrait.id)).all()
        assert [(row.value, row.ended_at is None) for row in rows] == [
            ("yue", False),
            ("8123", True),
            ("wuu", True),
        ]
    assert "以前记过的" in supervisor.open("/supervisor/interviewers/?who=803").text
    assert supervisor.open("/supervisor/interviewers/?who=nobody").status == 404
