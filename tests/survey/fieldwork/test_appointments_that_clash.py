"""Appointments clash where more are made for the same ten minutes than seats can take."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.rules.board.clashes import AT_ONCE, ClashKind, ComingAppointment, by_half_hour, clashes
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)


def coming(*minutes: int, **more: object) -> list[ComingAppointment]:
    return [ComingAppointment(NOW + n * MINUTE, **more) for n in minutes]


def test_as_many_as_there_are_seats_fit_and_one_more_does_not():
    assert clashes(coming(0, 5), seats=2, speakers={}) == []
    (found,) = clashes(coming(0, 5, 9), seats=2, speakers={})
    assert (found.kind, found.start, found.wanted, found.able) == (ClashKind.SEATS, NOW, 3, 2)


def test_ten_minutes_later_the_seat_is_free_again():
    assert clashes(coming(0, 10, 20), seats=1, speakers={}) == []


def test_two_that_want_the_same_person_clash_however_many_sit_there():
    (found,) = clashes(coming(3, 8, pinned=7) + coming(5, pinned=8), seats=9, speakers={})
    assert (found.kind, found.of, found.wanted, found.able) == (ClashKind.PINNED, 7, 2, 1)


def test_a_language_that_nobody_at_work_speaks_clashes_with_its_first_appointment():
    (found,) = clashes(coming(30, language="yue"), seats=9, speakers={"wuu": 3})
    assert (found.kind, found.of, found.wanted, found.able) == (ClashKind.LANGUAGE, "yue", 1, 0)
    assert clashes(coming(30, language="yue"), seats=9, speakers={"yue": 1}) == []


def test_a_crowd_is_told_once():
    assert len(clashes(coming(*range(8)), seats=2, speakers={})) == 1
    assert [each.start for each in clashes(coming(0, 1, 30, 31), seats=1, speakers={})] == [
        NOW,
        NOW + 30 * MINUTE,
    ]


def test_half_hours_count_what_begins_in_them():
    assert by_half_hour(coming(0, 29, 31)) == {NOW: 2, NOW + 30 * MINUTE: 1}


@given(st.lists(st.integers(0, 240), max_size=25), st.integers(0, 5))
def test_a_clash_is_told_exactly_where_some_ten_minutes_hold_too_many(minutes, seats):
    found = clashes(coming(*minutes), seats=seats, speakers={})
    crowded = any(
        sum(start <= other < start + AT_ONCE // MINUTE for other in minutes) > seats for start in minutes
    )
    assert bool(found) == crowded
    assert all(each.wanted > each.able for each in found)
