"""A release is made within a week of the field's end; later it is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from survey.waves.rules.deadlines import APPEAL, is_in_time, is_late

END = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("made", "in_time"),
    [(END - SECOND, True), (END + WEEK - SECOND, True), (END + WEEK, False), (None, False)],
)
def test_a_release_is_in_time_until_a_week_has_gone(made: datetime | None, in_time: bool) -> None:
    assert is_in_time(made, ended_at=END) is in_time


def test_a_field_without_an_end_is_never_late() -> None:
    assert is_in_time(END, ended_at=None)
    assert not is_in_time(None, ended_at=None)
    assert not is_late(None, now=END + 9 * WEEK)


def test_it_is_late_from_the_instant_at_which_the_week_has_gone() -> None:
    assert not is_late(END, now=END + WEEK - SECOND)
    assert is_late(END, now=END + WEEK)


def test_one_may_appeal_for_ninety_days() -> None:
    assert timedelta(days=90) == APPEAL
