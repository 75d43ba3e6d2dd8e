"""Before the instant that its source names, no value is recorded; from it on, no part is sealed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Conflict, Invalid, Refused
from survey.drawing.beacon import drand_round
from survey.waves.rules import event_clock
from tests.conftest import NOW

QUICKNET = json.loads((Path(__file__).parents[2] / "vectors" / "draw" / "drand_quicknet.json").read_bytes())
INSTANTS = st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
SOURCES = ("dice:{},20d10", "dice:{},26d6", "lottery:ssq,2026139,{}")


def written(at: datetime, offset: timedelta) -> str:
    sign, minutes = ("-" if offset < timedelta() else "+"), abs(offset) // timedelta(minutes=1)
    return f"{at + offset:%Y-%m-%dT%H:%M}{sign}{minutes // 60:02}:{minutes % 60:02}"


@given(INSTANTS, OFFSETS, st.sampled_from(SOURCES))
def test_a_source_names_one_instant_whatever_offset_it_is_written_in(at, offset, source):
    assert event_clock.instant(source.format(written(at, offset))) == at


@given(INSTANTS, st.timedeltas(timedelta(-9), timedelta(9)))
def test_at_every_moment_either_parts_are_sealed_or_the_value_is_recorded(at, distance):
    source, now = SOURCES[0].format(written(at, timedelta(hours=8))), at + distance
    if now < at:
        event_clock.check_coming(source, now=now)
        event_clock.check_before(source, now=now)
        with pytest.raises(Refused, match="才发生"):
            event_clock.check_over(source, now=now)
        return
    event_clock.check_over(source, now=now)
    with pytest.raises(Invalid, match="已经过去"):
        event_clock.check_coming(source, now=now)
    with pytest.raises(Conflict, match="已经开始"):
        event_clock.check_before(source, now=now)


@pytest.mark.parametrize("offset", ["Z", "+00:00", "-12:00", "+09:00"])
@pytest.mark.parametrize("source", SOURCES)
def test_an_event_is_named_by_the_clock_that_hangs_here(source, offset):
    """Ten o'clock by another one is over, or far off, when everybody here throws."""
    event_clock.check_coming(source.format("2027-01-01T10:00+08:00"), now=NOW)
    with pytest.raises(Invalid, match="这里的钟"):
        event_clock.check_coming(source.format(f"2027-01-01T10:00{offset}"), now=NOW)


@given(st.integers(1, 10**9))
def test_a_round_of_drand_has_the_instant_from_which_on_it_is_in_force(number):
    chain, genesis, period = QUICKNET["chain_hash"], QUICKNET["genesis_time"], QUICKNET["period"]
    at = event_clock.instant(f"drand:{chain},{number}")
    assert at is not None
    assert drand_round(at, genesis=genesis, period=period) == number
    assert drand_round(at - timedelta(seconds=1), genesis=genesis, period=period) == number - 1


@pytest.mark.parametrize(
    "source",
    [
        "dice:x,20d10",
        "dice:2026-12-01T10:00,20d10",
        "dice:2026-13-01T10:00+08:00,20d10",
        "dice:2026-12-01T10:00+08:00",
        "dice:0001-01-01T00:00+08:00,20d10",
        "lottery:ssq,2026139",
        "lottery:ssq,2026139,soon",
        f"drand:{'0' * 64},5",
        f"drand:{QUICKNET['chain_hash']},0",
        f"drand:{QUICKNET['chain_hash']},{'9' * 12}",
        f"drand:{QUICKNET['chain_hash']},{'9' * 15}",
        "weather",
    ],
)
def test_a_source_that_names_no_instant_is_refused_where_one_is_needed(source):
    assert event_clock.instant(source) is None
    with pytest.raises(Invalid, match="写明时刻"):
        event_clock.check_coming(source, now=NOW)
