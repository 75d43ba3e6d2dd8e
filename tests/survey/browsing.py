"""Somebody at a browser without script: opens pages, fills in their forms, follows what they answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.survey.world import ORIGIN, PASSWORD

FORM = re.compile(r'<form[^>]*?action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*?type="hidden"[^>]*>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, read."""

    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def path(self) -> str:
        return self.response.request.path

    @property
    def main(self) -> str:
        return self.html.split("<main", 1)[1].split("</main>", 1)[0]

    @property
    def text(self) -> str:
        return " ".join(unescape(TAG.sub(" ", self.html)).split())

    @property
    def actions(self) -> list[str]:
        return [unescape(action) for action, _ in FORM.findall(self.html)]

    def hidden(self, ending: str) -> tuple[str, dict[str, str]]:
        """Return where the form goes whose address ends so, and what it carries unseen."""
        action, body = next(
            (unescape(action), body)
            for action, body in FORM.findall(self.html)
            if action.partition("?")[0].endswith(ending)
        )
        fields = {}
        for tag in HIDDEN.findall(body):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                fields[name[1]] = unescape(value[1]) if value else ""
        return action, fields


class Visitor:
    """A browser of its own, signed in with a login if one is given."""

    def __init__(self, app: Flask, login: str | None = None) -> None:
        self.app = app
        self.client = app.test_client()
        if login:
            page = self.open("/sign-in")
            self.send(page, "/sign-in", login=login, password=PASSWORD)

    def open(self, path: str) -> Page:
        """Open an address and follow where it leads."""
        return Page(self.client.get(path, base_url=ORIGIN, follow_redirects=True))

    def glance(self, path: str) -> Page:
        """Open an address without following."""
        return Page(self.client.get(path, base_url=ORIGIN))

    def send(self, page: Page, ending: str, /, **fields: Any) -> Page:
        """Fill in and send the page's form whose address ends so; follow the answer."""
        action, hidden = page.hidden(ending)
        return self.post(action, {**hidden, **fields})

    def post(self, path: str, fields: dict[str, Any]) -> Page:
        """Post fields to an address and follow the answer."""
        return Page(self.client.post(path, data=fields, base_url=ORIGIN, follow_redirects=True))

    def post_once(self, path: str, fields: dict[str, Any]) -> Page:
        """Post fields without following the answer."""
        return Page(self.client.post(path, data=fields, base_url=ORIGIN))
