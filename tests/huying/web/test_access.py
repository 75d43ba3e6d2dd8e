"""A route that doesn't say who may call it stops the app."""

from __future__ import annotations

import pytest
from flask import Flask

from huying.web.access import anyone, guard, only


def _app(view):
    app = Flask("test")
    app.add_url_rule("/", view_func=view)
    return app


def test_an_undeclared_route_stops_the_app():
    def index():
        return ""

    with pytest.raises(RuntimeError, match=r"route / \(index\)"):
        guard(_app(index), frozenset())


def test_a_role_that_does_not_exist_stops_the_app():
    @only("emperor")
    def index():
        return ""

    with pytest.raises(RuntimeError, match="emperor"):
        guard(_app(index), frozenset({"worker"}))


def test_a_declared_route_is_served():
    @anyone
    def index():
        return "ok"

    app = _app(index)
    guard(app, frozenset())
    assert app.test_client().get("/").text == "ok"
