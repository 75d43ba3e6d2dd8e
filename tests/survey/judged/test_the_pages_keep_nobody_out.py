"""Card, appeals and slips in Chromium, in both languages: narrow, zoomed, by keyboard, read aloud."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from huying.base import clock
from huying.base.i18n import LANGUAGES
from survey.judged.operations import appeals, cards
from survey.judged.rules.appeals import LodgedAppeal
from tests.pages.looks import look_at
from tests.support.browser import chromium, window
from tests.survey.judged import handmade
from tests.survey.world import PASSWORD, WAVE

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow]
SAID = "八月底我已经调走了，那以后的事不是我办的。"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def code(app: Flask) -> str:
    """A slip of a grid against which somebody has appealed."""
    here = app.extensions["huying"]
    with here.database.transaction() as session:
        handmade.keep(session, WAVE, at=clock.now())
        session.add(handmade.hours(at=clock.now()))
        cards.open_preview(session, WAVE, by="assessor", now=clock.now())
        units = [("G1", "第1网格"), ("G2", "第2网格")]
        how = {"keys": here.settings.keys, "by": "assessor", "now": clock.now()}
        mine, other = cards.make_codes(session, WAVE, units, **how)
        given = LodgedAppeal("holder", SAID)
        appeals.lodge(session, other.code, given, keys=here.settings.keys, now=clock.now())
    return mine.code


@pytest.fixture
def url(app: Flask, code: str) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def signed_in(browser: Browser, url: str, login: str, language: str) -> Page:
    page = window(browser, script=True).new_page()
    page.goto(f"{url}/sign-in?lang={language}")
    if login:
        page.locator("[name=login]").fill(login)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_card_slips_and_appeals(browser: Browser, url: str, code: str, language: str) -> None:
    page = signed_in(browser, url, "", language)
    for name, path in (("door", "/card/"), ("card", f"/card/{code}")):
        page.goto(f"{url}{path}")
        look_at(page, f"judged-{name}-{language}", language=language)
    page.locator("main button[type=submit]").last.click()
    look_at(page, f"judged-refused-{language}", language=language)
    page.context.close()
    page = signed_in(browser, url, "assessor", language)
    page.goto(f"{url}/scores/{WAVE}/cards")
    look_at(page, f"judged-handing-out-{language}", language=language)
    page.locator("main button[type=submit]").nth(1).click()
    look_at(page, f"judged-slips-{language}", language=language)
    page.context.close()
    page = signed_in(browser, url, "auditor", language)
    page.goto(f"{url}/appeals/")
    look_at(page, f"judged-appeals-{language}", language=language)
    page.locator("main button[type=submit]").first.click()
    look_at(page, f"judged-taken-{language}", language=language)
    page.context.close()
