"""Lines that an office copies from its spreadsheet are read as they come, or say what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.roster.rules import pasted

GRIDS = {"G01": "第1网格", "G02": "第2网格"}
WORKERS = {"W1": "王芳", "W2": "李强", "W3": "李强"}


def read(text: str) -> pasted.Pasted:
    return pasted.read(text, grids=GRIDS, workers=WORKERS)


def test_names_and_codes_tabs_commas_and_full_width_are_all_read():
    found = read("网格\t网格员\n第1网格\t王芳\n\nｇ02，w2\n")
    assert (found.chosen, found.faults) == ({"G01": "W1", "G02": "W2"}, ())


def test_columns_between_are_passed_over():
    assert read("第1网格\t和平里\t王芳").chosen == {"G01": "W1"}


def test_a_name_that_two_share_has_to_be_a_code():
    found = read("第1网格 李强\n第2网格 W3")
    assert found.chosen == {"G02": "W3"}
    assert found.faults == ("第 1 行：没有叫“李强”的网格员，或有重名，请写工号。",)


def test_each_line_that_says_nothing_is_named():
    found = read("第9网格 王芳\n第1网格\n第2网格 王芳\n第2网格 W2")
    assert found.chosen == {"G02": "W1"}
    assert found.faults == (
        "第 1 行：没有叫“第9网格”的网格。",
        "第 2 行：没有叫“”的网格员，或有重名，请写工号。",
        "第 4 行：这个网格前面已经有了。",
    )


def test_who_is_missing_is_named_by_the_last_column():
    assert "“赵四”" in read("第1网格\t王芳\t赵四").faults[0]


@pytest.mark.parametrize("heading", ["网格", "网格名称", "网格编号", "grid"])
def test_a_line_of_headings_is_passed_over(heading):
    assert read(f"{heading}\t网格员") == pasted.Pasted({}, ())


def test_one_word_is_no_grid_and_worker_at_once():
    found = pasted.read("王芳", grids={"G1": "王芳"}, workers={"W1": "王芳"})
    assert found.chosen == {}
    assert len(found.faults) == 1


def test_faults_name_twenty_characters_and_are_twenty_at_most():
    strange = "甲" * 30
    assert f"“{strange[:20]}”" in read(f"{strange} 王芳").faults[0]
    assert f"“{strange[:20]}”" in read(f"第1网格 {strange}").faults[0]
    assert len(read("第9网格 王芳\n" * 25).faults) == 20


@given(st.text(max_size=300))
def test_whatever_is_pasted_nobody_unknown_is_put_on_duty(text):
    found = read(text)
    assert found.chosen.keys() <= GRIDS.keys()
    assert set(found.chosen.values()) <= WORKERS.keys()
    assert len(found.faults) <= pasted.MOST_FAULTS
