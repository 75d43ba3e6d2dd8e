"""By page: what a call-back shows and takes, who is heard, what the supervisor and the report tell of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from huying.base import clock
from survey.fieldwork.operations import batches, call_back_draws
from survey.models import CallBack
from tests.survey import world
from tests.survey.browsing import Page, Visitor


@pytest.fixture
def colleague(visit) -> Visitor:
    """A colleague, once a few interviews were held, their day sealed, and one drawn to be called back."""
    made = visit("open", "second")
    side = made.app.extensions["huying"]
    with side.database.transaction() as session:
        world.call_everybody(session, side.vault, most=3)
    with side.database.transaction() as session:
        batches.seal_day(session, now=clock.now() + timedelta(days=1))
        call_back_draws.draw_due(session, now=clock.now())
        first = session.scalars(select(CallBack.unit).order_by(CallBack.unit)).first()
        later = clock.now() + timedelta(days=9)
        session.execute(update(CallBack).where(CallBack.unit != first).values(next_due=later))
    return made


def dials(who: Visitor) -> Page:
    page = who.send(who.open("/interview/"), "/call-backs/next")
    assert "+999" not in page.text, "no number before the call"
    return who.send(page, "/dial")


def is_due(who: Visitor) -> None:
    with who.app.extensions["huying"].database.transaction() as session:
        session.execute(update(CallBack).where(CallBack.tries > 0).values(next_due=clock.now()))


def test_from_a_call_back_to_the_report(colleague: Visitor) -> None:
    dialled = dials(colleague)
    assert re.search(r"\+999[ \d]+", dialled.text)
    colleague.send(dialled, "/end", how="no_answer")
    assert "回访一户" not in colleague.open("/interview/").text, "it rests"
    is_due(colleague)
    dialled = dials(colleague)
    assert colleague.send(dialled, "/answer").status == 422, "nothing was said"
    assert "回访已经记下" in colleague.send(dialled, "/answer", held="2").text
    supervisor = Visitor(colleague.app, "supervisor")
    assert "不是结论" in supervisor.open("/supervisor/checks/flags").text
    checks = supervisor.open("/supervisor/checks/")
    assert "做没做过访问" in checks.text
    supervisor.send(checks, "/checks/", why="住户说没有接过电话")
    assert "等另一种职责的人决定" in supervisor.open("/disputes/").text
    token = colleague.open("/interview/").hidden("/next")[1]
    others = colleague.post("/interview/call-backs/hearing/1", {**token, "said": "不是我的"})
    assert others.status == 404
    auditor = Visitor(colleague.app, "auditor")
    page = auditor.open("/disputes/")
    assert auditor.send(page, "/disputes/1").status == 422
    assert auditor.send(page, "/disputes/1", decision="voided").status == 409, "nobody was heard"
    auditor.send(page, "/disputes/1", decision="stands")
    side = colleague.app.extensions["huying"]
    with side.database.transaction() as session:
        world.close_wave(session, side.vault)
    report = Visitor(colleague.app, "assessor").open("/scores/first/fieldwork").text
    assert "提出异议 1 份，作废 0 份" in report
    assert "对不上 1 户" in report
