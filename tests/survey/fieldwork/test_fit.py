"""The current window's promise for a case: drawn by hash, ranked among the case's own windows."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from survey.fieldwork.rules import fit
from survey.fieldwork.rules.attempts import ContactResult, DialledAttempt
from survey.fieldwork.rules.fit import Season, WindowCounts
from survey.waves.rules.slots import WINDOWS

COUNTS = st.integers(0, 500).flatmap(lambda n: st.builds(WindowCounts, st.integers(0, n), st.just(n)))
FEW = st.integers(0, 6).flatmap(lambda n: st.builds(WindowCounts, st.integers(0, n), st.just(n)))
UNIT = st.text(alphabet="abcdef0123456789", min_size=1, max_size=14)


@given(COUNTS, COUNTS, FEW, UNIT)
def test_a_drawn_value_is_the_beta_quantile_in_whole_millionths(campaign, band, own, unit):
    mean = fit.expected(campaign, band)
    u = fit.uniform("seed", unit=unit, window="W3", day="2026-11-27")
    drawn = fit.draw_of(own, mean=mean, u=u)
    (theta,) = fit.thetas([drawn])
    a, b = 4 * mean + own.contacts, 4 * (1 - mean) + own.attempts - own.contacts
    assert theta == pytest.approx(stats.beta.ppf(u, a, b) * 1_000_000, abs=1)
    assert 0 <= theta <= 1_000_000


@given(COUNTS, COUNTS)
def test_what_is_expected_lies_between_nothing_and_everything(campaign, band):
    assert 0 < fit.expected(campaign, band) < 1


@given(st.dictionaries(st.sampled_from(WINDOWS), st.integers(0, 1_000_000), min_size=1))
def test_the_windows_of_a_case_are_ranked_from_one_without_ties(values):
    ranks = {window: fit.fit(window, values=values) for window in values}
    assert sorted(ranks.values()) == list(range(1, len(values) + 1))
    best = min(ranks, key=ranks.__getitem__)
    assert values[best] == max(values.values())


def test_a_value_hangs_on_case_window_and_day_alone():
    first = fit.uniform("s", unit="a", window="W1", day="2026-11-27")
    assert first == fit.uniform("s", unit="a", window="W1", day="2026-11-27")
    others = {
        fit.uniform("s", unit="b", window="W1", day="2026-11-27"),
        fit.uniform("s", unit="a", window="W2", day="2026-11-27"),
        fit.uniform("s", unit="a", window="W1", day="2026-11-28"),
        fit.uniform("t", unit="a", window="W1", day="2026-11-27"),
    }
    assert first not in others
    assert len(others) == 4


def test_whoever_knows_seed_case_window_and_day_draws_the_same():
    told = b"s\nwindow\na\nW1\n2026-11-27"
    expected = int(sha256(told).hexdigest(), 16) / 2**256
    assert fit.uniform("s", unit="a", window="W1", day="2026-11-27") == expected


def test_of_a_band_twenty_attempts_are_made_up_from_the_campaign_that_begins_at_a_half():
    nothing = WindowCounts()
    assert (nothing.contacts, nothing.attempts) == (0, 0)
    assert fit.expected(nothing, nothing) == 0.5
    assert fit.expected(WindowCounts(3, 8), WindowCounts(2, 5)) == pytest.approx((2 + 20 * 0.4) / 25)


def test_a_season_draws_from_its_counts_and_the_attempts_of_each_window():
    called = datetime(2026, 11, 26, 2, tzinfo=UTC)
    history = [
        DialledAttempt(called, "no_answer", "W1"),
        DialledAttempt(called, "refusal_household", "W1", ContactResult.SOMEBODY),
        DialledAttempt(called, "no_answer", "W2"),
    ]
    season = Season("s", "2026-11-27", {"W1": WindowCounts(3, 8)})
    first, second, third = season.draws("a", history, among=["W3", "W1", "W2"])
    mean = fit.expected(WindowCounts(3, 8), WindowCounts(3, 8))
    assert (first.a, first.b) == pytest.approx((4 * mean + 1, 4 * (1 - mean) + 1))
    assert (second.a, second.b) == (2, 3)
    assert (third.a, third.b) == (2, 2)
    assert third.u == fit.uniform("s", unit="a", window="W3", day="2026-11-27")


def test_before_anybody_was_called_every_window_counts_nothing_and_nothing_is_drawn():
    assert fit.no_counts() == dict.fromkeys(WINDOWS, WindowCounts(0, 0))
    assert fit.thetas([]) == []
