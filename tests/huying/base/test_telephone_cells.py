"""A cell holds no number, one, or several, each with its extension."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base import numbering
from huying.base.errors import Invalid
from huying.base.telephone_cells import read_cell

MOBILES = st.lists(st.from_regex(numbering.COMMON, fullmatch=True), min_size=1, max_size=4, unique=True)


def texts(cell: str, *, allowed: str = "real") -> list[str]:
    return [str(each) for each in read_cell(cell, allowed=allowed)]


@pytest.mark.parametrize("text", ["", " ", "无", "暂无", "没有", "空号", "-", "——", "－", "无、无", " 无 "])
def test_these_mean_that_there_is_no_number(text: str) -> None:
    assert texts(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "021-5555 1234-801",
        "021-55551234转801",
        "021 5555 1234 转 801",
        "(021)55551234转分机801",
        "021-55551234 分机801",
        "021-55551234 ext. 801",
        "021-55551234 EXT801",
        "02155551234#801",
        "02155551234x801",
        "０２１－５５５５１２３４－８０１",
        "+862155551234;ext=801",
    ],
)
def test_an_extension_is_kept_apart_from_the_number(text: str) -> None:
    (found,) = read_cell(text)
    assert (found.number, found.extension) == ("+862155551234", "801")


@pytest.mark.parametrize("between", ["、", "/", "；", ";", " ", "\n", "\r\n", " / ", "，", "、\n", "\u3000"])
@given(numbers=MOBILES)
def test_several_numbers_are_read_in_their_order(between: str, numbers: list[str]) -> None:
    assert texts(between.join(numbers)) == [f"+86{number}" for number in numbers]


def test_numbers_written_with_blanks_are_told_apart() -> None:
    assert texts("138 0013 8000 021-5555 1234 138 0000 0001") == [
        "+8613800138000",
        "+862155551234",
        "+8613800000001",
    ]


def test_a_number_that_stands_twice_is_one() -> None:
    assert texts("13800138000 / +86 138-0013-8000") == ["+8613800138000"]


def test_a_number_may_stand_beside_a_word_for_none() -> None:
    assert texts("13800138000、无") == ["+8613800138000"]


def test_an_invented_number_has_extensions_too() -> None:
    assert texts("+999 2100 0001 转 12；+99910000001", allowed="invented") == [
        "+99921000001;ext=12",
        "+99910000001",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("13800138000、1390013900", "这里有 10 位"),
        ("13800138000 1390013900", "这里有 10 位"),
        ("021-55551234/5678", "不完整"),
        ("021-55551234 801", "区号或位数不对"),
        ("13800138000-1", "这里有 12 位"),
        ("13800138000转13800000001", "不是数字的字"),
        ("021-5555123转801", "区号或位数不对"),
        ("13800138000（儿子）", "不是数字的字"),
    ],
)
def test_a_cell_is_read_whole_or_refused(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_cell(text)


@given(st.text(max_size=40))
def test_any_text_ends_in_numbers_or_in_a_sentence(text: str) -> None:
    with suppress(Invalid):
        assert all(each.number.startswith("+") for each in read_cell(text, allowed="invented"))
