"""Whether or not anybody was drawn and called: public pages and deposits are equal, byte for byte."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from demo import people, public, survey
from demo.cases import Cases
from demo.city import SMALL, build
from demo.make import exchange_keys, leave, take
from demo.place import DemoFolder
from feedback.app import create_app
from feedback.deposit import operations
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.deposits import rules as deposit_keys
from tests.support.crawl import crawl

SEED, MANY = 11, 100
BEGIN = ("/", "/desk", "/DEM00ATE", "/track")
FRESH = "/account/second-factor"
"""Shows a secret that is made at each look: it differs from itself."""

LOGINS = (None, *(person.login for person in people.PUBLIC))


@pytest.fixture(scope="module")
def city():
    """One street of the demo city."""
    return build(SEED, size=SMALL.of("春"))


def _found(place: DemoFolder, city, now) -> None:
    ours = Database(place.public().database_url)
    upgrade("feedback", ours)
    vault = Vault(place.public().keys)
    poster = public.found(ours, city, vault=vault, now=now).poster
    Cases(city, weeks=8, now=now).until(ours, now, vault=vault)
    public.show(ours, poster, vault=vault, now=now)
    # Made on first use; both copies are to hold the same.
    place.public().keys.text("scan-stamp")
    ours.dispose()


def _deposit(place: DemoFolder, now) -> None:
    ours, theirs = Database(place.public().database_url), Database(place.survey().database_url)
    upgrade("survey", theirs)
    exchange_keys(place)
    take(place, theirs, leave(place, ours, now=now).read_bytes(), now=now)
    ours.dispose()
    theirs.dispose()


def _draw_and_call(place: DemoFolder, city, now) -> None:
    keys = place.survey().keys
    theirs = Database(place.survey().database_url)
    bench = survey.Bench(theirs, Vault(keys), deposit_keys.opener(keys), city)
    survey.found(bench, now=now)
    survey.call(bench, "wave", begin=survey.ceremony(bench, "wave", now=now))
    theirs.dispose()


def _pages(place: DemoFolder, now) -> dict[tuple[str | None, str], bytes]:
    """Every page that any account of the public side can reach by links, and what nobody signed in sees."""
    app = create_app(place.public())
    with time_machine.travel(now, tick=False):
        found = {login: crawl(app, login, begin=BEGIN) for login in LOGINS}
    app.extensions["huying"].database.dispose()
    return {(login, path): body for login, pages in found.items() for path, body in pages.items()}


def _next_deposit(place: DemoFolder, now) -> bytes:
    settings = place.public()
    database = Database(settings.database_url)
    with database.transaction() as session:
        made = operations.make(session, period="2026W47", keys=settings.keys, origin=settings.origin, now=now)
    database.dispose()
    return made.file


def test_a_draw_and_its_calls_leave_no_trace_on_the_public_side(tmp_path: Path, city, now):
    called, quiet = DemoFolder(tmp_path / "called"), DemoFolder(tmp_path / "quiet")
    called.clear()
    _found(called, city, now)
    _deposit(called, now - timedelta(weeks=1))
    shutil.copytree(called.data, quiet.data)
    _draw_and_call(called, city, now)

    later = now + timedelta(weeks=4)
    before, after = _pages(quiet, later), _pages(called, later)
    assert len(before) > MANY
    assert before.keys() == after.keys()
    assert [page for page in before if before[page] != after[page] and not page[1].startswith(FRESH)] == []
    assert _next_deposit(quiet, later) == _next_deposit(called, later)
