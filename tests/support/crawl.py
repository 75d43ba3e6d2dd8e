"""All pages that an account can reach by links."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterable

from flask import Flask
from flask.testing import FlaskClient

from demo import people

MARK = re.compile(rb'(name="(?:[a-z]+-)?(?:once|csrf_token)"[^>]*value=")[^"]*')
"""Marks that differ from one look at a form to the next."""

LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')

LEFT_OUT = re.compile(r"^/static/|[?&]lang=|[?&;]of=\d|/template\.xlsx$|^/oversight/cases/(\?|\d\d)")
"""What isn't a page, and the same pages, or the same headings of an empty table, in another form.

Of all cases a few stand for the rest, and of their lists the one without filters.
"""


def visitor(app: Flask, login: str | None) -> FlaskClient:
    """Return a browser of one of the demo's people, or of nobody."""
    client = app.test_client()
    if login:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
        form = {"login": login, "password": people.PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=form).status_code == 303, login
    return client


def crawl(app: Flask, login: str | None, *, begin: Iterable[str]) -> dict[str, bytes]:
    """Follow every link from `begin` as `login`, or as nobody; return path → status, headers and text.

    What differs from one look at a form to the next is taken out.
    """
    client = visitor(app, login)
    seen: dict[str, bytes] = {}
    waiting = deque(begin)
    while waiting:
        path = waiting.popleft()
        if path in seen:
            continue
        answer = client.get(path)
        text = MARK.sub(rb"\1", answer.data)
        headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
        seen[path] = f"{answer.status}\n{headers}\n".encode() + text
        links = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        waiting.extend(link for link in map(html.unescape, links) if not LEFT_OUT.search(link))
        if answer.status_code == 303:
            waiting.append(answer.headers["Location"])
    return seen
