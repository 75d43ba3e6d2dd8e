"""The call centre's routes, each with its row: who may call it, with one's own household and another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from huying.web.access import ANYONE, declared
from survey import roles
from tests.access.things import survey_reach
from tests.access.visiting import Caller, Opens

ROOM = "survey.fieldwork.views"
DESK = ("desk", "next_case", "pause", "resume")
CALL = ("take_over", "call", "dial", "not_reached", "reached", "nobody", "note", "renew")
PRACTICE = (
    *("call", "dial", "reached", "nobody", "not_reached", "item", "answer", "coding", "finish", "note"),
    *("never_again", "undo", "leave"),
)
CALL_BACK = ("call", "dial", "answer", "end", "say")
OWN: dict[str, frozenset[str]] = dict.fromkeys(
    [
        *(f"interviewer.{step}" for step in CALL),
        *(f"practice.{step}" for step in PRACTICE),
        *("interview.item", "interview.answer", "coding.choose", "coding.finish"),
        *("wishes.never_again", "wishes.undo", "lines.line", "told.confirm"),
        *(f"call_backs.{step}" for step in CALL_BACK),
    ],
    frozenset({roles.INTERVIEWER}),
)
"""Routes that name a household, or a practice: one's own alone is there."""
OTHERS = frozenset({roles.SUPERVISOR, roles.AUDITOR, roles.REGISTRAR})
ALL: dict[str, frozenset[str]] = {
    **dict.fromkeys([f"interviewer.{step}" for step in DESK], frozenset({roles.INTERVIEWER})),
    "practice.begin": frozenset({roles.INTERVIEWER}),
    **dict.fromkeys(
        ("return_call.ask", "return_call.take", "return_call.never_again"), frozenset({roles.INTERVIEWER})
    ),
    "sights.index": frozenset({roles.AUDITOR}),
    "closing.end": frozenset({roles.DRAW_OFFICER}),
    **dict.fromkeys(
        (
            "correcting.index",
            "correcting.confirm",
            "correcting.confirm_after",
            "disputes.index",
            "disputes.decide",
        ),
        OTHERS,
    ),
    **dict.fromkeys(
        [
            *("supervisor.field", "supervisor.board", "supervisor.contradictions"),
            *("seats.index", "seats.told", "seats.tell_all", "seats.one", "seats.tell", "seats.hand_back"),
        ],
        frozenset({roles.SUPERVISOR}),
    ),
    **dict.fromkeys(("call_backs.take", "call_backs.hearing"), frozenset({roles.INTERVIEWER})),
    **dict.fromkeys(("checking.index", "checking.doubt", "checking.flags"), frozenset({roles.SUPERVISOR})),
    **dict.fromkeys(("wishes_by_number.ask", "wishes_by_number.keep"), frozenset({roles.SUPERVISOR})),
    **dict.fromkeys(("telephone.index", "telephone.take"), frozenset({roles.SUPERVISOR})),
    **dict.fromkeys(("traits.index", "traits.keep"), frozenset({roles.SUPERVISOR})),
    **dict.fromkeys(
        [f"questionnaires.{step}" for step in ("versions", "one", "every_way", "pretest_sheet", "file")],
        frozenset({roles.ASSESSOR, roles.DRAW_OFFICER}),
    ),
    "questionnaires.bring": frozenset({roles.ASSESSOR}),
    "dialler.heard": ANYONE,
}
"""Routes without anything that could be another's; what a carrier posts is vouched for by its signature."""
KEPT = ("sampled_case", "attempt", "attempt_answer", "answer", "outcome", "dial", "dnc", "interview")
KEPT += ("call_back", "dispute")


def _rules(app: Flask) -> Iterator[tuple[Any, str]]:
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].__module__.startswith(ROOM):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def test_every_route_of_the_room_has_its_row(opens: Opens) -> None:
    app = opens("survey")
    assert {rule.endpoint: declared(app, rule.endpoint) for rule, _method in _rules(app)} == {**OWN, **ALL}


def _path(app: Flask, rule: Any, values: Mapping[str, Any]) -> str:
    given = {name: values.get(name, 1 if name in {"seat", "number"} else "x") for name in rule.arguments}
    return app.url_map.bind("x").build(rule.endpoint, given)


def _stored(app: Flask) -> list[list[tuple[Any, ...]]]:
    with app.extensions["huying"].database.reading() as session:
        return [
            [tuple(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]
            for table in KEPT
        ]


def _things(app: Flask, endpoint: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    room = endpoint.partition(".")[0]
    reach = survey_reach(app)[room if room in {"practice", "told", "call_backs"} else "interviewer"]
    more = {"code": "C1", "name": "v1", "kind": "json"}
    return reach.own | more, reach.others[0] | more


@pytest.mark.parametrize("role", [None, *sorted(roles.NAMES)])
def test_a_role_comes_to_its_own_and_to_nothing_of_another(opens: Opens, role: str | None) -> None:
    app = opens("survey")
    person, before = Caller(app, "survey", role), _stored(app)
    for rule, method in _rules(app):
        allowed = {**OWN, **ALL}[rule.endpoint]
        own, other = _things(app, rule.endpoint)
        for values in (own, other):
            if allowed == ANYONE or (role in allowed and (values is own or rule.endpoint in ALL)):
                continue
            status = person.send(method, _path(app, rule, values)).status_code
            expected = {303} if role is None else {403} if role not in allowed else {403, 404, 409}
            assert status in expected, (role, rule.endpoint, method)
    assert _stored(app) == before
    for rule, method in _rules(app):
        if method == "GET" and role in {**OWN, **ALL}[rule.endpoint]:
            status = person.send(method, _path(app, rule, _things(app, rule.endpoint)[0])).status_code
            assert status in {200, 303}, rule.endpoint
