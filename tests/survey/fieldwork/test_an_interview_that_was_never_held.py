"""In a real browser: a household says that nobody called it; the interview is doubted, heard and voided."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select, update
from werkzeug.serving import make_server

from huying.base import clock
from survey.app import create_app
from survey.fieldwork.operations import batches, call_back_draws
from survey.fieldwork.queries import bound_answers
from survey.models import CallBack, Correction, SampledCase
from survey.waves.queries import waves
from tests.support.browser import chromium, violations
from tests.support.servers import free_port
from tests.survey import world
from tests.survey.hands import SCREEN
from tests.survey.world import PASSWORD, WAVE, settings_in

pytestmark = [pytest.mark.browser, pytest.mark.server]

Enter = Callable[[str], Page]


@pytest.fixture
def app(stages, tmp_path) -> Iterator[Flask]:
    """A wave that was called; its day is sealed and one household drawn to be called back."""
    shutil.copytree(stages["open"], tmp_path / "data")
    made = create_app(settings_in(tmp_path / "data"))
    side = made.extensions["huying"]
    with side.database.transaction() as session:
        world.call_everybody(session, side.vault, most=3)
    with side.database.transaction() as session:
        batches.seal_day(session, now=clock.now() + timedelta(days=1))
        call_back_draws.draw_due(session, now=clock.now())
        first = session.scalars(select(CallBack.unit).order_by(CallBack.unit)).first()
        later = clock.now() + timedelta(days=9)
        session.execute(update(CallBack).where(CallBack.unit != first).values(next_due=later))
    yield made
    side.database.dispose()


@pytest.fixture
def enter(app: Flask) -> Iterator[Enter]:
    """Let somebody sign in with a browser of their own."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    with chromium() as browser:

        def signs_in(login: str) -> Page:
            page = browser.new_context(viewport=SCREEN, locale="zh-CN", base_url=address).new_page()
            page.goto("/sign-in")
            page.get_by_label("登录名").fill(login)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_load_state()
            return page

        yield signs_in
    server.shutdown()
    thread.join()
    server.server_close()


def presses(page: Page, name: str) -> None:
    """Press a button that leads on, and look at the page that it led from."""
    assert violations(page) == [], page.url
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def test_an_interview_that_was_never_held_is_voided_with_its_correction(app: Flask, enter: Enter) -> None:
    colleague = enter("second")
    presses(colleague, "回访一户")
    presses(colleague, "拨打")
    assert colleague.locator(".numbers li").inner_text().replace(" ", "").startswith("+999")
    colleague.get_by_text("没有", exact=True).first.click()
    presses(colleague, "保存，结束回访")

    supervisor = enter("supervisor")
    supervisor.goto("/supervisor/checks/")
    supervisor.locator("article").get_by_label("为什么有疑问").fill("住户说没有人打过电话")
    presses(supervisor, "提出异议")
    assert supervisor.get_by_text("等另一种职责的人决定。").is_visible()

    doubted = enter("interviewer")
    with doubted.expect_navigation():
        doubted.get_by_role("link", name="您做的访问有 1 份等您说明").click()
    doubted.get_by_label("您的说明").fill("那天我打了，可能记错了号码。")
    presses(doubted, "记下我的说明")

    auditor = enter("auditor")
    auditor.goto("/disputes/")
    assert auditor.get_by_text("那天我打了，可能记错了号码。").is_visible()
    auditor.get_by_label("作废，不计入").check()
    presses(auditor, "决定")
    assert auditor.get_by_text("账本第").is_visible()
    assert violations(auditor) == []
    counts_no_more(app)


def counts_no_more(app: Flask) -> None:
    """The interview is undone in the ledger, its answers count nowhere, its household is called again."""
    with app.extensions["huying"].database.reading() as session:
        row = session.scalars(select(Correction)).one()
        assert (row.from_code, row.asked_role, row.confirmed_role) == ("complete", "supervisor", "auditor")
        assert row.entry is not None
        assert row.unit not in bound_answers.read(session, waves.find(session, WAVE))
        assert session.get_one(SampledCase, row.unit).state != "closed"
