"""Every kind of page that somebody can reach: one address of each view."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

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
BANNER = "演示：全部人物、地址、电话均为虚构".encode()
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
    ("survey", NOBODY): ("/v1/docs",),
    ("public", "operator"): ("/switchboard/{poster}",),
    ("public", "office"): ("/office/areas/posters/{poster}",),
    ("survey", "assessor"): ("/scores/{wave}/making",),
}
"""Pages that a code, a message or a form leads to."""


@dataclass(frozen=True)
class Address:
    """A page: its view's name and one path that leads to it."""

    endpoint: str
    path: str


@dataclass(frozen=True)
class Reach:
    """What an account comes to: one page of each view, and which of all pages don't say what they are."""

    pages: list[Address]
    unmarked: list[str]


class EveryPage:
    """The pages of a street by who can reach them, noted in `notes`, where other tests of its copies read."""

    def __init__(self, place: DemoFolder, notes: Path) -> None:
        self.place, self.notes = place, notes
        self.apps = {side: module.create_app(getattr(place, side)()) for side, module in MODULES.items()}

    def of(self, side: str, login: str) -> Reach:
        """Return what `login` can reach by links or by the story's codes."""
        note = self.notes / f"pages-{side}-{login}.json"
        if not note.exists():
            found = _reached(self.apps[side], self.place.story(), side, login)
            draft = note.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(asdict(found)), encoding="utf-8")
            draft.replace(note)
        noted = json.loads(note.read_text(encoding="utf-8"))
        return Reach([Address(**each) for each in noted["pages"]], noted["unmarked"])

    def dispose(self) -> None:
        """Let go of both sides' databases."""
        for app in self.apps.values():
            app.extensions["huying"].database.dispose()


def _reached(app: Flask, codes: Mapping[str, str], side: str, login: str) -> Reach:
    begin = (*BEGIN, *WITHOUT_A_LINK.get((side, login), ()))
    starts = [each.format(**codes) for each in begin]
    found: dict[str, str] = {}
    unmarked = []
    for path, answer in crawl(app, None if login == NOBODY else login, begin=starts).items():
        if b"Content-Type': 'text/html" in answer and not answer.startswith(b"30"):
            if BANNER not in answer:
                unmarked.append(path)
            if "lang=" not in path:
                found.setdefault(_endpoint(app, path), path)
    if login not in FIRST:
        found = {endpoint: path for endpoint, path in found.items() if _own(app, endpoint)}
    return Reach([Address(endpoint, path) for endpoint, path in sorted(found.items())], unmarked)


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
