"""Odd input to every page, by everybody: a sentence and a 4xx, never a failure of ours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, got_request_exception, request
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from huying.base.phones import Vault
from huying.store.db import Database
from survey import ledger_key
from survey.app import create_app
from survey.deposits import rules as deposit_keys
from survey.fieldwork.questionnaire.versions import V1
from survey.roles import NAMES
from tests.support.seeds import Seed, Seeds
from tests.survey import world
from tests.survey.browsing import Page, Visitor
from tests.survey.web.test_access import BY_ROLE, OPEN

HUGE = "1" + "0" * 40
ENDLESS = "9" * 5000
"""More digits than Python reads as a number."""
TEXTS = ("a\0b", "长" * 5000, ENDLESS, "..", "=1'; --<b>🀄", "-1", "")
"""What databases refuse, endless words, numbers beyond every column, signs with a meaning elsewhere."""
PARTS = ("a%00b", "x" * 3000, "%2e%2e", "%ff", "'🀄", world.WAVE)
NUMBERS = ("1", HUGE)
FIELDS = (
    *(
        "label",
        "rest",
        "method",
        "streets",
        "types",
        "sample",
        "replicate",
        "plan",
        "most",
        "attempts",
        "beacon",
        "field_ends",
    ),
    *(
        "party",
        "part",
        "digest",
        "value",
        "again",
        "why",
        "confirm",
        "response",
        "eligible",
        "sig",
        "refused_by",
        "login",
        "name",
        "role",
        "code",
        "password",
    ),
    *("when", "note", "reason", "several"),
)
FILES = (b"", b"\0" * 9, b"\xff\xfe\x00", b"PK\x03\x04", "户编号,网格编号\n".encode(), b'"', b"," * 200_000)
FREE = ("label", "sample", "beacon", "why")
COUNTS = dict.fromkeys(("rest", "sample", "replicate", "plan", "most", "attempts", "control"), "1")
EXPECTED = {"response": "100", "eligible": "100", "why": "a test", "confirm": "w9"}
WAVE = {"label": "w9", **COUNTS, **EXPECTED, "method": "power", "beacon": "dice:2099-12-01T10:00+08:00,20d10"}
HOUSE = "户编号,网格编号,地址,电话,电话来源,电话登记日期,登记人\nA,G1,{},,,,\n"


def _open(session: Session, vault: Vault) -> None:
    world.settle(session, vault)
    world.open_wave(session, vault)


@pytest.fixture
def opened(engine_name: str, seeds: Seeds, tmp_path: Path) -> Iterator[Database]:
    """A registry, accounts, and a wave in the field."""
    keys = world.settings_in(tmp_path).keys
    with seeds.copy(engine_name, Seed("survey", "open", _open), folder=tmp_path, keys=keys) as database:
        yield database


@pytest.fixture
def app(opened: Database, tmp_path: Path) -> Iterator[Flask]:
    """The app over them."""
    url = opened.engine.url.render_as_string(hide_password=False)
    settings = replace(world.settings_in(tmp_path), database_url=url)
    settings.keys.put(deposit_keys.DEPOSITOR, ledger_key.vkey(settings.keys))
    made = create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture
def failures(app: Flask) -> Iterator[list[str]]:
    """What went wrong on our side, by address: nothing may gather here."""
    found: list[str] = []

    def note(_sender: Flask, exception: BaseException) -> None:
        found.append(f"{request.method} {request.path[:80]!a}: {exception!r:.300}")

    with got_request_exception.connected_to(note, app):
        yield found


def addresses(rule: Rule) -> Iterator[str]:
    """Yield addresses of a route, its parts made odd."""
    for number in NUMBERS:
        for part in PARTS:
            address = rule.rule
            for name in rule.arguments:
                address = address.replace(f"<int:{name}>", number).replace(f"<{name}>", part)
            yield address


def test_odd_addresses_and_fields_are_never_our_failure(app: Flask, failures: list[str]) -> None:
    for role in NAMES:
        visitor = Visitor(app, role)
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in BY_ROLE[role] | (OPEN if role == "auditor" else set()):
                continue
            for address in dict.fromkeys(addresses(rule)):
                if "GET" in (rule.methods or ()):
                    visitor.glance(address)
                if "POST" in (rule.methods or ()):
                    visitor.post_once(address, {})
                    visitor.post_once(address, dict.fromkeys(FIELDS, TEXTS[0]))
    assert failures == []


def oddly(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the form with each of its fields odd in turn."""
    for name in fields:
        for text in TEXTS:
            yield {**fields, name: text}


def frozen(officer: Visitor, fields: dict[str, Any]) -> Page:
    """Send a design, and once more where it was shown what it will tell."""
    page = officer.post_once("/waves/freeze", fields)
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page.html)
    return officer.post_once("/waves/freeze", {**fields, "seen": seen[1]}) if seen else page


