"""A scan gets its page at once, whatever holds the database; it is counted later, and isn't lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import select

from feedback.models import ScanCount
from feedback.posters.operations import fleet
from feedback.posters.rules import scans
from tests.feedback.neighbourhood import POSTER


def _stored(backstage) -> int:
    with backstage.ground.database.reading() as session:
        return sum(row.scans for row in session.scalars(select(ScanCount)))


def test_while_a_long_command_writes_every_scan_gets_its_page_and_is_counted_later(app, resident, backstage):
    tally, database = app.extensions["scans"], backstage.ground.database
    file = database.engine.url.database
    app.extensions["scans"]._since -= scans.FLUSH_SECONDS
    with closing(sqlite3.connect(file, isolation_level=None)) as command:
        command.execute("BEGIN IMMEDIATE")
        for _n in range(3):
            assert resident.open(f"/{POSTER}").status == 200
        command.execute("ROLLBACK")
    assert _stored(backstage) == 0, "no request has stored anything"

    def fail(_counts):
        raise OSError("no space left")

    def store(counts):
        with database.transaction() as session:
            fleet.store_scans(session, counts)

    assert not scans.hand_over(tally.take_due, tally, fail)
    resident.open(f"/{POSTER}")
    assert scans.hand_over(tally.take, tally, store)
    assert _stored(backstage) == 4
    assert scans.hand_over(tally.take, tally, fail), "there is nothing left"
