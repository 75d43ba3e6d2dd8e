"""A visitor walks through the demo from a poster to a score by what the pages say, at a desk and by phone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import demo.tour
import feedback.app
import survey.app
from demo.serve import both
from tests.support import street as streets
from tests.support.browser import DESK, PHONE, SIDEWAYS, chromium, picture, violations, window
from tests.support.crawl import visitor
from tests.support.street import street

pytestmark = pytest.mark.server
__all__ = ["street"]

CHARACTERS_A_MINUTE, WORDS_A_MINUTE = 300, 200
SIGHTS = {
    "扫码": "值班",
    "求助": "写",
    "吹哨": "供水公司",
    "评价": "解决",
    "交存": "交存",
    "抽签": "谁被问",
    "访问": "下一户",
    "得分": "满意",
}
"""What each stop must show whoever arrives there."""


@pytest.fixture(scope="module")
def place(tmp_path_factory, street):
    """A demo with its walk, as `huying demo` leaves it."""
    made = streets.copied(street, tmp_path_factory.mktemp("tour") / "data")
    demo.tour.write(made, made.story())
    return made


@pytest.mark.browser
def test_each_stop_shows_what_it_promises_to_whoever_follows_the_buttons(place):
    with both(place), chromium() as browser:
        for size, front in ((DESK, place.public_url), (PHONE, place.survey_url)):
            page = window(browser, script=True).new_page()
            page.set_viewport_size(size)
            page.goto(front)
            picture(page, f"front-{front[-4:]}")
            assert page.evaluate(SIDEWAYS) <= 0
            page.get_by_role("link", name="八站走一遍").click()
            assert violations(page) == []
            picture(page, "tour")
            for number, (name, sight) in enumerate(SIGHTS.items()):
                stop = page.locator(".stops > li").nth(number)
                assert name in stop.locator("h2").inner_text()
                stop.get_by_role("link").click()
                assert sight in page.locator("main").inner_text(), name
                assert page.evaluate(SIDEWAYS) <= 0, name
                assert violations(page) == [], name
                picture(page, f"tour-{number + 1}")
                page.go_back()
            page.context.close()


@pytest.mark.parametrize(("language", "a_minute"), [("zh", CHARACTERS_A_MINUTE), ("en", WORDS_A_MINUTE)])
def test_the_walk_is_read_in_five_minutes_which_leaves_as_much_for_what_is_seen(language, a_minute):
    texts = [text for stop in demo.tour.read() for text in stop[language].values()]
    assert len(texts) == len(SIGHTS) * 5
    length = sum(len(text) if language == "zh" else len(text.split()) for text in texts)
    assert length / a_minute < 5


def test_no_chinese_is_left_in_the_english_walk():
    for stop in demo.tour.read():
        assert not re.search(r"[\u4e00-\u9fff]", "".join(stop["en"].values()))


@pytest.mark.parametrize(("module", "side"), [(feedback.app, "public"), (survey.app, "survey")])
def test_where_no_walk_was_left_there_is_no_such_page_and_nobody_is_led_there(place, tmp_path, module, side):
    settings = getattr(place, side)()
    (settings.data / demo.tour.FILE).rename(tmp_path / "kept")
    try:
        app = module.create_app(settings)
        client = visitor(app, None)
        assert client.get("/demo").status_code == 404
        assert '"/demo"' not in client.get("/").text
        app.extensions["huying"].database.dispose()
    finally:
        (tmp_path / "kept").rename(settings.data / demo.tour.FILE)


@pytest.mark.parametrize(("module", "side"), [(feedback.app, "public"), (survey.app, "survey")])
def test_outside_the_demo_nobody_enters_without_a_password(place, module, side):
    app = module.create_app(replace(getattr(place, side)(), demo=False))
    client = app.test_client()
    assert client.get("/demo").status_code == 404
    assert client.get("/demo/enter/admin").status_code == 404
    app.extensions["huying"].database.dispose()


@pytest.mark.parametrize(("module", "side"), [(feedback.app, "public"), (survey.app, "survey")])
def test_nobody_enters_who_has_no_account_and_nobody_is_led_to_another_server(place, module, side):
    app = module.create_app(getattr(place, side)())
    client = app.test_client()
    assert client.get("/demo/enter/nobody").status_code == 404
    assert client.get("/demo/enter/admin?next=//elsewhere.example/").headers["Location"] == "/desk"
    app.extensions["huying"].database.dispose()
