"""Signing in: to a page of this server, in a session of one's own, for as long as the account may."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.app import create_app
from feedback.models import Account
from feedback.roles import ADMINISTRATOR
from huying import accounts
from huying.base import settings
from huying.store.migrate import upgrade

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PASSWORD = "a-long-password"


@pytest.fixture
def app(tmp_path, now) -> Iterator[Flask]:
    """The public side, with one administrator."""
    environment = {"HUYING_DATA": str(tmp_path), "HUYING_PUBLIC_BASE_URL": "https://hy.example.cn"}
    app = create_app(settings.load("public", "HUYING_PUBLIC", environment))
    database = app.extensions["huying"].database
    upgrade("feedback", database)
    with database.transaction() as session:
        accounts.create(
            session, Account, login="ann", name="安", role=ADMINISTRATOR, password=PASSWORD, now=now
        )
    yield app
    database.dispose()


def _token(client: FlaskClient) -> str:
    return TOKEN.search(client.get("/sign-in", base_url="https://hy.example.cn").text)[1]


def _signs_in(client: FlaskClient, *, target: str = "", token: str | None = None):
    return client.post(
        "/sign-in",
        query_string={"next": target},
        data={"login": "ann", "password": PASSWORD, "csrf_token": token or _token(client)},
        base_url="https://hy.example.cn",
        headers={"Referer": "https://hy.example.cn/sign-in"},
    )


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
        *("https:evil.example", "https://evil.example", "javascript:alert(1)", " //evil.example"),
        *("/\n/evil.example", "/\r\nSet-Cookie: a=b", "//[", "/\t/[", ""),
    ],
)
def test_nobody_is_led_to_another_server(app, target):
    answer = _signs_in(app.test_client(), target=target)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")


def test_one_returns_to_the_page_that_asked(app):
    assert _signs_in(app.test_client(), target="/accounts?page=2").headers["Location"] == "/accounts?page=2"


def test_what_was_sent_without_an_account_is_no_page_to_return_to(app):
    client = app.test_client()
    answer = client.post(
        "/sign-out",
        data={"csrf_token": _token(client)},
        base_url="https://hy.example.cn",
        headers={"Referer": "https://hy.example.cn/desk"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/desk")


def test_a_form_token_from_before_is_worth_nothing_after(app):
    client = app.test_client()
    before = _token(client)
    _signs_in(client, token=before)
    answer = client.post(
        "/sign-out",
        data={"csrf_token": before},
        base_url="https://hy.example.cn",
        headers={"Referer": "https://hy.example.cn/desk"},
    )
    assert answer.status_code == 400


def test_the_cookie_travels_by_tls_alone_and_no_script_reads_it(app):
    cookie = _signs_in(app.test_client()).headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_session_ends_with_its_account(app):
    client = app.test_client()
    _signs_in(client)
    desk = client.get("/desk", base_url="https://hy.example.cn")
    assert "/sign-in" not in desk.headers["Location"]
    with app.extensions["huying"].database.transaction() as session:
        session.scalars(select(Account)).one().active = False
    refused = client.get("/desk", base_url="https://hy.example.cn")
    assert refused.headers["Location"] == "/sign-in?next=/desk"
