"""Posters are counted, watched and looked at; what somebody found in the street is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.models import Inspection, ScanCount
from feedback.posters.operations import badges, fleet, posters
from feedback.posters.queries import badges as badge_queries
from feedback.posters.queries import inspections
from feedback.posters.rules.requests import InspectionFinding
from huying.base.errors import Conflict, Invalid, NotFound

CODE = "7K3M9QDA"
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


def hang(town, *, ago):
    with town.database.transaction() as session:
        posters.mark_posted(session, CODE, now=town.now - ago, by="keeper")


def scan(town, *, ago, times=1, code=CODE):
    hour = (town.now - ago).replace(minute=0, second=0, microsecond=0)
    with town.database.transaction() as session:
        fleet.store_scans(session, {(code, hour): times})


def open_due(town) -> list[str]:
    with town.database.transaction() as session:
        fleet.open_due(session, now=town.now)
    with town.database.reading() as session:
        return [inspection.why for inspection, _poster in inspections.waiting(session, most=9)]


def look(town, *, genuine=True, note="", photo=None, at=None):
    with town.database.transaction() as session:
        return fleet.look(
            session,
            town.poster(session),
            InspectionFinding(genuine=genuine, note=note, photo=photo),
            by="keeper",
            now=at or town.now,
        )


def test_counts_are_added_to_those_of_the_same_hour(town):
    scan(town, ago=HOUR, times=3)
    scan(town, ago=HOUR, times=2)
    scan(town, ago=5 * HOUR)
    scan(town, ago=HOUR, code="NOSUCH00")
    with town.database.reading() as session:
        poster = town.poster(session)
        assert inspections.scans_of(session, poster, since=town.now - WEEK) == 6
        assert inspections.scans_of(session, poster, since=town.now - 3 * HOUR) == 5
        assert session.query(ScanCount).count() == 2
        assert poster.last_scan_at == (town.now - HOUR).replace(minute=0, second=0, microsecond=0)


def test_a_busy_poster_that_falls_silent_is_to_be_looked_at(town):
    hang(town, ago=10 * WEEK)
    with town.database.transaction() as session:
        other = posters.issue(session, grid_code="G1", location="公告栏", now=town.now - 10 * WEEK).code
    for week in range(8):
        scan(town, ago=week * WEEK + HOUR, times=40, code=other)
        if week >= 4:
            scan(town, ago=week * WEEK + HOUR, times=10)
    assert open_due(town) == ["silent"]
    assert open_due(town) == ["silent"], "one at a time"


def test_when_the_whole_city_is_quiet_no_poster_is_suspect(town):
    hang(town, ago=10 * WEEK)
    for week in range(4, 8):
        scan(town, ago=week * WEEK + HOUR, times=10)
    assert open_due(town) == []


def test_every_poster_is_looked_at_every_ninety_days(town):
    hang(town, ago=timedelta(days=89))
    assert open_due(town) == []
    hang_again = timedelta(days=90)
    with town.database.transaction() as session:
        town.poster(session).posted_at = town.now - hang_again
    assert open_due(town) == ["routine"]


def test_what_was_found_closes_the_inspection_and_is_kept(town):
    with town.database.transaction() as session:
        fleet.open_for(session, town.poster(session), why="reported", now=town.now)
        fleet.open_for(session, town.poster(session), why="routine", now=town.now)
    found = look(town, note=" 被小广告盖住 ", genuine=False, photo=b"jpeg")
    assert (found.why, found.genuine, found.note, found.done_by) == (
        "reported",
        False,
        "被小广告盖住",
        "keeper",
    )
    assert open_due(town) == []
    with town.database.reading() as session:
        assert inspections.photo_of(session, found.id) == b"jpeg"
        assert town.poster(session).last_genuine_at is None
        assert [each.id for each in inspections.looks_at(session, town.poster(session))] == [found.id]


def test_a_look_without_an_inspection_stands_for_itself(town):
    hang(town, ago=timedelta(days=200))
    look(town)
    with town.database.reading() as session:
        poster = town.poster(session)
        assert (poster.last_genuine_at, poster.last_genuine_by) == (town.now, "keeper")
        assert session.scalars(select(Inspection)).one().why == "routine"
    assert open_due(town) == []


def test_reports_of_residents_come_first(town):
    with town.database.transaction() as session:
        other = posters.issue(session, grid_code="G1", location="公告栏", now=town.now)
        fleet.open_for(session, other, why="routine", now=town.now - WEEK)
        fleet.open_for(session, town.poster(session), why="reported", now=town.now)
    assert open_due(town) == ["reported", "routine"]


def test_a_retired_poster_is_left_alone(town):
    hang(town, ago=timedelta(days=200))
    with town.database.transaction() as session:
        posters.retire(session, CODE, reason="torn", replaced_by=None, now=town.now)
    assert open_due(town) == []
    with pytest.raises(Conflict):
        look(town)


def test_too_long_a_note_and_no_photo_are_refused(town):
    with pytest.raises(Invalid):
        look(town, note="长" * 201)
    found = look(town)
    with town.database.reading() as session, pytest.raises(NotFound):
        inspections.photo_of(session, found.id)


def test_a_badge_is_found_by_either_code_however_typed(town):
    with town.database.transaction() as session:
        made = badges.issue(session, worker_code="W1", now=town.now)
    spaced = f"{made.dial_code[:3]} {made.dial_code[3:]}"
    with town.database.reading() as session:
        for typed in (made.code, made.code.lower(), spaced):
            assert badge_queries.find(session, typed).id == made.id
        for typed in ("", "x", CODE, "572004"):
            with pytest.raises(NotFound):
                badge_queries.find(session, typed)


def test_a_new_badge_ends_the_worker_s_earlier_one(town):
    with town.database.transaction() as session:
        first = badges.issue(session, worker_code="W1", now=town.now)
        second = badges.issue(session, worker_code="W1", now=town.now)
        assert (first.retired_at, second.retired_at) == (town.now, None)
        assert badges.issue(session, worker_code="W1", now=town.now, once="form-0123456789ab").id != second.id
        same = badges.issue(session, worker_code="W1", now=town.now, once="form-0123456789ab")
        assert len(badge_queries.of_worker(session, "W1")) == 3
        badges.retire(session, same.code, reason="left", now=town.now)
        with pytest.raises(Conflict):
            badges.retire(session, same.code, reason="left", now=town.now)


def test_no_badge_and_no_poster_share_a_code(town):
    with town.database.transaction() as session:
        with pytest.raises(Conflict):
            badges.issue(session, worker_code="W1", now=town.now, payload="7K3M9Q")
        with pytest.raises(Conflict):
            badges.issue(session, worker_code="W1", now=town.now, dial_payload="57200")
        badges.issue(session, worker_code="W1", now=town.now, payload="HAPPY7")
        with pytest.raises(Conflict):
            posters.issue(session, grid_code="G1", location="门口", now=town.now, payload="HAPPY7")


def test_who_is_not_in_service_gets_no_badge(town):
    with town.database.transaction() as session, pytest.raises(Invalid):
        badges.issue(session, worker_code="W7", now=town.now)
