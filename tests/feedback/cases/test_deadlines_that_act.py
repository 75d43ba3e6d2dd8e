"""A deadline that passes is told upwards, each once; what idles is flagged; working days follow the list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from feedback.cases.operations import clock, handling
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import deadlines, pauses
from feedback.cases.rules.custody import CustodyStep
from feedback.cases.rules.escalation import DUE, FURTHER, Deadlines, passed
from feedback.cases.rules.idling import SILENCE, idling
from feedback.models import Case, Escalation
from huying.base import working_days
from huying.base.errors import Invalid

HOUR = timedelta(hours=1)
ZERO = datetime(2026, 11, 23, 2, tzinfo=UTC)
TERMS = Deadlines(ZERO + 2 * HOUR, ZERO + 24 * HOUR, 24 * HOUR)


@settings(deadline=None)
@given(hours=st.lists(st.integers(-50, 4000), min_size=1, max_size=12), taken_up=st.booleans())
def test_each_deadline_is_told_once_whatever_the_clock_does(hours, taken_up):
    told: list[int] = []
    for hour in hours:
        for each in passed(TERMS, taken_up=taken_up, told=frozenset(told), now=ZERO + hour * HOUR):
            assert each.at <= ZERO + hour * HOUR
            told.append(each.number)
    assert len(told) == len(set(told))
    further = [number for number in told if number >= FURTHER]
    assert further == sorted(further)
    if max(hours) >= 24:
        assert DUE in told
    assert (0 in told) is (not taken_up and max(hours) >= 2)


@pytest.mark.parametrize(
    ("hours", "levels"),
    [
        (1, []),
        (2, ["head"]),
        (24, ["head", "street"]),
        (48, ["head", "street", "district"]),
        (24 * 365, ["head", "street", "district"]),
    ],
)
def test_the_head_is_told_first_then_the_street_then_the_district(hours, levels):
    found = passed(TERMS, taken_up=False, told=frozenset(), now=ZERO + hours * HOUR)
    assert [each.level for each in found] == levels


def _step(hour, holder, event="whistle", turn=1):
    return CustodyStep(ZERO + hour * HOUR, event, "worker", holder, turn)


@pytest.mark.parametrize(
    ("steps", "hour", "why"),
    [
        ([], 0, ""),
        ([_step(0, "worker")], 71, ""),
        ([_step(0, "worker")], 72, "silent"),
        ([_step(0, "worker"), _step(1, "resident", "ask")], 90, ""),
        ([_step(0, "worker"), _step(1, "dept:a"), _step(2, "worker", "done")], 3, ""),
        ([_step(0, "worker"), _step(1, "unit", "handover"), _step(2, "worker", "handover")], 3, ""),
        ([_step(0, "unit"), _step(1, "dept:a"), _step(2, "unit", "return")], 3, "returned"),
        ([_step(0, "dept:a", "refuse"), _step(1, "dept:b", "refuse")], 3, "refused"),
        ([_step(0, "dept:a", "refuse"), _step(1, "unit", "contest", 2)], 3, ""),
        ([_step(0, "worker"), _step(1, "", "confirm")], 900, ""),
    ],
)
def test_a_case_idles_that_goes_round_or_stands(steps, hour, why):
    assert timedelta(hours=72) == SILENCE
    assert idling(steps, now=ZERO + hour * HOUR) == why


def test_a_whistle_that_nobody_answers_climbs_and_restarts_tell_nothing_twice(town):
    case = town.open().case
    town.answer(case)
    town.whistle(case)
    for hours in (23, 24, 24, 71, 80, 24 * 30, 24, 24 * 30):
        with town.database.transaction() as session:
            clock.tick(session, now=town.now + hours * HOUR)
    with town.database.reading() as session:
        rows = session.scalars(select(Escalation).where(Escalation.whistle_id.is_not(None))).all()
        assert [(row.kind, row.level) for row in rows] == [
            ("accept", "head"),
            ("due", "street"),
            ("further", "district"),
        ]
        found = session.get_one(Case, case.id)
        assert found.holder == "dept:water", "it informs and moves nothing"
        assert found.idling == "silent"


def test_what_was_imported_as_declared_long_ago_ends_by_rule(town):
    case = town.declared(contact=None)
    with town.database.transaction() as session:
        session.get_one(Case, case.id).source = "import"
    with town.database.transaction() as session:
        assert handling.lapse(session, now=town.now + timedelta(days=400)) == 1
        assert session.get_one(Case, case.id).state == "unconfirmed"


def test_a_clock_that_was_put_back_gives_nobody_negative_time(town):
    case = town.open().case
    town.answer(case, at=town.now + 5 * HOUR)
    town.whistle(case, at=town.now - 40 * HOUR)
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        assert [step.at for step in found.steps] == sorted(step.at for step in found.steps)
        hours = case_queries.custody_hours(found, now=town.now + 7 * HOUR)
    assert hours == {"worker": 5, "dept:water": 2}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-11-21", False),
        ("2026-11-23", True),
    ],
)
def test_days_off_and_days_worked_instead_follow_the_official_list(day, works):
    assert working_days.official().works(date.fromisoformat(day)) is works


def test_a_year_without_a_list_has_its_weekdays():
    calendar = working_days.read([])
    assert calendar.works(date(2031, 1, 1))
    assert 2031 not in calendar.years


@pytest.mark.parametrize("line", ["maybe 2026-01-01", "off 2026-13-01", "off"])
def test_a_list_with_a_fault_names_its_line(line):
    with pytest.raises(Invalid, match="第 2 行"):
        working_days.read([f"off 2026-01-01\n{line}"])


@given(start=st.dates(date(2026, 1, 1), date(2026, 11, 30)), days=st.integers(1, 9))
def test_that_many_working_days_lie_between(start, days):
    calendar = working_days.official()
    end = working_days.add(start, days, calendar=calendar)
    passed_by = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(calendar.works, passed_by)) == days
    assert calendar.works(end)


def test_calling_back_waits_for_no_holiday():
    before_the_holidays = datetime(2026, 9, 30, 4, tzinfo=UTC)
    by = deadlines.call_back_by("life", since=before_the_holidays, calendar=working_days.official())
    assert by == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("hours", "signed", "event"),
    [(23, False, ""), (24, False, "void"), (24, True, ""), (47, True, ""), (48, True, "resume")],
)
def test_a_pause_ends_by_the_clock(hours, signed, event):
    now, until = ZERO + hours * HOUR, ZERO + 48 * HOUR
    assert pauses.ends(asked_at=ZERO, until=until, countersigned=signed, now=now) == event


@pytest.mark.parametrize(("hours", "fits"), [(0, False), (1, True), (90 * 24, True), (90 * 24 + 1, False)])
def test_a_pause_lies_ahead_and_lasts_three_months_at_most(hours, fits):
    if fits:
        pauses.check(ZERO + hours * HOUR, now=ZERO)
        return
    with pytest.raises(Invalid):
        pauses.check(ZERO + hours * HOUR, now=ZERO)
