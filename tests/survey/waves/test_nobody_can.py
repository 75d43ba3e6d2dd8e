"""Whatever any role does by any page: the frame, the draw and the ledger stay, and nobody sees the sample."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from html import unescape
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from huying.store.db import Database
from survey.models import LEDGER, FrameUnit, Party, SampledCase, SampleUnit, Stratum, Wave
from survey.roles import INTERVIEWER, NAMES
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')
LEFT_OUT = re.compile(r"^/static/|[?&]lang=|^/sign-out|/frame\.tsv$|/bundle\.zip$")
"""The frame is public, and holds every unit; the bundle is only there once all is over."""

FIELDS = {
    "label": WAVE, "party": "operator", "part": "22" * 32, "value": "1" * 20, "refused_by": "operator",
    "reason": "x", "sample": "1", "rest": "0", "method": "equal", "replicate": "1", "plan": "1", "most": "1",
    "attempts": "1", "beacon": "dice:2099-12-01T10:00+08:00,20d10", "control": "0", "code": "no_answer",
}  # fmt: skip


@pytest.fixture
def app(app_at: Callable[[str], Flask]) -> Flask:
    made = app_at("open")
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def _database(app: Flask) -> Database:
    return app.extensions["huying"].database


def _kept(app: Flask) -> tuple[object, ...]:
    """What no page may change: frame, design, key, sample, parts."""
    tables = (FrameUnit, SampleUnit, Party)
    with _database(app).reading() as session:
        rows = [session.execute(select(*each.__table__.columns)).all() for each in tables]
        wave = session.get_one(Wave, WAVE)
        strata = select(Stratum.stratum, Stratum.frame_size, Stratum.sample_size, Stratum.replicate_size)
        return (
            *(sorted(map(repr, each)) for each in rows),
            (wave.frame_root, wave.design_sha256, wave.rules, wave.draw_key, wave.beacon_value),
            sorted(session.execute(strata).all()),
        )


def _ledger(app: Flask) -> list[bytes]:
    with _database(app).reading() as session:
        return list(LEDGER.lines(session))


def _addresses(app: Flask) -> list[str]:
    """Every address that takes something, with the wave, a step, a drawn unit in its places."""
    with _database(app).reading() as session:
        unit = session.scalar(select(SampleUnit.unit).order_by(SampleUnit.rank))
    steps = ("commit", "beacon", "reveal", "draw", "void", "open", "release", "close", "unlock", "stop")
    found = set()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or "sign-out" in rule.rule:
            continue
        values = {"label": WAVE, "unit": unit, "fence": 1, "code": "A1", "number": 1, "token": "x"}
        for step in steps if rule.arguments & {"step", "what"} else ("",):
            given = {**values, "step": step, "what": step}
            with suppress(ValueError):
                built = rule.build({name: given.get(name, "x") for name in rule.arguments})
                found |= {str(built[1])} if built else set()
    return sorted(found)


@pytest.mark.parametrize("role", sorted(NAMES))
def test_no_post_of_any_role_changes_frame_draw_or_ledger(app, role):
    before, told = _kept(app), _ledger(app)
    visitor = Visitor(app, role)
    for address in _addresses(app):
        answer = visitor.post_once(address, FIELDS)
        assert answer.status < 500, address
    assert _kept(app) == before
    assert _ledger(app)[: len(told)] == told
    with _database(app).reading() as session:
        for stratum in session.scalars(select(Stratum)):
            out = session.query(SampledCase).filter_by(stratum=stratum.stratum).count()
            assert out == stratum.sample_size + stratum.released * stratum.replicate_size


def _pages(visitor: Visitor) -> dict[str, str]:
    """Everything that can be reached by links and forms' addresses."""
    seen: dict[str, str] = {}
    waiting = deque(["/", "/desk", f"/waves/{WAVE}", f"/scores/{WAVE}", f"/waves/{WAVE}/bundle.zip"])
    while waiting:
        path = waiting.popleft()
        if path in seen:
            continue
        page = visitor.open(path)
        seen[path] = page.response.data.decode("utf-8", "replace")
        links = map(unescape, LINK.findall(seen[path]))
        waiting.extend(each for each in links if not LEFT_OUT.search(each))
    return seen


@pytest.mark.parametrize("role", [None, *sorted(NAMES)])
def test_the_sample_stands_on_no_page_of_any_role_while_people_are_called(app, role):
    with _database(app).reading() as session:
        drawn = set(session.scalars(select(SampleUnit.unit)))
        tickets = set(session.scalars(select(SampleUnit.ticket)))
        secrets = {session.get_one(Wave, WAVE).draw_key, *session.scalars(select(Party.part))}
    pages = _pages(Visitor(app, role))
    assert len(pages) > 3
    for (path, text), hidden in product(pages.items(), drawn | tickets | secrets):
        assert hidden not in text, (role, path)


def test_an_interviewer_learns_of_one_household_at_a_time(app):
    visitor = Visitor(app, INTERVIEWER)
    page = visitor.post("/interview/next", {})
    with _database(app).reading() as session:
        drawn = set(session.scalars(select(SampleUnit.unit)))
    assert len({unit for unit in drawn if unit in page.html + page.path}) == 1
