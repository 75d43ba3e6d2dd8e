"""Periods: ISO weeks of civil days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from huying.deposit.periods import first_day, period_bounds, period_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
@settings(deadline=None)
def test_every_day_lies_in_its_period_and_names_sort_as_weeks_do(day: date) -> None:
    monday = first_day(period_of(day))
    assert monday <= day < monday + timedelta(days=7)
    assert period_of(day) < period_of(day + timedelta(days=7))


def test_a_week_begins_on_monday_at_local_midnight() -> None:
    start, stop = period_bounds("2026W48", tz=SHANGHAI)
    assert start == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert stop == datetime(2026, 11, 29, 16, 0, tzinfo=UTC)


def test_weeks_follow_each_other_across_a_change_of_clocks() -> None:
    new_york = ZoneInfo("America/New_York")
    start, stop = period_bounds("2025W10", tz=new_york)
    assert stop - start == timedelta(days=7, hours=-1)
    assert period_bounds("2025W11", tz=new_york)[0] == stop


def test_the_year_is_the_weeks_own() -> None:
    assert period_of(date(2027, 1, 3)) == "2026W53"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026W00",
        "2025W53",
        "2026W54",
        "2026-W48",
        "2026w48",
        "26W48",
        "2026W48\n",
        "２０２６W48",
        "0000W01",
    ],
)
def test_a_week_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="周期"):
        first_day(name)
