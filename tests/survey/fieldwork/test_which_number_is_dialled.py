"""Which number of a household is dialled next, and what an attempt came to after several."""

from __future__ import annotations

from itertools import permutations

import pytest

from survey.fieldwork.rules import dials
from survey.fieldwork.rules.dials import attempt_code, next_number, unfinished


def test_numbers_are_dialled_in_the_order_of_the_registry() -> None:
    states = {3: "live", 1: "untested", 2: "suspect"}
    assert next_number(states, dialled=()) == 1
    assert next_number(states, dialled={1}) == 2
    assert next_number(states, dialled={1, 2}) == 3
    assert next_number(states, dialled={1, 2, 3}) is None


def test_no_number_is_dialled_that_proved_bad_or_wished_no_call() -> None:
    states = {1: "bad", 2: "live", 3: "live"}
    assert next_number(states, dialled=(), barred={2}) == 3
    assert next_number(states, dialled=(), barred={2, 3}) is None


def test_the_number_of_a_doubtful_statement_comes_after_all_others_but_it_comes() -> None:
    states = {1: "live", 2: "live"}
    assert next_number(states, dialled=(), last=1) == 2
    assert next_number(states, dialled={2}, last=1) == 1
    assert next_number(states, dialled={1, 2}, last=1) is None


def test_an_attempt_came_to_the_most_telling_of_its_dials() -> None:
    for first, second in permutations(range(len(dials.TELLING)), 2):
        assert (
            attempt_code([dials.TELLING[first], dials.TELLING[second]]) == dials.TELLING[min(first, second)]
        )


def test_a_machine_that_names_the_household_tells_most_and_our_own_fault_least() -> None:
    assert dials.TELLING == (
        "machine_household", "machine_unclear", "machine", "blocked", "no_answer", "busy",
        "number_suspect", "technical_ours", "cancelled_by_us",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("busy", "busy"),
        ("failed", "technical_ours"),
        ("canceled", "cancelled_by_us"),
        ("ringing", "no_answer"),
        ("in_progress", "no_answer"),
    ],
)
def test_of_a_dial_that_nobody_finished_the_carriers_state_tells(state: str, code: str) -> None:
    assert unfinished(state) == code


def test_a_dial_by_hand_rings_any_number_and_records_nothing() -> None:
    assert dials.BY_HAND.adapter == dials.MANUAL == "manual"
    assert dials.BY_HAND.serves("+99910000001")
    assert not dials.BY_HAND.records
    assert dials.IN_TALK == "in_progress"
    assert set(dials.DIALLERS) == {"manual", "fake", "http", "twilio"}


def test_a_route_names_country_and_carrier_and_not_the_subscriber() -> None:
    assert dials.route("+8613800000001") == "+86138"
