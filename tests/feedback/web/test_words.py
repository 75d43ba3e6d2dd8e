"""What pages call stretches of time and holders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback.web.views import labels

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.0, "0 分钟"), (0.5, "30 分钟"), (3.2, "3 小时"), (24.0, "1 天"), (52.0, "2 天 4 小时")],
)
def test_a_stretch_is_said_as_people_say_it(hours: float, said: str) -> None:
    assert labels.stretch(hours) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON, "今天 12:00"),
        (NOON - timedelta(hours=13), "昨天 23:00"),
        (NOON + timedelta(hours=12), "明天 00:00"),
        (NOON - timedelta(days=200), "5月7日 12:00"),
    ],
)
def test_a_moment_names_the_day_only_as_far_as_needed(at: datetime, said: str) -> None:
    assert labels.moment(at, NOON) == said


def test_a_deadline_says_how_long_is_left_or_since_when_it_has_passed() -> None:
    assert labels.left(NOON + timedelta(hours=2), NOON) == "还有 2 小时"
    assert labels.left(NOON - timedelta(days=1), NOON) == "已超时 1 天"


def test_a_department_is_called_by_its_name() -> None:
    assert labels.who("dept:water", {"water": "水务局"}) == "水务局"
    assert labels.who("worker") == "网格员"
    assert labels.who("resident") == "居民"


def test_a_login_is_never_shown_for_who_did_something() -> None:
    assert labels.who("wang.xiulan") == "工作人员"
