"""One clock, civil time of one place; and every refusal with its sentence and its status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base import clock, errors
from huying.base.i18n import lazy, speaking

LATE = datetime(2026, 11, 23, 16, 5, 9, tzinfo=UTC)
"""Five past midnight of the next day, where people are served."""


def test_now_is_an_instant_of_utc():
    before = datetime.now(UTC)
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_local_time_is_the_same_instant_eight_hours_on(at):
    assert clock.local(at) == at
    assert clock.local(at).utcoffset() == timedelta(hours=8)


def test_instants_are_written_in_three_ways():
    assert clock.civil_minute(LATE) == "2026-11-24T00:05"
    assert clock.day(LATE) == "2026-11-24"
    assert clock.iso(LATE) == clock.iso(clock.local(LATE)) == "2026-11-23T16:05:09Z"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Refused, 409),
        (errors.Invalid, 422),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Gone, 410),
        (errors.Conflict, 409),
    ],
)
def test_a_refusal_has_a_status_and_a_sentence(kind, status):
    refusal = kind("因为这样。")
    assert isinstance(refusal, errors.Refused)
    assert (refusal.status, refusal.message, str(refusal)) == (status, "因为这样。", "因为这样。")
    assert kind("因为这样。", status=418).status == 418
    assert kind.status == status


def test_a_refusal_is_said_in_the_language_of_who_asked():
    later = lazy("没有这个网格。")
    with speaking("en"):
        refusal = errors.NotFound(later)
    assert refusal.message == str(refusal) == "There is no such grid."
