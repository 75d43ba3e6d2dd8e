"""Poster codes and receipts: eight and twelve symbols whose two checks miss no single, double or swap."""

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
SYMBOLS = range(1, 32)
U, V = (17, 29, 6, 23, 28, 6), (19, 21, 9, 27, 21, 8)

payloads = st.text(codes.ALPHABET, min_size=6, max_size=6)


def pattern(length: int, errors: dict[int, int]) -> str:
    return "".join(codes.ALPHABET[errors.get(position, 0)] for position in range(length))


def singles(length: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the syndromes of every error in one symbol; a code is linear, so they hold for each word."""
    return {
        (position, error): codes.syndromes(pattern(length, {position: error}))
        for position in range(length)
        for error in SYMBOLS
    }


def doubles(length: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    one = singles(length)
    return [
        ((i, j), (one[i, a][0] ^ one[j, b][0], one[i, a][1] ^ one[j, b][1]))
        for i, j in combinations(range(length), 2)
        for a, b in product(SYMBOLS, SYMBOLS)
    ]


def test_the_field_is_the_stated_one():
    power, powers = 1, []
    for _ in range(31):
        powers.append(power)
        power = codes.multiply(power, 2)
    assert power == 1
    assert sorted(powers) == list(SYMBOLS)
    stated = "1 2 4 8 16 5 10 20 13 26 17 7 14 28 29 31 27 19 3 6 12 24 21 15 30 25 23 11 22 9 18"
    assert " ".join(map(str, powers)) == stated


@given(a=st.integers(0, 31), b=st.integers(0, 31), c=st.integers(0, 31))
def test_multiplication_spreads_over_addition(a, b, c):
    assert codes.multiply(a, b ^ c) == codes.multiply(a, b) ^ codes.multiply(a, c)
    assert codes.multiply(a, codes.multiply(b, c)) == codes.multiply(codes.multiply(a, b), c)


@settings(deadline=None)
@given(payload=payloads)
def test_the_checks_are_the_stated_sums_of_the_payload(payload):
    sums = [0, 0]
    for which, weights in enumerate((U, V)):
        for weight, symbol in zip(weights, payload, strict=True):
            sums[which] ^= codes.multiply(weight, codes.ALPHABET.index(symbol))
    if payload.isdigit() and all(value < 10 for value in sums):
        with pytest.raises(Invalid, match="电话编号"):
            codes.complete(payload)
    else:
        assert codes.complete(payload) == payload + codes.ALPHABET[sums[0]] + codes.ALPHABET[sums[1]]


@pytest.mark.parametrize("code", ["7K3M9QDA", "HAPPY7CM", "ZZZZZZQW"])
def test_the_worked_examples_come_out(code):
    assert codes.complete(code[:6]) == code
    assert codes.is_poster_code(code)


@pytest.mark.parametrize("length", [codes.POSTER_LENGTH, codes.RECEIPT_LENGTH])
def test_no_error_in_one_or_two_symbols_is_missed(length):
    assert len(singles(length)) == length * 31
    assert (0, 0) not in singles(length).values()
    assert len(doubles(length)) == length * (length - 1) // 2 * 31 * 31
    assert all(syndrome != (0, 0) for _, syndrome in doubles(length))


def test_the_error_patterns_of_a_poster_code_are_as_many_as_stated():
    assert len(singles(8)) == 248
    assert len(doubles(8)) == 26_908


def test_no_swap_of_two_different_symbols_is_missed():
    swaps = [
        codes.syndromes(pattern(8, {i: difference, j: difference}))
        for i, j in combinations(range(8), 2)
        for difference in SYMBOLS
    ]
    assert len(swaps) == 868
    assert (0, 0) not in swaps


def test_about_one_in_a_thousand_errors_in_three_symbols_is_missed():
    one = singles(8)
    at = {syndrome: position for (position, _), syndrome in one.items()}
    seen = sum(at[syndrome] not in pair for pair, syndrome in doubles(8) if syndrome in at)
    missed, tried = seen // 3, 56 * 31**3
    assert missed == 56 * 31
    assert tried / missed == 961


def test_an_all_digit_code_word_is_no_poster_code_and_is_drawn_again():
    payload = next(p for p in map("{:06d}".format, range(10_000)) if codes.syndromes(p + "00") == (0, 0))
    symbols = [int(digit) for digit in payload] + [31] * 6
    assert not codes.is_poster_code(payload + "00")
    assert codes.new_poster_code(draw=lambda _: symbols.pop(0)) == "ZZZZZZQW"


def test_fresh_codes_are_valid_and_follow_their_source_of_chance():
    assert all(codes.is_poster_code(codes.new_poster_code()) for _ in range(200))
    assert all(codes.is_receipt(codes.new_receipt()) for _ in range(200))
    assert codes.new_poster_code(draw=random.Random(7).randrange) == codes.new_poster_code(
        draw=random.Random(7).randrange
    )


@pytest.mark.parametrize("payload", ["7K3M9", "7K3M9QD", "7K3M9U", "7k3m9q", ""])
def test_a_payload_of_another_form_is_refused(payload):
    with pytest.raises(Invalid, match="6 个字符"):
        codes.complete(payload)


@pytest.mark.parametrize("text", ["", "7K3M9QD", "7K3M9QDAA", "7K3M9QDU", "7k3m9qda", "７K3M9QDA"])
def test_only_a_normalised_text_can_be_a_code(text):
    assert not codes.is_poster_code(text)


@settings(deadline=None)
@given(text=st.text(max_size=20))
def test_whatever_is_typed_normalises_to_eight_symbols_or_to_nothing(text):
    code = codes.normalise(text)
    assert code is None or (
        len(code) == 8 and set(code) <= set(codes.ALPHABET) and codes.normalise(code) == code
    )


@settings(deadline=None)
@given(payload=st.text(codes.ALPHABET, min_size=10, max_size=10))
def test_a_receipt_reads_back_as_it_is_printed_in_either_case(payload):
    code = codes.complete_receipt(payload)
    printed = codes.print_receipt(code)
    assert [len(group) for group in printed.split("-")] == [4, 4, 4]
    assert codes.normalise_receipt(printed.lower()) == code
    assert codes.is_receipt(code)


def test_a_token_is_sixteen_symbols_without_a_check():
    tokens = {codes.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {16}
    assert all(codes.normalise_token(token.lower()) == token for token in tokens)
    assert codes.normalise_token("0" * 15) is None


@pytest.mark.parametrize("row", VECTORS["codes"], ids=lambda row: row["code"])
def test_a_listed_payload_completes_to_its_code(row):
    assert [codes.ALPHABET.index(symbol) for symbol in row["code"]] == row["values"]
    assert codes.complete(row["payload"]) == row["payload"] + row["check"] == row["code"]
    assert codes.is_poster_code(row["code"])


@pytest.mark.parametrize("row", VECTORS["single_symbol_errors"] + VECTORS["transpositions"])
def test_a_listed_misreading_has_its_syndromes_and_is_no_code(row):
    assert list(codes.syndromes(row["received"])) == row["syndromes"]
    assert codes.is_poster_code(row["received"]) is row["valid"]


@pytest.mark.parametrize("row", VECTORS["normalisation"], ids=lambda row: row["typed"])
def test_a_listed_typing_normalises_as_stated(row):
    assert codes.normalise(row["typed"]) == row["code"]
