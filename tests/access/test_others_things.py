"""What belongs to somebody else is refused by its number too, whatever is sent, and nothing of it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.access.things import REACHES, RENAMED, WHOLE, Reach
from tests.access.visiting import NOBODYS, SIDES, Caller, Opens, Route, routes

REFUSED = {403, 404, 409}
TABLES = {
    "public": (
        "help_case",
        "case_step",
        "whistle",
        "duty",
        "badge",
        "contact",
        "swap_offer",
        "rating_verdict",
        "case_join",
        "case_print",
    ),
    "survey": (
        "sampled_case",
        "attempt",
        "answer",
        "outcome",
        "dnc",
        "call_note",
        "practice_call",
        "seat_message_copy",
        "call_back",
        "dispute",
    ),
}
FIELDS = dict.fromkeys(("note", "message", "text", "request", "code", "value"), "1") | {"reason": "not_ours"}


def _named(app: Flask) -> list[Route]:
    """Return the routes that name a thing and are for some accounts."""
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments}
    return [
        route for route in routes(app) if route.endpoint in rules and not (route.open or route.for_programs)
    ]


def _blueprint(endpoint: str) -> str:
    return endpoint.partition(".")[0]


def _of(app: Flask, key: str, reach: Reach) -> list[Route]:
    """Return the routes of a reach's blueprint that its role may call."""
    blueprint = key.partition(" ")[0]
    takes = {rule.endpoint for rule in app.url_map.iter_rules() if reach.naming in {"", *rule.arguments}}
    named = [route for route in _named(app) if route.endpoint in takes]
    return [route for route in named if _blueprint(route.endpoint) == blueprint and route.lets(reach.role)]


def _calls(app: Flask, side: str) -> Iterator[tuple[Reach, Route, Mapping[str, Any]]]:
    """Yield reach, route and values of each call to another's thing."""
    for key, reach in REACHES[side](app).items():
        for route in _of(app, key, reach):
            for values in reach.others:
                yield reach, route, values


def _path(app: Flask, endpoint: str, values: Mapping[str, Any]) -> str:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    names = RENAMED.get(endpoint, {})
    given = {name: values.get(names.get(name, name), "x") for name in rule.arguments}
    return app.url_map.bind("x").build(endpoint, given)


def _state(app: Flask, side: str) -> str:
    with app.extensions["huying"].database.reading() as session:
        rows = [session.execute(text(f"SELECT * FROM {table} ORDER BY 1")).all() for table in TABLES[side]]
    return json.dumps([[list(map(str, row)) for row in table] for table in rows])


@pytest.mark.parametrize("side", SIDES)
def test_every_route_that_names_a_thing_is_tried(opens: Opens, side: str) -> None:
    app = opens(side)
    tried = {route.endpoint for _reach, route, _values in _calls(app, side)}
    left = {route.endpoint for route in _named(app)} - tried - {"own.end"}
    assert {endpoint for endpoint in left if _blueprint(endpoint) not in WHOLE[side]} == set()


@pytest.mark.parametrize("side", SIDES)
def test_anothers_thing_is_refused_and_stays_as_it_is(opens: Opens, side: str) -> None:
    app = opens(side)
    people: dict[str, Caller] = {}
    before = _state(app, side)
    for reach, route, values in _calls(app, side):
        person = people.setdefault(reach.role, Caller(app, side, reach.role))
        for fields in ({}, FIELDS):
            answer = person.send(route.method, _path(app, route.endpoint, values), **fields)
            assert answer.status_code in REFUSED, (reach.role, route, values)
    assert _state(app, side) == before


@pytest.mark.parametrize("side", SIDES)
def test_ones_own_thing_is_there(opens: Opens, side: str) -> None:
    app = opens(side)
    people: dict[str, Caller] = {}
    for key, reach in REACHES[side](app).items():
        person = people.setdefault(reach.role, Caller(app, side, reach.role))
        for route in _of(app, key, reach):
            if route.method == "GET":
                status = person.send("GET", _path(app, route.endpoint, reach.own)).status_code
                assert status in {200, 303}, (reach.role, route.endpoint)


@pytest.mark.parametrize("side", SIDES)
def test_a_session_of_somebody_else_is_not_found(opens: Opens, side: str) -> None:
    app = opens(side)
    one, other = (Caller(app, side, login) for login in _two(side))
    kept = app.extensions["huying.accounts"].session
    with app.extensions["huying"].database.reading() as session:
        numbers = [row.id for row in session.query(kept).order_by(kept.id)]
    for number in (numbers[1], NOBODYS):
        assert one.send("POST", f"/account/sessions/{number}/end").status_code == 404
    assert other.send("GET", "/account/").status_code == 200


def _two(side: str) -> tuple[str, str]:
    return ("worker", "operator") if side == "public" else ("interviewer", "second")
