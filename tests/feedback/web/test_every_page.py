"""What holds for every page: headers, the one error page, forged forms, the banner of the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from feedback import roles
from feedback.app import create_app
from huying.base.errors import Refused
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import POSTER, settings_in

OPEN = (
    "/",
    "/sign-in",
    "/track",
    f"/help/{POSTER}",
    "/thanks",
    "/demo/messages",
    "/r/x",
    f"/{POSTER}",
    "/nothing",
)
BANNER = "演示：全部人物、地址、电话均为虚构"


@pytest.mark.parametrize("path", OPEN)
def test_it_carries_strict_headers(resident: Visitor, path: str) -> None:
    headers = resident.open(path).response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    # Back leads to the form as it was left; every other page is asked for anew.
    assert ("no-cache" if path.startswith("/help") else "no-store") in headers["Cache-Control"]


@pytest.mark.parametrize("path", OPEN)
def test_it_says_that_everything_is_invented(resident: Visitor, path: str) -> None:
    assert BANNER in resident.open(path).text


@pytest.mark.parametrize("path", OPEN)
def test_it_has_a_language_a_title_a_heading_and_a_way_past_the_navigation(
    resident: Visitor, path: str
) -> None:
    page = resident.open(path)
    assert '<html lang="zh-Hans">' in page.html
    assert "找网格员" in page.title
    assert page.html.count("<h1>") == 1
    assert 'class="skip"' in page.html
    assert 'href="tel:12345"' in page.html


@pytest.mark.parametrize("path", [path for path in OPEN if path != f"/{POSTER}"])
def test_it_has_neither_inline_style_nor_script(resident: Visitor, path: str) -> None:
    html = resident.open(path).html
    assert "<script" not in html
    assert "style=" not in html
    assert "<style" not in html or "没有这个编号" in html


def test_outside_the_demonstration_there_is_no_banner_and_no_page_of_messages(data: Path) -> None:
    app = create_app(replace(settings_in(data), demo=False))
    visitor = Visitor(app.test_client())
    assert BANNER not in visitor.open("/").text
    assert visitor.open("/demo/messages").status == 404
    app.extensions["huying"].database.dispose()


def test_an_address_too_long_for_the_posters_symbol_stops_the_app(data: Path) -> None:
    with pytest.raises(Refused, match="网址太长"):
        create_app(replace(settings_in(data), base_url=f"https://{'long' * 8}.example.cn"))


def test_a_forged_form_is_refused_on_the_error_page(resident: Visitor) -> None:
    page = Page(resident.post("/sign-in", login="x"))
    assert page.status == 400
    assert page.title.startswith("错误：")
    assert "刷新" in page.text


def test_a_program_gets_the_problem_as_json(resident: Visitor) -> None:
    answer = resident.get("/receipt/0000", Accept="application/json")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == 404
    assert "没有这个回执编号" in answer.get_json()["title"]


def test_an_unknown_page_is_a_sentence(resident: Visitor) -> None:
    page = resident.open("/no/such/page")
    assert page.status == 404
    assert "没有这个页面" in page.text


def test_healthz_answers_once_the_database_has(resident: Visitor, app: Flask) -> None:
    answer = resident.get("/healthz")
    assert (answer.status_code, answer.data) == (200, b"ok\n")


def test_a_wrong_password_says_so_and_marks_the_title(resident: Visitor) -> None:
    page = resident.press(resident.open("/sign-in"), "/sign-in", login=roles.WORKER, password="wrong")
    assert page.status == 422
    assert page.title.startswith("错误：")
    assert "登录名或密码不对" in page.text


def test_the_navigation_is_the_roles_own(sign_in: Callable[[str], Visitor], resident: Visitor) -> None:
    assert "工作人员登录" in resident.open("/").text
    text = sign_in(roles.WORKER).open("/worker/").text
    assert "交名单" in text
    assert "工作人员登录" not in text


def test_the_style_sheet_is_served(resident: Visitor) -> None:
    with resident.get("/static/huying.css") as answer:
        assert answer.status_code == 200
        assert b"prefers-color-scheme: dark" in answer.data
