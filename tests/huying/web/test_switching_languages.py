"""A resident switches the language by a link; the page remembers it, and asks for no script."""

from __future__ import annotations

import pytest

import feedback.app
from huying.base import settings
from huying.store.db import Database
from huying.store.migrate import upgrade


@pytest.fixture
def client(tmp_path):
    environ = {
        "HUYING_DATA": str(tmp_path),
        "HUYING_DEMO": "1",
        "HUYING_PUBLIC_BASE_URL": "http://127.0.0.1:8000",
    }
    made = settings.load("public", "HUYING_PUBLIC", environ)
    base = Database(made.database_url)
    upgrade("feedback", base)
    base.dispose()
    app = feedback.app.create_app(made)
    yield app.test_client()
    app.extensions["huying"].database.dispose()


def test_chinese_is_spoken_first(client):
    page = client.get("/")
    assert '<html lang="zh-Hans"' in page.text
    assert page.headers["Content-Language"] == "zh-Hans"


def test_a_browser_that_asks_for_english_gets_it(client):
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).text


def test_a_browser_that_asks_for_neither_gets_chinese(client):
    assert '<html lang="zh-Hans"' in client.get("/", headers={"Accept-Language": "fr"}).text


def test_the_link_switches_and_is_remembered(client):
    assert "?lang=en" in client.get("/").text
    assert '<html lang="en"' in client.get("/?lang=en").text
    assert '<html lang="en"' in client.get("/track").text
    assert '<html lang="zh-Hans"' in client.get("/track?lang=zh").text


def test_the_link_keeps_what_else_the_address_says(client):
    assert "/track?number=7&amp;lang=en" in client.get("/track?number=7").text


def test_the_choice_goes_before_what_the_browser_asks_for(client):
    client.get("/?lang=zh")
    assert '<html lang="zh-Hans"' in client.get("/", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("code", ["xx", "", "zh%00", "en\r\nSet-Cookie:a=b", "e" * 5000])
def test_a_language_that_doesnt_exist_is_ignored(client, code):
    page = client.get("/", query_string={"lang": code})
    assert page.status_code in {200, 400}
    assert "lang=" not in page.headers.get("Set-Cookie", "")


def test_a_refusal_is_in_the_readers_language(client):
    client.get("/?lang=en")
    assert "There is no such page." in client.get("/no/such/page").text


def test_what_a_form_says_is_in_the_readers_language(client):
    client.get("/?lang=en")
    page = client.post("/track", data={})
    assert "Please" in page.text or "reload" in page.text


def test_a_value_in_a_sentence_is_escaped(client):
    with client.application.test_request_context("/"):
        page = client.application.jinja_env.from_string('{{ _("第 %(n)s 次拨打", n=x) }}').render(x="<b>")
    assert page == "第 &lt;b&gt; 次拨打"


def test_a_scanned_page_hands_the_language_on_without_a_cookie(client):
    page = client.get("/0000000?lang=en")
    assert '<html lang="en"' in page.text
    assert "Set-Cookie" not in page.headers
