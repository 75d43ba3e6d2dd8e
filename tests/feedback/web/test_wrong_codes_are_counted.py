"""Whoever tries many codes waits for the next hour; whoever mistypes doesn't, and nobody fills the memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.web.rules.guesses import Guesses

HOUR = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def tried(guesses: Guesses, times: int, *, address: str = "a", now: datetime = HOUR) -> Guesses:
    for _ in range(times):
        guesses.note(address, now=now)
    return guesses


@pytest.mark.parametrize(("times", "held"), [(0, False), (59, False), (60, True), (61, True)])
def test_sixty_wrong_codes_in_an_hour_are_enough(times, held):
    assert tried(Guesses(), times).held("a", now=HOUR + timedelta(minutes=59)) is held


@given(tries=st.lists(st.sampled_from("abc"), max_size=200))
def test_each_address_answers_for_its_own_tries(tries):
    guesses = Guesses()
    for address in tries:
        guesses.note(address, now=HOUR)
    assert {a for a in "abc" if guesses.held(a, now=HOUR)} == {a for a in "abc" if tries.count(a) >= 60}


def test_every_hour_begins_anew():
    guesses = tried(Guesses(), 60, now=HOUR - timedelta(microseconds=1))
    assert guesses.held("a", now=HOUR - timedelta(minutes=60))
    assert not guesses.held("a", now=HOUR)


def test_an_address_that_nobody_knows_is_never_held():
    assert not tried(Guesses(), 100, address="").held("", now=HOUR)


def test_ten_thousand_addresses_are_remembered_and_no_more():
    guesses = Guesses()
    for number in range(9_999):
        guesses.note(f"10.0.{number}", now=HOUR)
    tried(guesses, 60, address="the ten-thousandth")
    tried(guesses, 60, address="one more")
    tried(guesses, 59, address="10.0.0")
    held = [each for each in ("the ten-thousandth", "one more", "10.0.0") if guesses.held(each, now=HOUR)]
    assert held == ["the ten-thousandth", "10.0.0"]
