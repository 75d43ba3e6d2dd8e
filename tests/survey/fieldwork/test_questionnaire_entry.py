"""What an interviewer types, and what is stored of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid, Refused
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.entry import from_text, to_text, validate
from survey.fieldwork.questionnaire.items import Item, Value
from survey.fieldwork.questionnaire.versions import V1

ITEMS = {item.code: item for item in V1.every_item}
CLOSED = [item for item in V1.every_item if item.kind in {"single", "number"}]
MULTI = [item for item in V1.every_item if item.kind == "multi"]


@given(st.sampled_from(CLOSED), st.data())
def test_every_value_of_an_item_can_be_entered(item: Item, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(sorted(item.values)))
    assert validate(item, f" {value}\n") == value


@given(st.sampled_from(MULTI), st.data())
def test_several_options_are_stored_sorted_and_once(item: Item, data: st.DataObject) -> None:
    choice = st.sampled_from(sorted(item.values - {item.dont_know, 99}))
    chosen = data.draw(st.lists(choice, min_size=1))
    typed = [str(value) for value in chosen]
    assert validate(item, typed) == tuple(sorted(set(chosen)))
    assert validate(item, "、".join(typed)) == tuple(sorted(set(chosen)))


@given(st.sampled_from([*CLOSED, *MULTI]), st.text(max_size=6))
def test_whatever_is_typed_is_a_value_of_the_item_or_refused_kindly(item: Item, typed: str) -> None:
    value = stored(item, typed)
    if isinstance(value, Invalid):
        assert value.message.endswith("。")
    else:
        assert {value} <= item.values if isinstance(value, int) else set(value) <= item.values


def stored(item: Item, typed: str) -> Value | Invalid:
    try:
        return validate(item, typed)
    except Invalid as refusal:
        return refusal


@pytest.mark.parametrize(
    ("code", "own"), [("A1", 3), ("A3", 3), ("E5", 5), ("E5H", 3), ("A2", (9,)), ("G1", 98)]
)
def test_dont_know_enters_the_items_own_option_where_it_has_one(code: str, own: object) -> None:
    assert validate(ITEMS[code], "98") == own


@given(st.integers(0, 99) | st.text() | st.lists(st.integers(1, 99), min_size=1).map(tuple))
def test_a_stored_value_reads_back(value: Value) -> None:
    assert from_text(to_text(value)) == value


def test_full_width_digits_are_digits() -> None:
    assert validate(ITEMS["D4"], "１２") == 12


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("A1", ""),
        ("A1", "4"),
        ("A1", "1 2"),
        ("A1", "一"),
        ("C1", "98"),
        ("C1", "99"),
        ("S3", "99"),
        ("D4", "0"),
        ("D4", "21"),
        ("D4", "-1"),
        ("V1", "0"),
        ("V1N", "4"),
        ("S-A", "97"),
        ("A2", ""),
        ("A2", "1,9"),
        ("A2", "1,98"),
        ("B1W", "1 99"),
        ("O1", "多" * 2001),
    ],
)
def test_what_is_no_answer_to_the_item_is_refused(code: str, typed: str) -> None:
    with pytest.raises(Invalid):
        validate(ITEMS[code], typed)


CHOICE = "说不清按 98，不愿回答按 99。"


@pytest.mark.parametrize(
    ("code", "typed", "sentence"),
    [
        ("A1", "4", f"“4”不是这一题的选项，请输入 1、2、3；{CHOICE}"),
        ("D4", "21", f"“21”不是这一题的选项，请输入 1 到 20 的数字；{CHOICE}"),
        ("C1", "98", "“98”不是这一题的选项，请输入 1、2、3。"),
        ("A1", "x" * 30, f"“{'x' * 20}”不是这一题的选项，请输入 1、2、3；{CHOICE}"),
        ("A1", " ", f"这一题还没有填，请输入 1、2、3；{CHOICE}"),
        ("A2", " ", f"这一题还没有填，请输入 1、2、3、4、5、6、7、8、9；{CHOICE}"),
    ],
)
def test_a_refusal_says_what_may_be_entered(code: str, typed: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        validate(ITEMS[code], typed)
    assert refused.value.message == sentence


def test_a_choice_that_excludes_the_others_may_be_ticked_twice() -> None:
    assert validate(ITEMS["A2"], ["9", "98"]) == (9,)
    assert validate(ITEMS["A2"], ["99", "99"]) == (99,)


def test_two_thousand_characters_are_kept_and_lines_stay_lines() -> None:
    assert validate(ITEMS["O1"], "多" * 2000) == "多" * 2000
    assert validate(ITEMS["O1"], ["谢谢", "你们"]) == "谢谢\n你们"


def test_values_are_stored_as_people_can_read_them() -> None:
    assert [to_text(value) for value in (3, "谢谢", (1, 9))] == ["3", '"谢谢"', "[1, 9]"]


def test_words_are_kept_as_they_were_said_and_may_be_none() -> None:
    assert validate(ITEMS["O1"], " 谢谢\r\n你们 ") == "谢谢\n你们"
    assert validate(ITEMS["O1"], "") == ""


def test_nothing_is_read_with_a_blank_in_it() -> None:
    names = {"调查机构": "演示调查中心", "工号": "12"}
    assert "演示调查中心访问员12。" in texts.fill(ITEMS["C1"].text, names)
    with pytest.raises(Refused, match=r"^话术里的【工号】还没有设置") as refused:
        texts.fill(ITEMS["C1"].text, {"调查机构": "演示调查中心"})
    assert refused.value.status == 500
