"""What nobody covers: no gap goes unnoticed, and none is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback.duty.rules import DutyRow, live_duty
from feedback.roster.rules.gaps import Gap, gaps, vacant_hours

ZERO = datetime(2025, 11, 22, tzinfo=UTC)


def at(hour: int) -> datetime:
    return ZERO + timedelta(hours=hour)


@st.composite
def rosters(draw):
    spans = draw(st.lists(st.tuples(st.integers(-5, 30), st.integers(1, 20) | st.none()), max_size=6))
    rows = [
        DutyRow("G", "W", layer % 4, at(start), None if length is None else at(start + length))
        for layer, (start, length) in enumerate(spans)
    ]
    return [replace(row, retracted_at=draw(st.sampled_from([None, None, ZERO]))) for row in rows]


@given(rows=rosters())
def test_an_hour_is_in_a_gap_exactly_when_nobody_is_on_duty(rows):
    found = gaps(rows, start=at(0), end=at(24))
    for hour in range(24):
        in_gap = any(gap.start <= at(hour) < gap.end for gap in found)
        assert in_gap is (live_duty(rows, at=at(hour)) is None)


@given(rows=rosters())
def test_gaps_come_in_order_and_never_touch(rows):
    found = gaps(rows, start=at(0), end=at(24))
    edges = [edge for gap in found for edge in (gap.start, gap.end)]
    assert edges == sorted(set(edges))
    assert vacant_hours(rows, start=at(0), end=at(24)) == sum(gap.hours for gap in found)


def test_the_length_of_gaps_is_told_in_hours():
    rows = [DutyRow("G", "W", 0, at(2), at(5)), DutyRow("G", "W", 0, at(6), at(23))]
    assert [gap.hours for gap in gaps(rows, start=at(0), end=at(24))] == [2, 1, 1]
    assert vacant_hours(rows, start=at(0), end=at(24)) == 4


def test_a_grid_that_nobody_ever_held_is_one_gap():
    assert gaps([], start=at(0), end=at(24)) == [Gap(at(0), at(24))]
    assert gaps([], start=at(0), end=at(0)) == []
