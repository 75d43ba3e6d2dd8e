"""Telephone and identity numbers are found wherever they don't belong, and never repeated in a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base import numbering
from huying.base.errors import Invalid
from huying.base.personal_numbers import CHECK, WEIGHTS, check_none, kind_in, quoted

BORN = st.dates(date(1920, 1, 1), date(2026, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))


def identity(head: str) -> str:
    """Return an identity number for its first seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, head, strict=True))
    return head + CHECK[total % 11]


IDENTITIES = st.tuples(
    st.from_regex(r"[1-6][0-9]{5}", fullmatch=True), BORN, st.from_regex(r"[0-9]{3}", fullmatch=True)
).map(lambda parts: identity("".join(parts)))
AROUND = st.sampled_from(["", "甲路1号 ", "（", "身份证：", "3号楼2单元 "])


def test_the_checksum_is_that_of_the_standard() -> None:
    assert identity("11010519491231002") == "11010519491231002X"


@given(IDENTITIES, AROUND)
def test_an_identity_number_is_found_anywhere(number: str, around: str) -> None:
    for text in (
        number,
        number.lower(),
        f"{number[:6]} {number[6:14]} {number[14:]}",
        f"{number[:6]}{number[8:17]}",
    ):
        written = f"{around}{text}，本人"
        if text != number[:6] + number[8:17] or number[6:8] == "19":
            assert kind_in(written) == "identity"
            assert text not in quoted(written, longest=99)


@given(st.from_regex(numbering.COMMON, fullmatch=True), AROUND)
def test_a_mobile_number_is_found_anywhere(number: str, around: str) -> None:
    for text in (number, f"{number[:3]} {number[3:7]} {number[7:]}", f"+86-{number}"):
        written = f"{around}{text}，本人"
        assert kind_in(written) == "telephone"
        assert number[7:] not in quoted(written, longest=99)


@pytest.mark.parametrize(
    "text", ["电话82345678", "家 010-82345678", "(0318)7654321", "１３８００１３８０００", "+999 1000 00001"]
)
def test_a_land_line_is_found_too(text: str) -> None:
    assert kind_in(text) == "telephone"


@pytest.mark.parametrize(
    "text",
    [
        "甲路1号101室",
        "3号楼2单元1301",
        "春一路 138 号 13 栋 0013 室",
        "H0001",
        "20261123",
        "11010100100100100123",
        "110101001001001",
        "物业登记 2026-11-23",
        "1-2-1301",
    ],
)
def test_an_address_or_a_code_with_many_digits_is_none(text: str) -> None:
    assert kind_in(text) == ""
    assert check_none(text) == text


@pytest.mark.parametrize(
    ("text", "sentence"), [("甲路 13800138000", "电话号码"), ("11010519491231002X", "身份证号")]
)
def test_the_refusal_says_what_and_not_which(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        check_none(text)
    assert not any(sign.isdigit() for sign in refused.value.message)


def test_a_quotation_hides_a_number_that_has_lost_a_digit() -> None:
    assert quoted("1380013800") == "…"
    assert quoted("明天") == "明天"
