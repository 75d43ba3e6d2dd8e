"""How many requests are taken from a telephone, an address and a poster, and which of them are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback.cases.rules import limits
from feedback.cases.rules.limits import EarlierRequest, content, exceeded, plain_location
from feedback.cases.rules.requests import HelpRequest
from feedback.web.rules import guesses
from tests.conftest import NOW

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def before(
    number: int, kind: str, *, urgency: str = "ordinary", ago: timedelta = SECOND
) -> list[EarlierRequest]:
    return [EarlierRequest(kind, urgency, NOW - ago)] * number


def is_held(marks: list[EarlierRequest], urgency: str = "ordinary") -> bool:
    return exceeded(marks, urgency=urgency, now=NOW) is not None


@pytest.mark.parametrize(
    ("kind", "urgency", "most", "within"),
    [
        ("contact", "ordinary", 10, DAY),
        ("contact", "life", 3, HOUR),
        ("address", "ordinary", 30, HOUR),
        ("address", "life", 8, HOUR),
        ("poster", "ordinary", 60, HOUR),
        ("poster", "life", 12, HOUR),
    ],
)
def test_the_last_that_is_taken_is_taken_and_the_next_one_is_not(
    kind: str, urgency: str, most: int, within: timedelta
) -> None:
    assert not is_held(before(most - 1, kind, urgency=urgency), urgency)
    assert is_held(before(most, kind, urgency=urgency), urgency)
    assert is_held(before(most, kind, urgency=urgency, ago=within - SECOND), urgency)
    assert not is_held(before(most, kind, urgency=urgency, ago=within), urgency)
    assert not is_held(before(most, "another", urgency=urgency), urgency)


def test_danger_is_counted_apart_and_counts_among_all() -> None:
    assert not is_held(before(9, "contact"), "life")
    assert not is_held(before(9, "contact", urgency="life", ago=2 * HOUR), "life")
    assert is_held([*before(7, "contact"), *before(3, "contact", urgency="life", ago=2 * HOUR)])


def test_what_a_clock_ahead_noted_holds_nobody() -> None:
    assert not is_held(before(10, "contact", ago=-SECOND))
    assert is_held(before(10, "contact", ago=timedelta()))


def test_whoever_is_held_is_told_by_the_first_limit_that_was_passed() -> None:
    marks = [*before(3, "contact", urgency="life"), *before(8, "address", urgency="life")]
    found = exceeded(marks, urgency="life", now=NOW)
    assert found is not None
    assert (found.kind, found.most, found.within) == ("contact", 3, HOUR)


def test_every_kind_of_limit_has_a_name_for_people() -> None:
    counted = {limit.kind for limit in (*limits.LIMITS, limits.MESSAGES)} | set(guesses.KINDS)
    assert counted == limits.KINDS.keys()


def test_five_messages_a_day_may_strangers_cause_to_one_telephone() -> None:
    assert (limits.MESSAGES.kind, limits.MESSAGES.within, limits.MESSAGES.most) == ("number", DAY, 5)
    assert limits.TOO_MANY == 429
    assert (timedelta(days=30), HOUR) == (limits.KEPT, limits.SAME_FOR)


ASKED = HelpRequest(
    category="噪音", text="楼上太吵", location="3单元", urgency="ordinary", contact="+99910000001"
)


def test_the_same_words_at_the_same_place_are_one_request_whatever_blanks_stand_around() -> None:
    assert content(ASKED, where="P1") == content(
        replace(ASKED, text=" 楼上太吵\n", location=" 3单元 "), where="P1"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"category": "路灯"},
        {"text": "楼下太吵"},
        {"location": "4单元"},
        {"urgency": "life"},
        {"contact": None},
    ],
)
def test_a_request_that_differs_in_anything_is_another(other: dict[str, str | None]) -> None:
    assert content(replace(ASKED, **other), where="P1") != content(ASKED, where="P1")  # type: ignore[arg-type]
    assert content(ASKED, where="P2") != content(ASKED, where="P1")


def test_words_that_slide_from_one_field_to_the_next_are_another_request() -> None:
    slid = replace(ASKED, text="楼上太", location="吵3单元")
    assert content(slid, where="P1") != content(ASKED, where="P1")


def test_a_place_is_the_same_however_it_is_written() -> None:
    assert plain_location(" Ａ座－3 单元_302。") == plain_location("a座 3单元302") == "a座3单元302"


@pytest.mark.parametrize(("limit", "most"), [(guesses.CODES, 60), (guesses.DIALLED, 12)])
def test_the_wrong_code_after_the_last_is_not_looked_up(limit: guesses.GuessLimit, most: int) -> None:
    assert not guesses.is_held(most - 1, limit)
    assert guesses.is_held(most, limit)
    assert [guesses.is_the_last(wrong, limit) for wrong in (most - 1, most, most + 1)] == [False, True, False]
    site = guesses.around(limit)
    assert (site.kind, site.most) == (limit.kind, 10 * most)


def test_wrong_codes_count_for_an_hour() -> None:
    assert guesses.since(NOW) == NOW - HOUR
