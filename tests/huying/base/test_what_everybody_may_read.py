"""A reason that is shown to everybody is short and holds nobody's telephone or identity number."""

from __future__ import annotations

import pytest

from huying.base.errors import Invalid
from huying.base.public_text import LONGEST, holds_numbers, reason


@pytest.mark.parametrize(
    "text",
    [
        "打13800000000", "+8613800000000", "86 138-0000-0000", "１３８ ００００ ００００",
        f"1{9}{9}00000000。",
        "110101199001011234", "11010119900101123X", "11010119900101123x", "110101900101123",
    ],
)  # fmt: skip
def test_a_telephone_or_an_identity_number_is_found_however_it_is_written(text: str) -> None:
    assert holds_numbers(text)
    with pytest.raises(Invalid, match="不能有电话号码或证件号码"):
        reason(text)


@pytest.mark.parametrize(
    "text",
    [
        "12345",
        "2026年11月23日",
        "12900000000",
        "138000000001",
        "1380000000",
        "11010119900101123",
        "第3单元302",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert not holds_numbers(text)
    assert reason(text) == text


def test_blanks_are_put_in_order() -> None:
    assert reason("  搬走\n了  半年 ") == "搬走 了 半年"


@pytest.mark.parametrize("text", [None, "", " \n "])
def test_a_reason_is_asked_for(text: str | None) -> None:
    with pytest.raises(Invalid, match="请写明理由"):
        reason(text)


def test_a_reason_is_of_two_hundred_characters_at_most() -> None:
    assert LONGEST == 200
    assert reason("理" * 200)
    with pytest.raises(Invalid, match="至多 200 个字"):
        reason("理" * 201)
