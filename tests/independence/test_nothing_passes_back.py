"""Whether or not anybody was drawn and called: public pages and deposits are equal, byte for byte."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from demo import people, survey
from demo.city import WaveSize, build
from demo.make import take
from demo.place import DemoFolder
from feedback.app import create_app
from feedback.deposit import operations as deposit
from huying.base import clock
from huying.base.phones import Vault
from huying.deposit.periods import period_of
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.campaigns.operations import freeze as campaign
from survey.campaigns.queries import offers
from survey.campaigns.rules.request import CampaignRequest
from survey.deposits import rules as recipient
from survey.kinds import TEST_CALL
from survey.waves.operations import release
from tests.support.crawl import crawl
from tests.support.street import SEED, SIZE, copied, street
from tests.survey.stories import Interviewer, dice_after, drawn, enrol

__all__ = ["street"]

MANY, ENOUGH = 100, 10
HOTLINE = "+99920000001"
FEW = replace(SIZE, waves=(WaveSize(sample=3, replicate=1, plan=2),), sample_where_listed=4)
BEGIN = ("/", "/desk", "/DEM00ATE", "/track")
FRESH = "/account/second-factor"
"""Shows a secret that is made at each look: it differs from itself."""

LOGINS = (None, *(person.login for person in people.PUBLIC))


@pytest.fixture
def quiet(street: Path, tmp_path: Path) -> DemoFolder:
    """The street before anybody was drawn: its public side, and another that has taken a deposit of it."""
    found = copied(street, tmp_path / "quiet")
    for path in (found.data / "survey").glob("survey.db*"):
        path.unlink()
    theirs = Database(found.survey().database_url)
    upgrade("survey", theirs)
    take(found, theirs, min((found.data / "deposits").iterdir()).read_bytes(), now=clock.now())
    theirs.dispose()
    # Made on first use; both copies are to hold the same.
    found.public().keys.text("scan-stamp")
    return found


def _draw_and_call(place: DemoFolder, now: datetime) -> None:
    keys = place.survey().keys
    theirs = Database(place.survey().database_url)
    bench = survey.Bench(theirs, Vault(keys), recipient.opener(keys), build(SEED, size=FEW))
    survey.found(bench, now=now)
    assert survey.call(bench, "wave", begin=survey.ceremony(bench, "wave", now=now)).completes > ENOUGH
    theirs.dispose()


def _look_into_the_deposit(place: DemoFolder, now: datetime) -> None:
    """Draw what the deposit tells, and call: a campaign is the judges' own affair, too."""
    keys = place.survey().keys
    theirs = Database(place.survey().database_url)
    with theirs.transaction() as session:
        kind = offers.now(session).kinds[0]
        line = HOTLINE if kind == TEST_CALL else ""
        asked = CampaignRequest("F1", kind, ENOUGH, dice_after(now), hours="any", hotline=line)
        campaign.freeze(session, asked, vault=Vault(keys), now=now)
        drawn(session, "F1", now=now)
        release.open_field(session, "F1", now=now)
    person = Interviewer(theirs, enrol(theirs, first=90)[0], vault=Vault(keys))
    assert person.takes_next(now) is not None
    assert person.dials(now)
    theirs.dispose()


def _pages(place: DemoFolder, now) -> dict[tuple[str | None, str], bytes]:
    """Every page that any account of the public side can reach by links, and what nobody signed in sees."""
    app = create_app(place.public())
    with time_machine.travel(now, tick=False):
        found = {login: crawl(app, login, begin=BEGIN) for login in LOGINS}
    app.extensions["huying"].database.dispose()
    return {(login, path): body for login, pages in found.items() for path, body in pages.items()}


def _next_deposit(place: DemoFolder, now: datetime) -> bytes:
    settings = place.public()
    database = Database(settings.database_url)
    week = period_of(clock.local(now).date() - timedelta(weeks=1))
    with database.transaction() as session:
        made = deposit.make(session, period=week, keys=settings.keys, origin=settings.origin, now=now)
    database.dispose()
    return made.file


def test_a_draw_and_its_calls_leave_no_trace_on_the_public_side(tmp_path: Path, quiet: DemoFolder):
    now = clock.now()
    called = DemoFolder(
        Path(shutil.copytree(quiet.data, tmp_path / "called")), quiet.public_port, quiet.survey_port
    )
    _draw_and_call(called, now)
    _look_into_the_deposit(called, now)

    later = now + timedelta(weeks=4)
    before, after = _pages(quiet, later), _pages(called, later)
    assert len(before) > MANY
    assert before.keys() == after.keys()
    assert [page for page in before if before[page] != after[page] and not page[1].startswith(FRESH)] == []
    assert _next_deposit(quiet, later) == _next_deposit(called, later)