def test_odd_fields_of_a_new_wave_are_refused(app: Flask, failures: list[str]) -> None:
    with app.extensions["huying"].database.transaction() as session:
        world.call_everybody(session, app.extensions["huying"].vault)
        world.close_wave(session, app.extensions["huying"].vault)
    officer = Visitor(app, "draw_officer")
    days = [{**WAVE, "field_ends": day} for day in ("9999-12-31", "0001-01-01", "x")]
    labels = [{**WAVE, "label": label} for label in ("freeze", "a.csv", "轮", "", *TEXTS[:4])]
    # More than there are means all of them; and any word may name an event.
    others = [fields for fields in oddly(WAVE) if all(fields[name] == WAVE[name] for name in FREE)]
    for fields in [*days, *labels, *(each for each in others if each != WAVE)]:
        page = frozen(officer, fields)
        assert page.status in {400, 422}, fields
        assert page.status == 400 or 'role="alert"' in page.html, fields
    for field in ("replicate", "plan", "most"):
        assert frozen(officer, {**WAVE, field: str(2**40)}).status in {303, 422, 409}
    assert failures == []


def test_odd_steps_of_the_ceremony_are_refused(app: Flask, failures: list[str]) -> None:
    officer = Visitor(app, "draw_officer")
    for step in ("commit", "beacon", "reveal", "draw", "void", "open", "nothing"):
        for text in TEXTS:
            fields = dict.fromkeys(("party", "digest", "value", "again", "sig", "refused_by"), text) | {
                "part": "1" * 64
            }
            assert 400 <= officer.post_once(f"/waves/{world.WAVE}/{step}", fields).status < 500, step
    assert failures == []


def test_odd_files_are_refused(app: Flask, failures: list[str]) -> None:
    registrar = Visitor(app, "registrar")
    houses = [HOUSE.format(text).encode() for text in TEXTS[:2]]
    for data in [*FILES, *houses]:
        page = registrar.post_once("/registry/deposits", {"file": (io.BytesIO(data), "x\x07")})
        assert page.status == 422 or data in houses, data[:40]
        # Of a table whose columns aren't known the next page asks which they are: nothing is taken in.
        page = registrar.post_once("/registry/", {"file": (io.BytesIO(data), "x\x07")})
        assert page.status in {303, 422}, data[:40]
        assert registrar.open("/registry/trial").status == 200
    assert registrar.post("/registry/trial/apply", {"sha256": "0" * 64}).status in {404, 422}
    assert failures == []


def test_odd_accounts_are_refused(app: Flask, failures: list[str]) -> None:
    administrator = Visitor(app, "administrator")
    sound = {"login": "l", "name": "n", "role": "interviewer", "code": "1", "password": "p" * 10}
    for fields in oddly(sound):
        status = administrator.post_once("/administrator/accounts", fields).status
        assert status in {303, 400, 409, 422}, fields
    taken = administrator.post_once("/administrator/accounts", {**sound, "login": "m", "code": "803"})
    assert taken.status == 409
    assert "工号 803 已经有人用了" in taken.text
    assert failures == []


def test_odd_steps_of_practice_are_refused(app: Flask, failures: list[str]) -> None:
    interviewer = Visitor(app, "interviewer")
    place = interviewer.post("/practice/next", {}).path
    interviewer.post(f"{place}/dial", {})
    for text in TEXTS:
        assert interviewer.post_once(f"{place}/not-reached", {"code": text}).status in {400, 422}
        assert interviewer.post_once(f"{place}/undo", {"mark": text}).status in {400, 409}
    assert failures == []


def test_odd_answers_leave_the_case_where_it_is(app: Flask, failures: list[str]) -> None:
    interviewer = Visitor(app, "interviewer")
    seat = interviewer.post("/interview/next", {}).path
    for fence, status in ((HUGE, 404), ("0", 409)):
        assert interviewer.post_once(f"{seat.rpartition('/')[0]}/{fence}/dial", {}).status == status
    interviewer.post(f"{seat}/dial", {})
    for fields in oddly({"code": "no_answer"}):
        if fields["code"] != "no_answer":
            assert interviewer.post_once(f"{seat}/not-reached", fields).status in {400, 422}
    interviewer.post(f"{seat}/reached", {})
    assert interviewer.glance(f"{seat}/coding?who={ENDLESS}").status == 200
    assert interviewer.post_once(f"{seat}/undo", {"mark": f"C1.{ENDLESS}"}).status == 303
    for item, raw in list(world.SHORT.items())[:6]:
        interviewer.post(f"{seat}/{item}", {"value": raw})
    for item in [each.code for each in V1.every_item if not each.extra]:
        for text in TEXTS:
            status = interviewer.post_once(f"{seat}/{item}", {"code": text, "value": text}).status
            assert status in {303, 400, 409, 422}, (item, text)
        interviewer.glance(f"{seat}/{item}")
    for when in ("9999-12-31T23:59", "0001-01-01T00:00", "x", ""):
        fields = {"code": "appointment_respondent", "when": when, "note": "长" * 9}
        status = interviewer.post_once(f"{seat}/coding", fields).status
        assert status == 422, when
    assert failures == []
