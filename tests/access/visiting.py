"""Every route of an app with an address and a method, and somebody who tries them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule
from werkzeug.test import TestResponse

import feedback.roles
import survey.roles
from huying.web import access
from tests.feedback import neighbourhood as town
from tests.survey import world

SIDES = ("public", "survey")
ROLES = {"public": feedback.roles.ROLES, "survey": survey.roles.ROLES}
PASSWORDS = {"public": town.PASSWORD, "survey": world.PASSWORD}
ORIGINS = {"public": town.ORIGIN, "survey": world.ORIGIN}
EVERYBODY = [(side, role) for side in SIDES for role in sorted(ROLES[side])]
NOBODYS = 2**31 - 1
"""A number that no row has."""

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
Opens = Callable[[str], Flask]


@dataclass(frozen=True)
class Route:
    """A way to call an app, and who may by its declaration."""

    endpoint: str
    method: str
    path: str
    allowed: frozenset[str]

    @property
    def open(self) -> bool:
        """Whether everybody may."""
        return self.allowed == access.ANYONE

    @property
    def for_programs(self) -> bool:
        """Whether no account opens it, but a token."""
        return self.allowed == access.TOKEN

    def lets(self, role: str) -> bool:
        """Tell whether an account of this role may."""
        return self.open or self.allowed == access.SIGNED_IN or role in self.allowed


LEAVES = frozenset({"sign_in.leave", "tour.leave"})
"""Whoever calls it is somebody else afterwards: it comes last."""


def routes(app: Flask) -> Iterator[Route]:
    """Yield every route with every method, at an address where nothing is."""
    adapter = app.url_map.bind("x")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint in LEAVES):
        path = adapter.build(rule.endpoint, _values(rule))
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            allowed = access.declared(app, rule.endpoint)
            assert allowed is not None
            yield Route(rule.endpoint, method, path, allowed)


def _values(rule: Rule) -> Mapping[str, str | int]:
    return {name: _value(rule._converters[name]) for name in rule._converters}


def _value(converter: object) -> str | int:
    if isinstance(converter, IntegerConverter):
        return NOBODYS
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


class Caller:
    """Somebody at a browser of their own, who sends what no page offered, with a token that is in order."""

    def __init__(self, app: Flask, side: str, login: str | None = None) -> None:
        self.app, self.side, self.client = app, side, app.test_client()
        self.token = ""
        if login:
            fields = {"login": login, "password": PASSWORDS[side]}
            assert self.send("POST", "/sign-in", **fields).status_code == 303
            self.token = ""  # one from before is worth nothing after

    def send(self, method: str, path: str, **fields: str) -> TestResponse:
        """Send a request as it is and follow nothing."""
        if method != "POST":
            return self.client.open(path, method=method, base_url=ORIGINS[self.side])
        return self.client.post(
            path,
            data={"csrf_token": self._token(), **fields},
            base_url=ORIGINS[self.side],
            headers={"Referer": f"{ORIGINS[self.side]}/"},
        )

    def _token(self) -> str:
        if not self.token:
            found = TOKEN.search(self.client.get("/sign-in", base_url=ORIGINS[self.side]).text)
            assert found
            self.token = found[1]
        return self.token
