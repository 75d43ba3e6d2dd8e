"""By page: a colleague calls back, a supervisor doubts, the interviewer is heard, an auditor decides."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from huying.base import clock
from survey.fieldwork.operations import batches, call_back_draws
from survey.models import CallBack, Correction, Dispute
from tests.survey import world
from tests.survey.browsing import Visitor


@pytest.fixture
def drawn(visit):
    """A colleague, once a wave was called and its day drawn."""
    colleague = visit("open", "second")
    side = colleague.app.extensions["huying"]
    with side.database.transaction() as session:
        world.call_everybody(session, side.vault)
    with side.database.transaction() as session:
        batches.seal_day(session, now=clock.now() + timedelta(days=1))
        call_back_draws.draw_due(session, now=clock.now())
        kept = session.scalars(select(CallBack.unit).order_by(CallBack.unit)).first()
        session.execute(
            update(CallBack).where(CallBack.unit != kept).values(next_due=clock.now() + timedelta(9))
        )
    return colleague


def test_a_call_back_that_differs_is_disputed_heard_and_voided(drawn):
    page = drawn.send(drawn.open("/interview/"), "/call-backs/next")
    assert "+999" not in page.text
    dialled = drawn.send(page, "/dial")
    assert re.search(r"\+999[ \d]+", dialled.text)
    assert drawn.send(dialled, "/answer").status == 422, "nothing was said"
    assert "回访已经记下" in drawn.send(dialled, "/answer", held="2").text
    boss = Visitor(drawn.app, "supervisor")
    checks = boss.open("/supervisor/checks/")
    assert "做没做过访问" in checks.text
    boss.send(checks, "/checks/", why="住户说没有接过电话")
    assert "等另一种职责的人决定" in boss.open("/disputes/").text
    own = Visitor(drawn.app, "interviewer")
    assert "1 份等您说明" in own.open("/interview/").text
    hearing = own.open("/interview/call-backs/hearing")
    action = next(each for each in hearing.actions if "/hearing/" in each)
    token = drawn.open("/interview/").hidden("/next")[1]
    assert drawn.post(action, {**token, "said": "不是我的"}).status == 404
    own.send(hearing, action, said="我打过的")
    auditor = Visitor(drawn.app, "auditor")
    page = auditor.open("/disputes/")
    assert "我打过的" in page.text
    action = next(each for each in page.actions if "/disputes/" in each)
    assert auditor.send(page, action).status == 422
    assert "已经决定" in auditor.send(page, action, decision="voided").text
    side = drawn.app.extensions["huying"]
    with side.database.transaction() as session:
        assert session.scalars(select(Dispute.decision)).one() == "voided"
        assert session.scalars(select(Correction.from_code)).one() == "complete"
        world.close_wave(session, side.vault)
    report = Visitor(drawn.app, "assessor").open("/scores/first/fieldwork").text
    assert "提出异议 1 份，作废 1 份" in report
    assert "对不上 1 户" in report


def test_a_call_back_that_reaches_nobody_waits(drawn):
    page = drawn.send(drawn.open("/interview/"), "/call-backs/next")
    dialled = drawn.send(page, "/dial")
    drawn.send(dialled, "/end", how="no_answer")
    assert "回访一户" not in drawn.open("/interview/").text
    assert drawn.open(page.path).status == 404


def test_the_flags_stand_by_code_and_say_that_they_are_no_finding(drawn):
    boss = Visitor(drawn.app, "supervisor")
    page = boss.open("/supervisor/checks/flags")
    assert "不是结论" in page.text
    assert "还比不了" in page.text
