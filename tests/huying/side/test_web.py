"""What every page of either side keeps to, also where something fails."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask import session as flask_session
from flask_login import login_user
from sqlalchemy import text

from feedback.app import create_app
from feedback.models import Account
from feedback.side import SIDE as FEEDBACK
from huying.base import settings
from huying.side.app import CONTENT_SECURITY_POLICY, new_app
from huying.store.migrate import upgrade
from survey.side import SIDE as SURVEY

NUMBER = "+8613800138000"


@pytest.fixture
def app(tmp_path) -> Iterator[Flask]:
    """The public side, empty."""
    environment = {"HUYING_DATA": str(tmp_path), "HUYING_PUBLIC_BASE_URL": "https://hy.example.cn"}
    app = create_app(settings.load("public", "HUYING_PUBLIC", environment))
    upgrade("feedback", app.extensions["huying"].database)
    yield app
    app.extensions["huying"].database.dispose()


@pytest.fixture
def log(app) -> Iterator[io.StringIO]:
    """What the app writes to its log."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    app.logger.addHandler(handler)
    yield kept
    app.logger.removeHandler(handler)


@pytest.fixture(params=[FEEDBACK, SURVEY], ids=lambda side: side.name)
def bare(request, tmp_path) -> Iterator[Flask]:
    """What both sides' apps are made from, with a page that takes anything."""
    app = new_app(
        request.param, settings.load(request.param.key, request.param.prefix, {"HUYING_DATA": str(tmp_path)})
    )
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/<path:given>", "anything", lambda given: "taken", methods=["GET", "POST"])
    yield app
    app.extensions["huying"].database.dispose()


@pytest.mark.parametrize("address", ["/DEM0%00", "/track?receipt=a%00b"])
def test_what_no_database_stores_is_refused_in_an_address(bare, address):
    assert bare.test_client().get(address.replace("%00", "")).status_code == 200
    assert bare.test_client().get(address).status_code == (404 if address.startswith("/DEM0") else 422)


def test_what_no_database_stores_is_refused_in_a_field(bare):
    assert bare.test_client().post("/form", data={"note": "ab"}).status_code == 200
    assert bare.test_client().post("/form", data={"note": "a\0b"}).status_code == 400


def test_a_broken_database_still_gets_a_page_with_a_sentence(app, log):
    client = app.test_client()
    with app.test_request_context(environ_base=client.environ_base):
        login_user(Account(id=1, active=True))
        signed_in = dict(flask_session)
    with client.session_transaction() as session:
        session.update(signed_in)
    with app.extensions["huying"].database.transaction() as session:
        session.execute(text("DROP TABLE account"))
    answer = client.get("/desk")
    assert answer.status_code == 503
    assert "刚才的内容没有保存" in answer.text
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "no such table" in log.getvalue()


def test_no_number_gets_into_the_log_not_even_by_a_traceback(app, log):
    try:
        raise ValueError(f"what to do with {NUMBER}?")
    except ValueError:
        app.logger.exception("calling %s failed", "138 0013 8000")
    assert "what to do with [号码]?" in log.getvalue()
    assert "calling [号码] failed" in log.getvalue()


def test_debug_mode_is_the_setting_that_is_checked_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    loaded = settings.load("public", "HUYING_PUBLIC", {"HUYING_DATA": str(tmp_path)})
    app = create_app(loaded)
    assert not app.debug
    app.extensions["huying"].database.dispose()
