"""Odd addresses on every route of both maps: 404, 422 or as anybody is answered; no failure of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask, got_request_exception, request
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from huying.web import access
from tests.access.visiting import ORIGINS, ROLES, SIDES, Caller, Opens

NUMBERS = (str(2**63), str(10**40), "-1", "٣", "%00", "9" * 4000)
TEXTS = (str(2**63), "-1", "٣", "%00", "长" * 1300, "x" * 4000)
PART = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
FINE = frozenset({303, 308, 400, 401, 403, 404, 405, 409, 410, 421, 422, 429})
ASKED = "page before q who word state area of from to index size one other kind number first second key weeks"
"""What pages ask for after the `?`, all of it together."""


def addresses(rule: Rule) -> Iterator[str]:
    """Yield addresses of a route, all its parts odd in the same way."""
    for number, text in zip(NUMBERS, TEXTS, strict=True):
        yield PART.sub(lambda part, n=number, t=text: _odd(rule._converters[part[1]], n, t), rule.rule)


def _odd(kind: object, number: str, text: str) -> str:
    if isinstance(kind, AnyConverter):
        return str(min(kind.items))
    return number if isinstance(kind, IntegerConverter) else text


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """What went wrong on our side: nothing may gather here."""
    found: list[str] = []

    def note(_sender: Flask, exception: BaseException) -> None:
        found.append(f"{request.method} {request.path[:80]!a}: {exception!r:.200}")

    with got_request_exception.connected_to(note):
        yield found


def _role(app: Flask, side: str, rule: Rule) -> str:
    """Return a role that may call a route, none where everybody or every account may."""
    return min((access.declared(app, rule.endpoint) or frozenset()) & ROLES[side], default="")


def _everybody(app: Flask, side: str) -> dict[str, Caller]:
    needed = {_role(app, side, rule) for rule in app.url_map.iter_rules()}
    return {role: Caller(app, side, role or None) for role in needed}


@pytest.mark.parametrize("side", SIDES)
def test_odd_parts_of_addresses_lead_nowhere(opens: Opens, side: str, failures: list[str]) -> None:
    app = opens(side)
    callers = _everybody(app, side)
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in app.url_map.iter_rules():
        if all(isinstance(each, AnyConverter) for each in rule._converters.values()):
            continue
        caller = callers[_role(app, side, rule)]
        for number, address in enumerate(addresses(rule)):
            for method in (rule.methods or set()) & ({"GET", "POST"} if number % 3 else {"GET"}):
                status = caller.client.open(address, method=method, base_url=ORIGINS[side]).status_code
                assert status in FINE, (method, rule.rule, address[:60], status)
    assert failures == []


@pytest.mark.slow
@pytest.mark.parametrize("side", SIDES)
def test_odd_questions_after_an_address_are_no_failure(opens: Opens, side: str, failures: list[str]) -> None:
    app = opens(side)
    callers = _everybody(app, side)
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        caller = callers[_role(app, side, rule)]
        for odd in (str(10**40), "-1", "%00"):
            asked = "&".join(f"{name}={odd}" for name in ASKED.split())
            status = caller.client.get(f"{rule.rule}?{asked}", base_url=ORIGINS[side]).status_code
            assert status in FINE | {200, 503}, (rule.rule, odd, status)
    assert failures == []
