"""Pages that no link leads to, in both languages: an interview, files tried, refusals, signing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from demo import people
from demo.place import DemoFolder
from feedback import tokens
from feedback.models import Contact, Ping
from feedback.reach.operations import pings, reports
from huying.base import clock
from huying.base.i18n import LANGUAGES
from huying.base.phones import Vault
from huying.store.db import Database
from tests.pages.every import NOBODY
from tests.pages.looks import in_each_language, look_at, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.server]

Look = Callable[[str], None]

A_FEW = 5
WRONG = "户编号,网格编号,地址,电话\n甲,没有这个网格,和平里,12345\n"


def _looker(page: Page, language: str) -> Look:
    def look(name: str) -> None:
        assert page.locator("html").get_attribute("lang").startswith(language)
        look_at(page, f"forms-{name}-{language}", language=language)

    return look


def _send(page: Page, action: str) -> None:
    page.locator(f'form[action*="{action}"] button[type=submit]').first.click()


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "表.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _dial(page: Page, look: Look) -> None:
    # A drawn household that refused the wave before is closed by dialling; the next one comes.
    for _ in range(A_FEW):
        _send(page, "/next")
        look("ready to dial")
        with page.expect_navigation():
            _send(page, "/dial")
        if page.locator('form[action*="/reached"]').count():
            return


@in_each_language
def test_an_interview_from_the_next_household_to_its_result(
    place: DemoFolder, browser: Browser, language: str
) -> None:
    login = people.INTERVIEWERS[list(LANGUAGES).index(language)]
    page = signed_in(browser, place.survey_url, login, language=language)
    look = _looker(page, language)
    page.goto(f"{place.survey_url}/interview/")
    _dial(page, look)
    look("dialling")
    _send(page, "/reached")
    look("first question")
    page.locator("[name=code]").fill("77")
    page.locator(".code-box button").click()
    look("an answer that isn't offered")
    page.locator(".to-end").click()
    look("result of the call")
    _send(page, "/coding")
    look("no result chosen")
    page.goto(f"{place.survey_url}/interview/")
    look("a household in hand")
    page.context.close()


@in_each_language
def test_a_register_that_is_refused(
    place: DemoFolder, browser: Browser, tmp_path: Path, language: str
) -> None:
    page = signed_in(browser, place.survey_url, "registrar", language=language)
    look = _looker(page, language)
    page.goto(f"{place.survey_url}/registry/")
    _send(page, "/registry/")
    look("no register given")
    page.locator("input[type=file]").set_input_files(_file(tmp_path, WRONG))
    _send(page, "/registry/")
    look("register refused")
    page.context.close()


@in_each_language
def test_a_list_that_is_tried(place: DemoFolder, browser: Browser, tmp_path: Path, language: str) -> None:
    page = signed_in(browser, place.public_url, "office", language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/imports/")
    page.goto(place.public_url + page.locator('main a[href^="/imports/"]').first.get_attribute("href"))
    _send(page, "/imports/")
    look("no list given")
    page.locator("input[type=file]").set_input_files(_file(tmp_path, "编号,名称\n一,二,三\n"))
    _send(page, "/imports/")
    look("list tried")
    page.context.close()


@in_each_language
def test_forms_sent_empty_or_wrong(place: DemoFolder, browser: Browser, language: str) -> None:
    page = signed_in(browser, place.public_url, NOBODY, language=language)
    look, codes = _looker(page, language), place.story()
    for name, path in (("help", f"/help/{codes['poster']}"), ("rating", f"/r/{codes['rating']}")):
        page.goto(place.public_url + path)
        page.locator("main form[novalidate], main form").first.evaluate("form => form.noValidate = true")
        page.locator("main button[type=submit]").last.click()
        look(f"{name} sent empty")
    page.goto(f"{place.public_url}/track")
    page.locator("main form input:not([type=hidden])").first.fill("0000")
    page.locator("main button[type=submit]").first.click()
    look("no such receipt")
    page.goto(f"{place.public_url}/sign-in")
    page.locator("[name=login]").fill("nobody")
    page.locator("[name=password]").fill("wrong")
    page.locator("main button[type=submit]").first.click()
    look("wrong password")
    page.context.close()


@in_each_language
def test_a_second_factor_and_a_way_back_in(place: DemoFolder, browser: Browser, language: str) -> None:
    login = {"zh": "auditor", "en": "assessor"}[language]
    page = signed_in(browser, place.survey_url, login, language=language)
    look = _looker(page, language)
    page.goto(f"{place.survey_url}/account/second-factor")
    secret = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.locator("main").inner_text())[0]
    page.locator("main [name=code]").fill("000000")
    page.locator("main button[type=submit]").first.click()
    look("wrong first code")
    page.locator("main [name=code]").fill(pyotp.TOTP(secret.replace(" ", "")).now())
    page.locator("main button[type=submit]").first.click()
    look("recovery codes")
    page.context.close()
    page = signed_in(browser, place.survey_url, login, language=language)
    look = _looker(page, language)
    look("code asked for")
    page.context.close()
    page = signed_in(browser, place.survey_url, "admin", language=language)
    page.goto(f"{place.survey_url}/administrator/accounts")
    page.get_by_role("link", name=login).first.click()
    _send(page, "/link")
    look = _looker(page, language)
    look("link made")
    link = page.locator(".notice .code").inner_text()
    page.context.close()
    page = signed_in(browser, place.survey_url, NOBODY, language=language)
    page.goto(link)
    _looker(page, language)("password of one's own")
    page.context.close()


def _asked(place: DemoFolder) -> str:
    """Doubt a number as a resident would, and return the link by which its holder is asked."""
    settings = place.public()
    database, vault, now = Database(settings.database_url), Vault(settings.keys), clock.now()
    with database.transaction() as session:
        contact = session.scalars(select(Contact.id).where(Contact.worker_code.is_not(None)).limit(1)).one()
        reports.doubt(session, contact, now=now)
        pings.ask_due(session, vault=vault, now=now)
        newest = session.scalar(select(func.max(Ping.id))) or 0
    database.dispose()
    return f"/k/{tokens.ping_token(vault, newest)}"


@in_each_language
def test_whom_a_poster_reaches_asked_and_reported(place: DemoFolder, browser: Browser, language: str) -> None:
    page = signed_in(browser, place.public_url, NOBODY, language=language)
    look, codes = _looker(page, language), place.story()
    if language == "zh":
        page.goto(place.public_url + _asked(place))
        look("a number is asked")
        page.locator("main button[type=submit]").first.click()
        look("a number is asked, no answer chosen")
    page.goto(f"{place.public_url}/unreached/{codes['poster']}")
    page.locator("button[value=call_back]").click()
    look("call back without a number")
    for number in ("000000", codes["badge"]):
        page.goto(f"{place.public_url}/badge")
        page.locator("main input[name=number]").fill(number)
        page.locator("main button[type=submit]").first.click()
        look(f"badge {'unknown' if number == '000000' else 'known'}")
    page.goto(f"{place.public_url}/demo/telephone/")
    page.locator("button[value=call]").click()
    look("telephone asks for the code")
    page.locator("#digits").fill(codes["dial"])
    page.locator("button[value=digits]").click()
    page.context.close()


@in_each_language
def test_the_duty_desk_and_the_operator_told_what_is_wrong(
    place: DemoFolder, browser: Browser, language: str
) -> None:
    page = signed_in(browser, place.public_url, "office", language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/roster/?copy=1")
    look("week copied")
    page.locator("summary").first.click()
    page.locator("textarea").first.fill("nowhere nobody")
    _send(page, "/paste")
    look("lines pasted that nobody knows")
    _send(page, "/leave")
    look("leave not filled in")
    page.context.close()
    page = signed_in(browser, place.public_url, "operator", language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/switchboard/")
    page.locator("main input[name=number]").fill(place.story()["dial"])
    page.locator("main button[type=submit]").first.click()
    _send(page, "/join")
    look("no number of the caller")
    page.locator("[name=caller]").fill("+99913800000")
    _send(page, "/join")
    look("connected")
    page.context.close()


@in_each_language
def test_a_poster_looked_at_and_sheets_asked_for(place: DemoFolder, browser: Browser, language: str) -> None:
    page = signed_in(browser, place.public_url, "keeper", language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/fleet/{place.story()['poster']}/look")
    _send(page, "/look")
    look("nothing chosen at a poster")
    page.goto(f"{place.public_url}/fleet/print")
    _send(page, "/print")
    look("sheets asked for")
    page.context.close()
