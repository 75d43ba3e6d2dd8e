"""A poster that nobody scans for too long is looked at: one false alarm in three years, by chance alone."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.posters.rules.silence import LEAST_RATE, WEEK, is_silent, longest_silence, rate

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(("weekly", "days"), [(1, 35.4), (2, 20.1), (5, 9.3), (20, 2.8)])
def test_the_longest_silence_is_as_published(weekly, days):
    assert longest_silence(weekly) / timedelta(days=1) == pytest.approx(days, abs=0.05)


@given(weekly=st.floats(0.25, 200))
def test_so_long_a_pause_comes_once_in_156_weeks(weekly):
    longest = longest_silence(weekly) / WEEK
    assert weekly * longest == pytest.approx(math.log(1 + 156 * weekly))


def test_too_few_scans_raise_no_alarm():
    assert longest_silence(LEAST_RATE - 1e-9) is None
    assert not is_silent(NOW - timedelta(days=9999), rate=0.0, now=NOW)


@given(low=st.floats(0.25, 200), more=st.floats(1.01, 5))
def test_the_busier_a_poster_the_sooner_its_silence_tells(low, more):
    assert longest_silence(low * more) < longest_silence(low)


@given(weekly=st.floats(0.25, 200))
def test_an_alarm_comes_after_the_longest_silence_and_not_at_it(weekly):
    longest = longest_silence(weekly)
    assert not is_silent(NOW - longest, rate=weekly, now=NOW)
    assert is_silent(NOW - longest - timedelta(seconds=1), rate=weekly, now=NOW)


@given(scans=st.integers(0, 10_000), pace=st.floats(0.01, 10), usual=st.floats(0.01, 10))
def test_a_city_that_is_quiet_makes_every_poster_s_silence_longer(scans, pace, usual):
    assert rate(scans, city_now=pace, city_usual=usual) == pytest.approx(scans / 8 * pace / usual)
    assert rate(scans, city_now=5.0, city_usual=0.0) == scans / 8


@pytest.mark.parametrize("weekly", [1, 2, 5, 20])
def test_scans_by_chance_raise_one_false_alarm_in_156_weeks_on_the_mean(weekly):
    chance = random.Random(weekly)
    longest = longest_silence(weekly) / WEEK
    weeks = alarms = 0.0
    for _pause in range(400_000):
        pause = chance.expovariate(weekly)
        weeks += min(pause, longest)
        alarms += pause > longest
    assert weeks / alarms == pytest.approx(156, rel=0.12)
