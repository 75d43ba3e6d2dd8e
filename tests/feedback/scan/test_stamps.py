"""The stamp in the scan page's address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback.codes import ALPHABET
from feedback.scan.rules import stamps

KEY = bytes(range(32))
CODE = "7K3M9QDA"
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants, st.integers(0, 600))
def test_a_stamp_holds_for_ten_minutes(at: datetime, seconds: int) -> None:
    at = at.replace(microsecond=0)
    assert stamps.holds(
        stamps.make(KEY, code=CODE, at=at), KEY, code=CODE, now=at + timedelta(seconds=seconds)
    )


@given(instants, st.integers(601, 10**8) | st.integers(-(10**8), -1))
def test_an_old_stamp_and_one_from_the_future_are_refused(at: datetime, seconds: int) -> None:
    at = at.replace(microsecond=0)
    now = at + timedelta(seconds=seconds)
    assert not stamps.holds(stamps.make(KEY, code=CODE, at=at), KEY, code=CODE, now=now)


@given(instants)
def test_another_poster_or_another_key_refuses_the_stamp(at: datetime) -> None:
    stamp = stamps.make(KEY, code=CODE, at=at)
    assert not stamps.holds(stamp, KEY, code="HAPPY7CM", now=at)
    assert not stamps.holds(stamp, bytes(32), code=CODE, now=at)


@given(st.text(max_size=30))
def test_what_was_not_made_here_is_refused(text: str) -> None:
    assert not stamps.holds(text, KEY, code=CODE, now=datetime(2026, 11, 23, tzinfo=UTC))


@given(instants)
def test_the_mac_is_eight_symbols_of_the_codes_alphabet(at: datetime) -> None:
    _, _, mac = stamps.make(KEY, code=CODE, at=at).partition(".")
    assert len(mac) == 8
    assert set(mac) <= set(ALPHABET)
