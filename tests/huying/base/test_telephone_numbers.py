"""A number is read as itself or refused: however it is written, and whatever has been lost of it."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huying.base import numbering, phones
from huying.base.errors import Invalid

MOBILES = st.from_regex(numbering.COMMON, fullmatch=True)
EIGHT, SEVEN = ("10", "21", "25", "311", "571", "755"), ("318", "391", "572", "335", "951")
"""Area codes whose subscribers have numbers of eight digits and of seven."""

LANDLINES = st.one_of(
    st.tuples(st.sampled_from(EIGHT), st.from_regex(r"[2-8][0-9]{7}", fullmatch=True)),
    st.tuples(st.sampled_from(SEVEN), st.from_regex(r"[2-8][0-9]{6}", fullmatch=True)),
).filter(lambda line: len(set(line[1])) > 1)
WIDE = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


def mobile_ways(n: str) -> list[str]:
    """Ways to write a mobile number."""
    return [
        n,
        f"+86{n}",
        f"0086{n}",
        f"86{n}",
        f"+86 {n[:3]} {n[3:7]} {n[7:]}",
        f"{n[:3]}-{n[3:7]}-{n[7:]}",
        f" {n[:5]} {n[5:]} ",
        n.translate(WIDE),
        f"\u202d{n}\u202c",
        f"(+86){n[:3]}–{n[3:]}",
        f'="{n}"',
    ]


def landline_ways(area: str, local: str) -> list[str]:
    """Ten ways to write a land line."""
    return [
        f"0{area}{local}",
        f"0{area}-{local}",
        f"(0{area}){local}",
        f"（0{area}）{local[:4]} {local[4:]}",
        f"0{area} {local[:4]}-{local[4:]}",
        f"+86{area}{local}",
        f"+86 {area} {local}",
        f"0086-{area}-{local}",
        f"+86 (0){area} {local}",
        f"0{area}－{local}".translate(WIDE),
    ]


@given(MOBILES)
def test_a_mobile_number_however_written_is_itself(number: str) -> None:
    assert {phones.parse(way) for way in mobile_ways(number)} == {f"+86{number}"}


@given(LANDLINES)
def test_a_land_line_written_in_ten_ways_is_itself(line: tuple[str, str]) -> None:
    assert {phones.parse(way) for way in landline_ways(*line)} == {f"+86{''.join(line)}"}


@given(MOBILES)
def test_the_short_way_to_read_a_mobile_number_agrees_with_the_numbering_plan(number: str) -> None:
    assert phonenumbers.is_valid_number(phonenumbers.parse(f"+86{number}"))


def read_or_none(text: str) -> str:
    try:
        return phones.parse(text)
    except Invalid:
        return ""


def damaged(draw: st.DrawFn, text: str, *, first: int) -> str:
    """Return a text after one thing that befalls numbers, to its digits from `first` on."""
    at = draw(st.integers(first, len(text) - 1))
    digit = draw(st.sampled_from("0123456789"))
    return draw(
        st.sampled_from(
            [
                text[:at] + text[at + 1 :],
                text[:at] + digit + text[at:],
                text + digit,
                f"{text[:at]}O{text[at + 1 :]}",
                f"{text[:at]}l{text[at + 1 :]}",
                f"{text[:at]}*{text[at + 1 :]}",
                f"{text[:3]}****{text[7:]}",
                f"{text}.0",
                f"{text[0]}.{text[1:4]}E+{len(text) - 1}",
            ]
        )
    )


@given(st.data(), MOBILES)
def test_a_damaged_mobile_number_is_never_read_as_any_other(data: st.DataObject, number: str) -> None:
    text = damaged(data.draw, number, first=0)
    assert read_or_none(text) in {"", f"+86{number}"}


@given(st.data(), MOBILES)
def test_nor_is_one_with_its_country(data: st.DataObject, number: str) -> None:
    # Without its 1, or as 10 with one digit less, what stands behind +86 is somebody's land line.
    text = damaged(data.draw, f"+86{number}", first=len("+861"))
    assume(not text.startswith(("+8610", "+862")))
    assert read_or_none(text) in {"", f"+86{number}"}


@given(st.data(), LANDLINES)
def test_a_damaged_land_line_is_never_read_as_any_other(data: st.DataObject, line: tuple[str, str]) -> None:
    area, local = line
    text = damaged(data.draw, f"0{area}-{local}", first=0)
    assume("-" in text)
    assert read_or_none(text) in {"", f"+86{area}{local}"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1380013800", "手机号应当是 11 位，这里有 10 位"),
        ("138001380001", "手机号应当是 11 位，这里有 12 位"),
        ("138O0138000", "号码里有字母"),
        ("1380013800l", "号码里有字母"),
        ("13800138000.0", "号码后面多了“.0”"),
        ("1.38E+10", "科学计数法"),
        ("138****8000", "被遮住了"),
        ("138XXXX8000", "被遮住了"),
        ("11111111111", "数字全都一样"),
        ("010-88888888", "数字全都一样"),
        ("12345", "服务热线"),
        ("95588", "服务热线"),
        ("110", "服务热线"),
        ("8008101234", "服务热线"),
        ("010-12345", "服务热线"),
        ("55551234", "没有写区号"),
        ("2155551234", "区号要从 0 写起"),
        ("013800138000", "手机号前面不要加 0"),
        ("021-5555123", "区号或位数不对"),
        ("031-87654321", "区号不对"),
        ("140" + "12345678", "没有这个号段"),
        ("张三13800138000", "不是数字的字"),
        ("138+00138000", "加号只能写在"),
        ("", "没有写号码"),
        ("1", "不完整"),
    ],
)
def test_each_damage_has_its_own_sentence_which_does_not_repeat_the_number(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        phones.parse(text)
    assert len(text) < 7 or text in refused.value.message or text[3:] not in refused.value.message


def test_a_number_of_another_country_is_read_with_its_country() -> None:
    assert phones.parse("+852 5123 4567") == phones.parse("00852-51234567") == "+85251234567"
    with pytest.raises(Invalid):
        phones.parse("+852 512 4567")


def test_elsewhere_the_numbering_plan_of_the_region_counts() -> None:
    assert phones.parse("(212) 555-2368", region="US") == "+12125552368"
    with pytest.raises(Invalid, match="不完整"):
        phones.parse("555-2368", region="US")
