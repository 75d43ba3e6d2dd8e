"""Night is quiet but for life, property and what was asked for just then; a busy carrier is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.messaging import hours
from huying.messaging.hours import ASKED, URGENT, USUAL

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("local", "quiet"),
    [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_quiet_from_nine_to_eight(local, quiet):
    hour, minute = map(int, local.split(":"))
    at = datetime(2026, 11, 23, hour, minute, tzinfo=CHINA)
    assert hours.is_quiet(at, timezone=CHINA) is quiet
    assert hours.goes(USUAL, at=at, timezone=CHINA) is not quiet
    assert hours.goes(URGENT, at=at, timezone=CHINA)
    assert hours.goes(ASKED, at=at, timezone=CHINA)


@given(st.integers(0, 365 * 24 * 60))
def test_what_waits_for_the_morning_goes_within_eleven_hours(minutes):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    if hours.is_quiet(at, timezone=CHINA):
        morning = hours.morning_after(at, timezone=CHINA)
        assert timedelta() < morning - at <= timedelta(hours=11)
        assert not hours.is_quiet(morning, timezone=CHINA)


@given(st.integers(1, 10**6), st.integers(1, 20))
def test_each_wait_is_longer_and_the_last_is_an_end(identity, attempts):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    again = hours.again_at(identity, attempts=attempts, now=now)
    assert (again is None) == (attempts > len(hours.BACKOFF))
    if again is not None:
        minutes = timedelta(minutes=hours.BACKOFF[attempts - 1])
        assert minutes <= again - now <= minutes * 1.25
