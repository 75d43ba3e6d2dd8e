"""Headers and cookies by which browsers keep to this host and to TLS, where there is TLS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

import feedback.app
import survey.app
from huying.base import settings

APPS = {"public": feedback.app, "survey": survey.app}
PREFIXES = {"public": "HUYING_PUBLIC", "survey": "HUYING_SURVEY"}
BY_TLS, PLAIN = "https://hy.example.cn", "http://127.0.0.1:8000"


@pytest.fixture(params=[(side, url) for side in APPS for url in (BY_TLS, PLAIN)], ids="-".join)
def served(request, tmp_path) -> Iterator[tuple[Flask, str]]:
    """A side's app and its address."""
    side, url = request.param
    told = {"HUYING_DATA": str(tmp_path), f"{PREFIXES[side]}_BASE_URL": url, "HUYING_DEMO": "1"}
    app = APPS[side].create_app(settings.load(side, PREFIXES[side], told))
    yield app, url
    app.extensions["huying"].database.dispose()


def test_browsers_are_told_to_keep_to_this_host(served):
    app, url = served
    answer = app.test_client().get("/sign-in", base_url=url)
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert ("Strict-Transport-Security" in answer.headers) is (url == BY_TLS)


def test_the_session_is_a_cookie_of_this_host_alone_where_there_is_tls(served):
    app, url = served
    cookie = app.test_client().get("/sign-in", base_url=url).headers["Set-Cookie"]
    assert cookie.startswith("__Host-huying_") is (url == BY_TLS)
    assert ("Secure" in cookie) is (url == BY_TLS)
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("THREADS", "0", "THREADS"),
        ("THREADS", "65", "THREADS"),
        ("THREADS", "٣", "THREADS"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN"),
    ],
)
def test_unfit_settings_are_refused(tmp_path, name, value, sentence):
    told = {"HUYING_DATA": str(tmp_path), "HUYING_PUBLIC_BASE_URL": BY_TLS, f"HUYING_PUBLIC_{name}": value}
    with pytest.raises(Exception, match=sentence):
        settings.load("public", "HUYING_PUBLIC", told).for_serving()


def test_further_names_are_read(tmp_path):
    told = {"HUYING_DATA": str(tmp_path), "HUYING_PUBLIC_HOSTS": "intern.example.cn, hy.local"}
    assert settings.load("public", "HUYING_PUBLIC", told).hosts == ("intern.example.cn", "hy.local")
