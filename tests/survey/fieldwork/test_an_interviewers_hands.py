"""An interviewer at the keyboard alone, in a real browser: keys are counted, pages fit one screen."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from survey.app import create_app
from survey.models import Answer, SampledCase
from tests.support.browser import chromium
from tests.support.servers import free_port
from tests.survey.hands import SCREEN, TAKEN, Hands, look
from tests.survey.world import PASSWORD, settings_in

pytestmark = [pytest.mark.browser, pytest.mark.server]

NO_ANSWER, AN_ITEM, TO_FINISH = 4, 2.2, 6
ANSWERS = {"O1": ""}


@pytest.fixture(scope="module")
def app(stages, tmp_path_factory) -> Iterator[Flask]:

    folder = tmp_path_factory.mktemp("hands") / "data"
    shutil.copytree(stages["open"], folder)
    made = create_app(settings_in(folder))
    yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture(scope="module")
def hands(app: Flask) -> Iterator[Hands]:
    """An interviewer at the seat, signed in."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with chromium() as browser:
        page = browser.new_context(viewport=SCREEN, locale="zh-CN", bypass_csp=False).new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/sign-in")
        page.get_by_label("登录名").fill("interviewer")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url("**/interview/")
        yield Hands(page)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def at_the_seat(hands: Hands) -> None:
    hands.page.goto(re.sub(r"/interview/.*", "/interview/", hands.page.url))
    hands.keys = 0


def test_a_no_answer_costs_four_keys_from_seat_to_seat(hands: Hands) -> None:
    hands.takes_the_next()
    look(hands)
    hands.enter()
    look(hands)
    hands.enter("1")
    assert hands.page.url.endswith("/interview/")
    assert hands.keys <= NO_ANSWER


def test_a_whole_interview_by_keys_alone(hands: Hands, app: Flask) -> None:
    hands.takes_the_next()
    hands.enter()
    hands.enter("0")
    unit, items, hands.keys = hands.page.url.split("/")[-3], 0, 0
    while hands.item != "coding":
        if hands.item in {"C1", "S1", "A2", "O1"}:
            look(hands)
        if hands.item == "A3":
            changes_a_mind(hands)
        hands.enter(ANSWERS.get(hands.item, "1"))
        items += 1
    assert hands.keys <= AN_ITEM * items
    hands.keys = 0
    look(hands)
    hands.enter()
    assert hands.page.url.endswith("/interview/")
    assert hands.keys <= TO_FINISH
    with app.extensions["huying"].database.reading() as session:
        assert session.get_one(SampledCase, unit).final_code == "complete"
        assert session.scalars(
            select(Answer.value).where(Answer.unit == unit, Answer.item.in_(("A1", "A3")))
        ).all() == ["1", "1"]


def changes_a_mind(hands: Hands) -> None:
    """Go back by Backspace: nothing is sent, and D and R fill the box without saving."""
    counted = hands.keys
    hands.press("2")
    hands.goes("Alt+ArrowLeft")
    assert hands.item == "A2", "what was typed is left behind, not sent"
    hands.page.goto(hands.page.url.replace("/A2", "/A3"))
    assert hands.page.locator("input[checked]").count() == 0
    with hands.page.expect_navigation():
        hands.press("Backspace")
    assert hands.item == "A2"
    with hands.page.expect_navigation():
        hands.press("Alt+ArrowLeft")
    assert hands.item == "A1"
    for key, code in (("r", "99"), ("d", "98")):
        hands.press(key)
        assert hands.page.locator("[data-box]").input_value() in {code, "3"}
    hands.page.goto(hands.page.url.replace("/A1", "/A3"))
    hands.keys = counted


def test_a_refusal_is_coded_by_digits_and_typing_ahead_reaches_no_other_page(hands: Hands) -> None:
    hands.takes_the_next()
    hands.enter()
    hands.enter("0")
    hands.enter("3")
    assert hands.item == "coding"
    look(hands)
    hands.enter("1")
    look(hands)
    hands.press(hands.page.locator(".choice", has_text="这次不方便").get_attribute("data-code"))
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")
        # The hand goes on before the page that was asked for is there.
        hands.page.keyboard.press("Enter")
    hands.page.wait_for_selector("text=我的今天")
    assert hands.page.url.endswith("/interview/")


def test_a_wish_said_in_parting_and_half_written_words_that_outlive_it(hands: Hands) -> None:
    hands.takes_the_next()
    hands.enter()
    look(hands)
    hands.enter("0")
    while hands.item != "O1":
        hands.enter(ANSWERS.get(hands.item, "1"))
    hands.page.wait_for_selector(TAKEN)
    hands.page.keyboard.type("灯坏了x")
    hands.goes("Alt+x")
    look(hands)
    assert hands.page.locator("textarea#value").input_value() == "灯坏了x", "letters are words here"
    hands.goes("Alt+u")
    hands.enter()
    while hands.item != "coding":
        hands.enter("1")
    hands.enter()
    look(hands)
    hands.goes("x")
    look(hands)
    assert "已记下" in hands.page.locator("main").inner_text()


def test_practice_has_the_same_keys_and_says_that_it_is_one(hands: Hands) -> None:
    with hands.page.expect_navigation():
        hands.page.locator("form[action$='/practice/next'] button").press("Enter")
    look(hands)
    hands.enter()
    look(hands)
    hands.enter("0")
    for item in ("C1", "S1", "S3"):
        assert hands.item == item
        look(hands)
        hands.enter("1")
    hands.goes("u")
    assert hands.item == "S3"
    hands.goes("x")
    hands.goes("h")
    look(hands)
    hands.enter()
    assert "练习结束" in hands.page.locator("main").inner_text()
