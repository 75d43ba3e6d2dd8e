"""Days are read as people and spreadsheet programs write them; what may mean two days is never guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base import days
from huying.base.errors import Invalid

TODAY = date(2026, 11, 26)
DAYS = st.dates(date(1980, 1, 1), date(2046, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "2026/11/3",
        "2026.11.3",
        "20261103",
        "2026年11月3日",
        "2026年11月3号",
        "3-Nov-26",
        "03-Nov-2026",
        "3 November 2026",
        "46329",
        "２０２６－１１－０３",
        "2026-11-03 08:30",
        "2026-11-03T08:30:00",
        "2026/11/3 8:30:05",
        "2026年11月3日下午3时",
        "46329.354",
    ],
)
def test_a_day_is_read_in_every_usual_shape(text: str) -> None:
    assert days.read_day(text) == date(2026, 11, 3)


def test_a_day_counted_from_1904_is_the_same_day() -> None:
    assert days.read_day("44867", since=days.EPOCH_1904) == days.read_day("46329") == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-03 8:05", time(8, 5)),
        ("2026-11-03 下午3:05", time(15, 5)),
        ("2026年11月3日8时30分", time(8, 30)),
        ("2026-11-03 12:00 pm", time(12)),
        ("46329.5", time(12)),
        ("2026-11-03", None),
    ],
)
def test_a_time_beside_the_day_is_read(text: str, at: time | None) -> None:
    assert days.read_moment(text) == (date(2026, 11, 3), at)


@given(DAYS)
def test_a_day_written_in_any_shape_is_itself(day: date) -> None:
    serial = str((day - days.EPOCH_1900).days)
    shapes = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%Y", "%Y-%m-%d %H:%M"]
    assert {days.read_day(text) for text in [serial, *map(day.strftime, shapes)]} == {day}


@pytest.mark.parametrize("text", ["3/11/2026", "13/11/2026", "03.11.26", "26-11-3"])
def test_what_may_be_two_days_is_asked_for_and_not_guessed(text: str) -> None:
    with pytest.raises(Invalid, match="分不清"):
        days.read_day(text)


@pytest.mark.parametrize(
    "text", ["", "明天", "2026-02-30", "2026-13-01", "11月3日", "2026-11", "2026-11-03 25:00"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="不是日期"):
        days.read_day(text)


@pytest.mark.parametrize(
    "day", [date(1899, 12, 30), date(1979, 12, 31), date(2026, 11, 27), date(2062, 1, 1)]
)
def test_nothing_was_recorded_on_an_implausible_day(day: date) -> None:
    with pytest.raises(Invalid):
        days.check_past(day, today=TODAY)
    assert days.check_past(TODAY, today=TODAY) == TODAY


def test_a_plan_reaches_twenty_years_ahead() -> None:
    assert days.check_planned(date(2046, 12, 31), today=TODAY)
    with pytest.raises(Invalid, match="太远"):
        days.check_planned(date(2062, 11, 3), today=TODAY)


def test_a_sentence_does_not_repeat_a_telephone_number() -> None:
    with pytest.raises(Invalid) as refused:
        days.read_day("13800138000")
    assert "138" not in refused.value.message


@given(st.text(max_size=30))
def test_any_text_ends_in_a_day_or_in_a_sentence(text: str) -> None:
    with suppress(Invalid):
        days.read_moment(text)
