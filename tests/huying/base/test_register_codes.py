"""A code is what its clerk sees; a number of a person is none; a misspelt one finds its neighbour."""

from __future__ import annotations

import pytest

from huying.base import register_codes
from huying.base.errors import Invalid
from huying.base.nearest import nearest

GRIDS = ("YC-111", "YC-112", "YC-211", "春一社区")


@pytest.mark.parametrize("text", ["'00001", '="00001"', "00001"])
def test_a_code_is_what_the_clerk_sees_in_the_spreadsheet(text: str) -> None:
    assert register_codes.unwrapped(text) == "00001"


def test_the_point_of_a_number_is_no_part_of_a_code() -> None:
    assert register_codes.without_point("101.0") == register_codes.without_point("101.00") == "101"
    assert register_codes.without_point("1-101.0") == "1-101.0"


def test_points_belong_to_codes_where_any_has_one_of_its_own() -> None:
    assert not register_codes.have_points(["101.0", "102.0", "H1"])
    assert register_codes.have_points(["101.0", "101.5"])
    assert register_codes.have_points(["A.1"])


def test_capitals_and_width_do_not_tell_codes_apart() -> None:
    assert (
        len({register_codes.folded(code) for code in ("h00001", "H00001", "Ｈ００００１", " H00001 ")}) == 1
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("11010519491231002X", "身份证号"),
        ("110105491231002", "身份证号"),
        ("13800138000", "电话号码"),
        ("+8613800138000", "电话号码"),
        ("010-82345678", "电话号码"),
        ("3-Nov", "日期"),
        ("Nov-03", "日期"),
    ],
)
def test_what_is_no_code_is_refused_without_being_repeated(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        register_codes.check_code(text)
    assert text not in refused.value.message


@pytest.mark.parametrize("code", ["00001", "H0001", "1-101", "A.1", "110101001001001", "20261123001"])
def test_codes_in_use_are_taken(code: str) -> None:
    assert register_codes.check_code(code) == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("YC-11l", "YC-111"),
        ("YC111", "YC-111"),
        ("yc-111", "YC-111"),
        ("ＹＣ－２１１", "YC-211"),
        ("YC-2111", "YC-211"),
        ("春一社", "春一社区"),
        ("Q", ""),
    ],
)
def test_a_misspelt_code_finds_the_one_that_was_meant(text: str, meant: str) -> None:
    assert nearest(text, GRIDS) == meant
