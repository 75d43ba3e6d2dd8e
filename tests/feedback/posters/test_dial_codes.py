"""Dial codes: five or six digits and a Damm digit, for speech, keypad and operator."""

from __future__ import annotations

import json
import random
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import codes
from huying.base.errors import Invalid

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "poster_codes.json").read_text("utf-8"))
DRAW = random.Random(300).randrange
SAMPLE = [codes.new_dial_code(draw=DRAW) for _ in range(300)]


def swapped(code: str, i: int, j: int) -> str:
    digits = list(code)
    digits[i], digits[j] = digits[j], digits[i]
    return "".join(digits)


def swaps(*, adjacent: bool) -> list[str]:
    pairs = [pair for pair in combinations(range(6), 2) if (pair[1] - pair[0] == 1) is adjacent]
    return [swapped(code, i, j) for code, (i, j) in product(SAMPLE, pairs) if code[i] != code[j]]


def test_the_table_misses_no_single_digit_and_no_adjacent_swap_by_its_build():
    rows = [[int(digit) for digit in row] for row in codes.DAMM]
    assert all(sorted(row) == list(range(10)) for row in rows)
    assert all(sorted(column) == list(range(10)) for column in zip(*rows, strict=True))
    assert all(rows[i][i] == 0 for i in range(10))
    for interim, x, y in product(range(10), repeat=3):
        assert x == y or rows[rows[interim][x]][y] != rows[rows[interim][y]][x]


def test_no_wrong_digit_is_missed():
    wrong = [
        code[:place] + digit + code[place + 1 :]
        for code, place, digit in product(SAMPLE, range(6), "0123456789")
        if digit != code[place]
    ]
    assert len(wrong) == 16_200
    assert all(codes.damm(code) for code in wrong)


def test_no_swap_of_neighbours_is_missed():
    assert len(swaps(adjacent=True)) > 1_300
    assert all(codes.damm(code) for code in swaps(adjacent=True))


def test_about_a_tenth_of_far_swaps_is_missed_so_the_place_is_read_back():
    far = swaps(adjacent=False)
    assert 0.08 < sum(codes.damm(code) == 0 for code in far) / len(far) < 0.13


@pytest.mark.parametrize(("payload", "check"), [("572", 4), ("10000", 9)])
def test_the_worked_examples_come_out(payload, check):
    assert codes.damm(payload) == check
    assert codes.damm(f"{payload}{check}") == 0


def test_a_dial_code_is_printed_in_two_groups():
    assert codes.print_dial(codes.complete_dial("10000")) == "100 009"


@pytest.mark.parametrize("payload", ["12345", "01234", "1234", "1234567", "1234a", "１２３４６", ""])
def test_an_unfit_payload_is_refused(payload):
    with pytest.raises(Invalid, match="12345"):
        codes.complete_dial(payload)


@pytest.mark.parametrize(
    "text", ["", "1", "012340", f"12345{codes.damm('12345')}", "100008", "10000９", "1000099"]
)
def test_an_unfit_text_is_no_dial_code(text):
    assert not codes.is_dial_code(text)


def test_12345_is_drawn_again():
    draws = [12345 - 10_000, 0]
    assert codes.new_dial_code(draw=lambda _: draws.pop(0)) == "100009"


@pytest.mark.parametrize(("digits", "most"), [(5, "99999"), (6, "999999")])
def test_the_highest_draw_gives_the_highest_payload(digits, most):
    assert codes.new_dial_code(digits=digits, draw=lambda below: below - 1)[:-1] == most


@pytest.mark.parametrize("typed", ["~12345", "1234a6", "12345", "12345678"])
def test_what_is_not_six_or_seven_digits_is_not_read(typed):
    assert codes.normalise_dial(typed) is None


def test_only_five_or_six_payload_digits_can_be_set_up():
    with pytest.raises(Invalid, match="5 位或 6 位"):
        codes.new_dial_code(digits=4)


@settings(deadline=None)
@given(digits=st.sampled_from([5, 6]))
def test_a_fresh_dial_code_is_valid_and_reads_back_as_printed(digits):
    code = codes.new_dial_code(digits=digits)
    assert len(code) == digits + 1
    assert codes.is_dial_code(code)
    assert codes.normalise_dial(codes.print_dial(code)) == code


@settings(deadline=None)
@given(text=st.text(max_size=12))
def test_whatever_is_typed_normalises_to_digits_or_to_nothing(text):
    code = codes.normalise_dial(text)
    assert code is None or (len(code) in {6, 7} and code.isascii() and code.isdigit())


def test_full_width_digits_are_read():
    assert codes.normalise_dial(" １００－００９ ") == "100009"


def test_a_poster_code_is_never_a_dial_code_nor_the_other_way_round():
    assert all(codes.normalise(code) is None for code in SAMPLE)
    assert codes.normalise_dial("7K3M9QDA") is None


@pytest.mark.parametrize("row", VECTORS["dial_codes"], ids=lambda row: row["code"])
def test_a_listed_payload_completes_to_its_dial_code(row):
    assert codes.damm(row["payload"]) == row["check"]
    assert codes.complete_dial(row["payload"]) == row["code"]
    assert codes.print_dial(row["code"]) == row["printed"]
    assert codes.is_dial_code(row["code"])
    assert codes.is_poster_code(row["poster"])
