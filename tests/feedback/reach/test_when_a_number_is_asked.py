"""A silent number is asked before its check lapses, at a moment that nobody foresees."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from feedback.contacts.rules import VALIDITY
from feedback.reach import rules as pinging
from feedback.reach.rules import AGAIN, MOST_ASKED, due_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
PROVEN = datetime(2025, 11, 22, 1, 30, tzinfo=UTC)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def ask(identity="7", *, proven_at=PROVEN, asked=(), suspected_at=None, now=PROVEN):
    return due_at(
        identity,
        proven_at=proven_at,
        asked=asked,
        suspected_at=suspected_at,
        now=now,
        timezone=SHANGHAI,
    )


@given(identity=st.text(max_size=8), proven=instants)
def test_four_to_six_days_after_the_last_proof_in_working_hours(identity, proven):
    due = ask(identity, proven_at=proven)
    assert timedelta(days=4) <= due - proven <= timedelta(days=6)
    assert time(9) <= due.astimezone(SHANGHAI).time() < time(17)


@given(proven=instants)
def test_asked_twice_before_the_check_lapses(proven):
    first = ask(proven_at=proven)
    second = ask(proven_at=proven, asked=[first])
    assert first < second < proven + VALIDITY["mobile"]


def test_two_numbers_are_asked_at_different_moments():
    assert len({ask(str(number)) for number in range(50)}) == 50


def test_their_moments_fill_the_working_hours():
    moments = sorted(ask(str(number)).astimezone(SHANGHAI).time() for number in range(200))
    assert moments[0] < time(9, 30)
    assert moments[-1] > time(16, 30)


def test_the_moment_is_the_same_at_every_look():
    assert ask().isoformat() == "2025-11-27T15:43:18.347638+08:00"
    assert ask() == ask(now=PROVEN + timedelta(days=3))


def test_after_two_silent_questions_it_is_left_to_lapse():
    first = ask()
    assert ask(asked=[first]) == first + AGAIN
    assert ask(asked=[first + n * AGAIN for n in range(MOST_ASKED)]) is None
    assert (MOST_ASKED, timedelta(days=1)) == (2, AGAIN)


def test_questions_before_the_last_proof_count_no_more():
    assert ask(asked=[PROVEN - timedelta(days=n) for n in (1, 2, 3)]) == ask()
    assert ask(asked=[PROVEN]) == PROVEN + AGAIN


def test_a_number_in_doubt_is_asked_at_once_and_not_again_for_hours():
    doubted = PROVEN + timedelta(days=1)
    assert ask(suspected_at=doubted) == doubted
    assert ask(suspected_at=doubted, asked=[doubted]) == doubted + timedelta(hours=6)
    assert ask(suspected_at=PROVEN) == PROVEN


def test_a_doubt_from_before_the_last_proof_is_settled():
    assert ask(suspected_at=PROVEN - timedelta(seconds=1)) == ask()


def test_a_number_never_proven_is_asked_in_the_next_working_hours():
    noon, night, dawn = (PROVEN.replace(hour=hour) for hour in (4, 14, 22))
    assert ask(proven_at=None, now=noon) == noon
    for moment in (night, dawn):
        local = ask(proven_at=None, now=moment).astimezone(SHANGHAI)
        assert (local.hour, local.minute) == (9, 0)
        assert timedelta() < local - moment < timedelta(days=1)


def test_at_five_the_working_hours_are_over():
    five = PROVEN.replace(hour=9, minute=0)
    assert ask(proven_at=None, now=five - timedelta(seconds=1)) == five - timedelta(seconds=1)
    assert ask(proven_at=None, now=five) == five + timedelta(hours=16)


def test_the_question_is_sent_as_such_and_its_link_opens_for_three_days():
    assert ("ping", timedelta(days=3)) == (pinging.TEMPLATE, pinging.ANSWERABLE)
