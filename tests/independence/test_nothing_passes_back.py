"""Whether or not anybody was drawn and called: public pages and deposits are equal, byte for byte."""

from __future__ import annotations

import re
import shutil
from collections import deque
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from demo import people, public, survey
from demo.cases import Cases
from demo.city import build
from demo.make import carry, exchange_keys
from demo.place import Place
from feedback.app import create_app
from feedback.operations import deposit
from huying.db import Database
from huying.migrate import upgrade
from huying.phones import Vault
from survey.operations import recipient

SEED, MANY = 11, 100
MARK = re.compile(r'(name="(?:once|csrf_token)"[^>]*value=")[^"]*')
"""Marks that differ from one look at a form to the next."""

LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')
LOGINS = (None, *(person.login for person in people.PUBLIC))


@pytest.fixture(scope="module")
def city():
    """One street of the demo city."""
    return build(SEED, streets=("春",))


def _found(place: Place, city, now) -> None:
    ours = Database(place.public().database_url)
    upgrade("feedback", ours)
    vault = Vault(place.public().keys)
    poster = public.found(ours, city, vault=vault, now=now)
    Cases(city, now=now).until(ours, now, vault=vault)
    public.show(ours, poster, vault=vault, now=now)
    # Made on first use; both copies are to hold the same.
    place.public().keys.text("scan-stamp")
    ours.dispose()


def _deposit(place: Place, now) -> None:
    ours, theirs = Database(place.public().database_url), Database(place.survey().database_url)
    upgrade("survey", theirs)
    exchange_keys(place)
    carry(place, ours, theirs, now=now)
    ours.dispose()
    theirs.dispose()


def _draw_and_call(place: Place, city, now) -> None:
    keys = place.survey().keys
    theirs = Database(place.survey().database_url)
    bench = survey.Bench(theirs, Vault(keys), recipient.opener(keys), city)
    survey.found(bench, now=now)
    survey.call(bench, "wave", begin=survey.ceremony(bench, "wave", now=now))
    theirs.dispose()


def _pages(place: Place, now) -> dict[tuple[str | None, str], bytes]:
    """Every page that any account of the public side can reach by links, and what nobody signed in sees."""
    app = create_app(place.public())
    with time_machine.travel(now, tick=False):
        found = {(login, path): body for login in LOGINS for path, body in _crawl(app, login).items()}
    app.extensions["huying"].database.dispose()
    return found


def _crawl(app, login: str | None) -> dict[str, bytes]:
    client = app.test_client()
    if login:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
        client.post("/sign-in", data={"login": login, "password": people.PASSWORD, "csrf_token": token})
    seen: dict[str, bytes] = {}
    waiting = deque(["/", "/desk", "/DEM00ATE", "/track"])
    while waiting:
        path = waiting.popleft()
        if path in seen:
            continue
        answer = client.get(path)
        text = MARK.sub(r"\1", answer.text)
        headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
        seen[path] = f"{answer.status}\n{headers}\n{text}".encode()
        waiting.extend(link for link in LINK.findall(answer.text) if not link.startswith("/static/"))
        if answer.status_code == 303:
            waiting.append(answer.headers["Location"])
    return seen


def _next_deposit(place: Place, now) -> bytes:
    settings = place.public()
    database = Database(settings.database_url)
    with database.transaction() as session:
        made = deposit.make(session, period="2026W47", keys=settings.keys, origin=settings.origin, now=now)
    database.dispose()
    return made.file


def test_a_draw_and_its_calls_leave_no_trace_on_the_public_side(tmp_path: Path, city, now):
    called, quiet = Place(tmp_path / "called"), Place(tmp_path / "quiet")
    called.clear()
    _found(called, city, now)
    _deposit(called, now - timedelta(weeks=1))
    shutil.copytree(called.data, quiet.data)
    _draw_and_call(called, city, now)

    later = now + timedelta(weeks=4)
    before, after = _pages(quiet, later), _pages(called, later)
    assert len(before) > MANY
    assert before.keys() == after.keys()
    assert [page for page in before if before[page] != after[page]] == []
    assert _next_deposit(quiet, later) == _next_deposit(called, later)
