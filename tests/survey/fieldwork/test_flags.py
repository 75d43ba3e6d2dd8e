"""Signs of made-up interviews: an interviewer beside others; slowness is none, and none decides alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import flags as invented
from survey.fieldwork.rules import flags
from survey.fieldwork.rules.flags import CAP, FEWEST, NOISE, Sign, TalkTrace, signs
from tests.conftest import NOW

PLAIN = TalkTrace("", 300, 20, 0, 20, 1, 0, 4, 2, even=False, odd_hour=False, gap=90, recorded=True)
SEATS = [f"8{n:02d}" for n in range(8)]


def talks(by: str, **other: object) -> list[TalkTrace]:
    """Ten interviews of somebody, of lengths about five minutes."""
    usual = [
        replace(
            PLAIN, by=by, seconds=250 + 10 * n, gap=70 + 4 * n, unknown=n % 3, opened=n % 4, refused=n % 2
        )
        for n in range(10)
    ]
    return [replace(each, **other) for each in usual]


def found_of(traces: list[TalkTrace], by: str) -> flags.InterviewerSigns:
    return next(each for each in signs(traces) if each.by == by)


def with_one(by: str = "900", **other: object) -> flags.InterviewerSigns:
    return found_of([*(talk for seat in SEATS for talk in talks(seat)), *talks(by, **other)], by)


@pytest.mark.parametrize(
    ("other", "sign"),
    [
        ({"seconds": 90.0}, Sign.SHORT),
        ({"hasty": 8}, Sign.HASTY),
        ({"even": True}, Sign.EVEN),
        ({"unknown": 9}, Sign.UNKNOWN),
        ({"refused": 9}, Sign.REFUSED),
        ({"opened": 0}, Sign.CLOSED),
        ({"odd_hour": True}, Sign.HOURS),
        ({"gap": 5.0}, Sign.GAP),
        ({"recorded": False}, Sign.UNRECORDED),
    ],
)
def test_each_sign_is_told_by_itself(other, sign):
    assert [each.sign for each in with_one(**other).flags] == [sign]
    doubts = {each.sign: each.doubt for each in with_one(**other).signs}
    assert doubts[sign] == max(doubts.values()) > 0


@pytest.mark.parametrize("other", [{"seconds": 900.0}, {"gap": 600.0}, {"opened": 4}, {"even": False}])
def test_slowness_and_many_yes_are_nobody_s_fault(other):
    assert with_one(**other).flags == []
    assert with_one(**other).score == 0


def test_a_flag_tells_the_own_value_and_the_others():
    short = next(each for each in with_one(seconds=90.0).signs if each.sign == Sign.SHORT)
    assert short.value == pytest.approx(90)
    assert 280 < short.others < 300


def test_no_sign_decides_alone():
    assert with_one(seconds=1.0).score == CAP - NOISE < with_one(seconds=90.0, opened=0).score


@pytest.mark.parametrize("few", [FEWEST - 1, 0])
def test_of_few_interviews_or_few_interviewers_nothing_is_said(few):
    others = [talk for seat in SEATS for talk in talks(seat)]
    assert "900" not in {each.by for each in signs([*others, *talks("900")[:few]])}
    assert signs([talk for seat in SEATS[:few] for talk in talks(seat)]) == []


traces = st.lists(
    st.builds(
        TalkTrace,
        by=st.sampled_from(SEATS),
        seconds=st.floats(0, 5000),
        steps=st.integers(0, 30),
        hasty=st.just(0),
        asked=st.integers(0, 30),
        unknown=st.integers(0, 3),
        refused=st.integers(0, 3),
        gates=st.integers(0, 4),
        opened=st.integers(0, 2),
        even=st.sampled_from([None, True, False]),
        odd_hour=st.booleans(),
        gap=st.one_of(st.none(), st.floats(0, 1800)),
        recorded=st.sampled_from([None, True, False]),
    ),
    max_size=60,
)


@given(traces, st.randoms())
def test_the_order_of_the_interviews_doesn_t_matter_and_interviewers_stand_by_code(held, chance):
    found = signs(held)
    assert [each.by for each in found] == sorted(each.by for each in found)
    again = signs(chance.sample(held, len(held)))
    assert [each.by for each in again] == [each.by for each in found]
    for one, other in zip(found, again, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-6)
        assert 0 <= one.score <= (CAP - NOISE) * len(Sign)


def test_a_pause_is_no_gap_once_it_is_a_break():
    assert flags.gap(None, NOW) is None
    assert flags.gap(NOW, NOW + timedelta(seconds=40)) == 40
    assert flags.gap(NOW, NOW + flags.LONGEST_GAP + timedelta(seconds=1)) is None


def test_answers_within_two_seconds_are_hasty():
    moments = [NOW + timedelta(seconds=at) for at in (0, 1, 3, 4.5, 10)]
    assert flags.hasty(moments) == 2
    assert flags.hasty([]) == 0


def test_in_an_invented_field_fabricators_stand_out_and_the_slow_don_t():
    found = invented.field_of(1, count=60, each=25, made_up=invented.SCENARIOS["plain"])
    assert found.share(invented.FABRICATOR) == 1
    assert found.share(invented.SLOW_SEAT) <= found.share(invented.HONEST) + 2 * found.error


@pytest.mark.slow
def test_over_twenty_fields_of_200_seats_nine_of_ten_fabricators_stand_in_the_top_decile():
    found = invented.fields(range(1, 21), count=200, each=40, made_up=invented.SCENARIOS["plain"])
    assert found.passes
