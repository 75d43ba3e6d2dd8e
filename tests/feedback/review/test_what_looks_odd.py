"""Signals are reasons to look: each is found where it is planted and nowhere else, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.review.rules import figures
from feedback.review.rules.figures import AskedRound, tally
from feedback.review.rules.signals import RUN, SIGNALS, GivenRating, at_least, signals, simhash
from feedback.review.rules.verdicts import Verdict, excluded, outside, settled
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def plain(number: int, **how) -> GivenRating:
    """A rating that nobody would look at: given days apart, after a while, with words of its own."""
    at = NOW + number * 3 * DAY
    usual = {"worker": "W1", "issued_at": at - 5 * HOUR, "shown_at": at - timedelta(minutes=2)}
    return GivenRating(id=number, at=at, **usual | how)


def found(*ratings: GivenRating) -> dict[str, set[int]]:
    told = signals(ratings)
    return {code: {each for each, codes in told.items() if code in codes} for code in SIGNALS} | {
        "any": set(told)
    }


def test_ratings_as_they_usually_come_are_no_signal():
    assert signals([plain(number, marks=(5, 4)) for number in range(40)]) == {}


@pytest.mark.parametrize(("seconds", "odd"), [(0, True), (2, True), (3, False), (60, False)])
def test_sooner_than_three_seconds_after_the_form_was_shown_nobody_has_read_it(seconds, odd):
    at = plain(1).at
    rating = plain(1, shown_at=at - timedelta(seconds=seconds))
    assert (found(rating)["quick"] == {1}) is odd


@pytest.mark.parametrize(("seconds", "odd"), [(0, True), (19, True), (20, False)])
def test_sooner_than_twenty_seconds_after_the_link_was_sent_nobody_has_it(seconds, odd):
    at = plain(1).at
    rating = plain(1, issued_at=at - timedelta(seconds=seconds), shown_at=None)
    assert (found(rating)["quick"] == {1}) is odd


def crowd(count: int, **how) -> list[GivenRating]:
    """Ratings of one worker, an hour apart."""
    first = plain(0, **how)
    return [replace(first, id=number, at=first.at + number * HOUR) for number in range(count)]


@pytest.mark.parametrize(("count", "odd"), [(4, False), (5, True), (9, True)])
def test_five_of_one_worker_in_a_day_from_one_network_are_looked_at(count, odd):
    assert (len(found(*crowd(count, network=b"a"))["network"]) == count) is odd


def test_five_of_five_workers_or_over_five_days_or_from_five_networks_are_not():
    workers = [replace(each, worker=f"W{each.id}") for each in crowd(5, network=b"a")]
    days = [plain(number, network=b"a") for number in range(5)]
    networks = [replace(each, network=bytes([each.id])) for each in crowd(5)]
    for ratings in (workers, days, networks):
        assert not found(*ratings)["network"]


def test_one_from_a_network_of_the_staff_is_looked_at():
    assert found(plain(1, of_staff=True), plain(2))["staff"] == {1}


def test_a_day_far_above_a_workers_own_pace_is_a_burst_and_a_busy_worker_has_none():
    quiet = [plain(number) for number in range(10)]
    sudden = [replace(plain(10), id=100 + k, at=plain(10).at + k * HOUR) for k in range(8)]
    assert found(*quiet, *sudden)["burst"] >= {each.id for each in sudden}
    busy = [replace(plain(0), id=number, at=NOW + number * 3 * HOUR) for number in range(400)]
    late = {each.id for each in busy if each.at > NOW + 20 * DAY}
    assert not found(*busy)["burst"] & late


def test_ten_fives_in_a_row_are_looked_at_and_one_four_breaks_them():
    fives = [plain(number, marks=(5, 5)) for number in range(RUN)]
    assert found(*fives)["fives"] == set(range(RUN))
    fives[4] = replace(fives[4], marks=(5, 4))
    assert not found(*fives)["fives"]


def test_the_same_words_are_found_whatever_signs_and_width():
    ratings = [
        plain(1, words="网格员态度很好，办得快！"),
        plain(2, words="网格员态度很好 办得快"),
        plain(3, words="楼道的灯修好了，谢谢你们"),
        plain(4, words="好"),
        plain(5, words="好"),
    ]
    assert found(*ratings)["words"] == {1, 2}


TEXTS = st.text(alphabet="办得好快修灯水漏了谢", min_size=6, max_size=30)
RATINGS = st.lists(
    st.builds(
        GivenRating,
        id=st.integers(0, 10_000),
        worker=st.sampled_from(["W1", "W2"]),
        issued_at=st.integers(0, 400).map(lambda hours: NOW + hours * HOUR),
        at=st.integers(0, 400).map(lambda hours: NOW + hours * HOUR),
        network=st.sampled_from([None, b"a", b"b"]),
        of_staff=st.booleans(),
        marks=st.sampled_from([(5, 5), (5, 4), (None, 1)]),
        words=st.just("") | TEXTS,
    ),
    unique_by=lambda each: each.id,
    max_size=30,
)


@given(RATINGS, st.randoms())
def test_the_order_in_which_ratings_are_read_changes_nothing(ratings, chance: random.Random):
    shuffled = chance.sample(ratings, len(ratings))
    assert signals(ratings) == signals(shuffled)


@given(RATINGS)
def test_only_ratings_that_there_are_get_signals_that_there_are(ratings):
    told = signals(ratings)
    assert told.keys() <= {each.id for each in ratings}
    assert all(codes and codes <= SIGNALS.keys() for codes in told.values())


@given(RATINGS)
def test_what_one_worker_is_rated_never_makes_anothers_rating_odd_but_by_its_words(ratings):
    told, alone = signals(ratings), signals([each for each in ratings if each.worker == "W1"])
    for each in ratings:
        if each.worker == "W1":
            assert told.get(each.id, frozenset()) - {"words"} == alone.get(each.id, frozenset()) - {"words"}


@given(TEXTS)
def test_a_text_is_as_near_to_itself_as_can_be(text):
    assert simhash(text) == simhash(text)
    assert 0 <= simhash(text) < 2**64


@given(st.integers(0, 30), st.floats(0.01, 20))
def test_a_larger_count_is_never_likelier(count, mean):
    assert 0 <= at_least(count + 1, mean) <= at_least(count, mean) <= 1


def test_the_chance_is_that_of_the_tables():
    assert at_least(1, 1.0) == pytest.approx(0.632121, abs=1e-6)
    assert at_least(5, 2.0) == pytest.approx(0.052653, abs=1e-6)


VERDICTS = st.lists(
    st.builds(Verdict, st.sampled_from("abc"), st.sampled_from(["exclude", "keep"])),
    max_size=3,
    unique_by=lambda verdict: verdict.by,
)


@given(VERDICTS)
def test_two_people_exclude_and_one_never_does(verdicts):
    against = [each.by for each in verdicts if each.verdict == "exclude"]
    assert excluded(verdicts) == (len(against) >= 2)
    if excluded(verdicts):
        assert settled(verdicts)


def test_a_reviewer_of_the_street_or_of_nothing():
    assert not outside(["g3", "m1", "s1"], area_code="s1")
    assert outside(["g3", "m1", "s1"], area_code="s2")
    assert outside(["g3", "m1", "s1"], area_code=None)


ROUNDS = st.lists(
    st.builds(
        AskedRound,
        channel=st.sampled_from(["link", "telephone"]),
        solved=st.sampled_from([None, "solved", "not_solved", "unsure"]),
        flagged=st.booleans(),
        excluded=st.booleans(),
    ),
    min_size=1,
)


@given(ROUNDS)
def test_silence_bounds_what_answers_say_and_leaving_the_flagged_out_never_adds(rounds):
    whole, without = tally(rounds, flagged=True), tally(rounds, flagged=False)
    assert whole.invited == without.invited == len(rounds)
    assert without.answered <= whole.answered <= whole.invited
    assert 0 <= whole.lowest <= whole.highest <= 1
    if whole.answered:
        assert whole.lowest <= whole.share <= whole.highest
    assert whole.shown == (whole.answered >= figures.LEAST)
