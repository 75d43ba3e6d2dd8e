"""Every kind of page that somebody can reach: one address of each view."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

import feedback.app
import survey.app
from demo import people
from demo.place import DemoFolder
from huying.web import access
from tests.support.crawl import crawl

NOBODY = "nobody"
WHO = [
    *(("public", login) for login in (NOBODY, *(person.login for person in people.PUBLIC))),
    *(("survey", login) for login in (NOBODY, *(person.login for person in people.SURVEY))),
]
MODULES = {"public": feedback.app, "survey": survey.app}
FIRST = (NOBODY, people.PUBLIC[0].login, people.SURVEY[0].login)
"""Those who look at what everybody sees: without an account, and with one of either side."""
BEGIN = ("/", "/desk", "/no-such-page", "/sign-in", "/styleguide")
WITHOUT_A_LINK = {
    ("public", NOBODY): (
        "/{poster}",
        "/{poster}?big=1",
        "/r/{rating}",
        "/receipt/{receipt}",
        "/thanks",
        "/track/sent",
        "/figures/ratings",
        "/figures/departments",
        "/unreached/{poster}/noted",
        "/badge/{badge}",
    ),
    ("public", "operator"): ("/switchboard/{poster}",),
    ("public", "office"): ("/office/areas/posters/{poster}",),
}
"""Pages that a code, a message or a form leads to."""


@dataclass(frozen=True)
class Address:
    """A page: its view's name and one path that leads to it."""

    endpoint: str
    path: str


def pages(place: DemoFolder, side: str, login: str) -> list[Address]:
    """Return one page of each view that `login` can reach by links, and what the story's codes lead to."""
    app: Flask = MODULES[side].create_app(getattr(place, side)())
    codes = place.story()
    begin = (*BEGIN, *WITHOUT_A_LINK.get((side, login), ()))
    found: dict[str, str] = {}
    starts = [each.format(**codes) for each in begin]
    for path, answer in crawl(app, None if login == NOBODY else login, begin=starts).items():
        if b"Content-Type': 'text/html" in answer and not answer.startswith(b"30") and "lang=" not in path:
            found.setdefault(_endpoint(app, path), path)
    app.extensions["huying"].database.dispose()
    if login not in FIRST:
        found = {endpoint: path for endpoint, path in found.items() if _own(app, endpoint)}
    return [Address(endpoint, path) for endpoint, path in sorted(found.items())]


def _own(app: Flask, endpoint: str) -> bool:
    """Tell whether a page is for certain roles: what everybody sees is looked at by the FIRST alone."""
    allowed = access.declared(app, endpoint) if endpoint in app.view_functions else None
    return allowed is not None and not allowed & (access.ANYONE | access.SIGNED_IN)


def _endpoint(app: Flask, path: str) -> str:
    from werkzeug.exceptions import HTTPException

    try:
        endpoint, _values = app.url_map.bind("127.0.0.1").match(path.partition("?")[0])
    except HTTPException:
        return "none"
    return str(endpoint)
