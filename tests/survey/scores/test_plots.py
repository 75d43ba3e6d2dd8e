"""Plots: the geometry follows the shares, hidden cells stay gaps, and a page of 200 grids stays light."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from huying.web.languages import WORDS
from survey.scores.rules.charts import LEFT, RIGHT, Caterpillar, ChartLine, by_group, caterpillar, position

shares = st.floats(0, 1)


def drawn(*plots: Caterpillar) -> str:
    folder = Path(__file__).parents[3] / "templates"
    pages = Environment(
        loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.globals.update(WORDS)
    macros = pages.get_template("macros/charts.html")
    return "".join(str(macros.module.caterpillar(plot)) for plot in plots)  # type: ignore[attr-defined]


def grids(count: int, *, hidden: int = 0) -> list[ChartLine]:
    return [
        ChartLine(
            f"G{n:06}", f"第{n}网格", "老旧小区", *((None,) * 3 if n <= hidden else (0.71, 0.5234, 0.8512))
        )
        for n in range(1, count + 1)
    ]


@given(shares, shares)
def test_a_larger_share_never_stands_further_left(one: float, other: float) -> None:
    small, large = sorted([one, other])
    assert LEFT <= position(small) <= position(large) <= RIGHT


@given(st.floats(allow_nan=False))
def test_nothing_is_drawn_outside_the_axis(share: float) -> None:
    assert LEFT <= position(share) <= RIGHT


@given(st.lists(shares, min_size=3, max_size=3).map(sorted))
def test_the_point_stands_on_its_interval(bounds: list[float]) -> None:
    lo, est, hi = bounds
    (mark,) = caterpillar([ChartLine("G1", "", "", est, lo, hi)], key="p", title="t").marks
    assert mark.x is not None
    assert mark.left is not None
    assert mark.width is not None
    assert mark.left <= mark.x <= mark.left + mark.width + 0.011


@given(st.permutations(range(12)))
def test_areas_stand_in_the_order_of_their_codes_whatever_their_scores(order: list[int]) -> None:
    lines = [ChartLine(f"G{n:02}", "", "", score / 12, 0.0, 1.0) for n, score in enumerate(order)]
    plot = by_group(sorted(lines, key=lambda line: -(line.est or 0)), title="t")[""]
    assert [mark.label for mark in plot.marks] == [f"G{n:02}" for n in range(12)]


def test_each_type_of_grid_has_a_plot_of_its_own() -> None:
    lines = [ChartLine("G1", "", "商品房", 0.5, 0.4, 0.6), ChartLine("G2", "", "老旧小区", 0.5, 0.4, 0.6)]
    plots = by_group(lines, title="各网格得分")
    assert len(plots) == 2
    assert len({plot.key for plot in plots.values()}) == 2
    assert all(len(plot.marks) == 1 for plot in plots.values())


def test_a_hidden_cell_is_a_gap_and_the_description_says_so() -> None:
    plot = caterpillar(grids(3, hidden=1), key="p", title="t")
    assert [mark.gap for mark in plot.marks] == [True, False, False]
    assert "1 个少于10份回答，不公布" in plot.description
    svg = drawn(plot)
    assert svg.count("<circle") == 2
    assert svg.count("不公布</text>") == 1


def test_a_plot_is_well_formed_named_for_those_who_cannot_see_it_and_carries_no_style() -> None:
    plots = by_group([*grids(2), ChartLine("X", "", "商品房", 0.2, 0.1, 0.4)], title="得分")
    root = ElementTree.fromstring(f"<div>{drawn(*plots.values())}</div>")
    for svg in root:
        assert svg.attrib["role"] == "img"
        named = {element.attrib["id"] for element in svg if element.tag in {"title", "desc"}}
        assert named == set(svg.attrib["aria-labelledby"].split())
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert not [element for element in root.iter() if "style" in element.attrib]


def test_two_hundred_grids_take_at_most_thirty_kilobytes() -> None:
    assert len(drawn(caterpillar(grids(200), key="p", title="t")).encode()) <= 30_000


def test_every_line_has_room_of_its_own() -> None:
    svg = drawn(caterpillar(grids(40), key="p", title="t"))
    heights = [float(y) for y in re.findall(r'cy="([0-9.]+)"', svg)]
    gaps = {round(below - above) for above, below in pairwise(heights)}
    assert gaps == {20}
