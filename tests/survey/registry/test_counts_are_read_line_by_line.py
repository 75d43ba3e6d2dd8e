"""How counts of households from outside are entered, and when a registry lies far from them."""

from __future__ import annotations

import pytest

from huying.base.errors import Invalid
from survey.registry.rules.outside import GridCount, is_far, read


@pytest.mark.parametrize(
    "text",
    ["G1 312", "G1,312", "G1，312", "G1：312户", "G1; 312 户", "  G1\t312  ", "\n\nG1 312\n", "Ｇ１　３１２"],
)
def test_a_line_names_a_grid_and_its_households_however_it_is_written(text: str) -> None:
    assert read(text) == (GridCount("G1", 312),)


def test_lines_are_read_in_their_order_and_empty_ones_left_out() -> None:
    assert read("G2 1\n\nG1 999999") == (GridCount("G2", 1), GridCount("G1", 999999))


@pytest.mark.parametrize(
    "line", ["G1", "312", "G1 -3", "G1 3.5", "G1 1234567", "G1 many", "G 1 2", "网格一 3"]
)
def test_a_line_that_is_none_is_named_by_its_number(line: str) -> None:
    with pytest.raises(Invalid, match="第 3 行看不懂"):
        read(f"G0 1\n\n{line}\nG9 1")


def test_a_grid_that_stands_twice_is_named_with_its_second_line() -> None:
    with pytest.raises(Invalid, match="第 3 行：网格 G1 写了两次"):
        read("G1 1\nG2 1\nG1 1")


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_nothing_is_asked_for_again(text: str) -> None:
    with pytest.raises(Invalid, match="请每行写一个网格"):
        read(text)


@pytest.mark.parametrize(
    ("registered", "outside", "far"),
    [(95, 100, False), (94, 100, True), (105, 100, False), (106, 100, True), (0, 0, False), (1, 0, True)],
)
def test_more_than_a_twentieth_is_far(registered: int, outside: int, far: bool) -> None:
    assert is_far(registered, outside=outside) is far
