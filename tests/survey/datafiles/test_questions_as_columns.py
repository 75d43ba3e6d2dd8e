"""A questionnaire's questions as columns of a data file, and answers as their cells."""

from __future__ import annotations

import pytest

from survey.datafiles.rules import instrument
from survey.datafiles.rules.instrument import ItemColumn, columns
from survey.fieldwork.questionnaire.items import Item, Option, Value
from survey.fieldwork.questionnaire.versions import V1

UNSAID = {98: "说不清、不知道", 99: "拒绝回答"}


def of(item: Item) -> tuple[ItemColumn, ...]:
    return tuple(instrument._of(item))


def test_every_question_has_a_column_but_what_was_written_word_for_word() -> None:
    found = columns(V1)
    named = {column.item for column in found}
    assert named == {item.code for item in V1.items if item.kind != "text"}
    order = [item.code for item in V1.items if item.code in named]
    assert list(dict.fromkeys(column.item for column in found)) == order
    names = [column.variable.name for column in found]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


def test_a_question_is_a_code_with_the_meaning_of_each_value() -> None:
    (column,) = of(Item("Q-1", "满意吗？", "single", (Option(1, "是"), Option(2, "否"))))
    variable = column.variable
    assert (variable.name, variable.label, variable.kind) == ("Q_1", "满意吗？", "code")
    assert variable.values == {1: "是", 2: "否"} | UNSAID
    assert variable.missing == (98, 99)
    assert (column.item, column.option) == ("Q-1", None)


def test_who_must_answer_has_no_value_for_silence() -> None:
    (column,) = of(Item("Q1", "满意吗？", "single", (Option(1, "是"),), escapes=False))
    assert column.variable.values == {1: "是"}
    assert column.variable.missing == ()


def test_a_value_that_is_listed_keeps_the_words_of_the_list() -> None:
    (column,) = of(Item("Q1", "满意吗？", "single", (Option(1, "是"), Option(98, "没想过"))))
    assert column.variable.values[98] == "没想过"


def test_a_question_with_several_answers_is_a_yes_or_no_for_each() -> None:
    found = of(Item("Q1", "哪些？", "multi", (Option(1, "甲"), Option(2, "乙")), escapes=False))
    assert [(each.variable.name, each.variable.label, each.option) for each in found] == [
        ("Q1_1", "哪些？ 甲", 1),
        ("Q1_2", "哪些？ 乙", 2),
    ]
    assert all(each.variable.values == {0: "没有提到", 1: "提到了"} for each in found)
    assert all(each.variable.kind == "code" and not each.variable.missing for each in found)


def test_a_number_is_a_count() -> None:
    number = next(item for item in V1.items if item.kind == "number")
    (column,) = of(number)
    assert column.variable.kind == "count"


@pytest.mark.parametrize(
    ("option", "value", "cell"),
    [
        (None, 3, 3),
        (None, None, None),
        (None, (1, 2), None),
        (2, (1, 2), 1),
        (3, (1, 2), 0),
        (98, 98, 1),
        (2, 98, 0),
        (2, None, None),
    ],
)
def test_a_cell_is_the_answer_and_empty_off_the_path(
    option: int | None, value: Value | None, cell: int | None
) -> None:
    (single,) = of(Item("Q1", "满意吗？", "single", (Option(1, "是"),)))
    column = ItemColumn(single.variable, "Q1", option)
    assert column.cell({} if value is None else {"Q1": value}) == cell


def test_a_label_says_the_levels_where_the_question_reads_them() -> None:
    (column,) = of(
        Item("Q1", "您是【答项】？", "single", (Option(1, "满意"), Option(2, "不满意")), escapes=False)
    )
    blank = f"【{instrument.texts.SCALE}】"
    (scaled,) = of(
        Item("Q2", f"您{blank}？", "single", (Option(1, "满意"), Option(2, "不满意")), escapes=False)
    )
    assert column.variable.label == "您是【答项】？"
    assert blank not in scaled.variable.label
    assert "满意" in scaled.variable.label
