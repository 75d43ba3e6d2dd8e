"""A result for anybody: three sentences and one picture, once the score is published and not before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from survey.results import rules
from survey.scores.rules.charts import LEFT, RIGHT
from survey.scores.rules.release import ScoreRow
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

ROW = ScoreRow(
    "w", "city", "C", "云川市", "", "overall", "rated", 100, 50, 0.7, 0.6, 0.8, 0.69, 1.0, None, "", "A"
)
LARGEST = 40_000


def street(code: str, **figures: float | None) -> ScoreRow:
    return replace(ROW, level="street", unit=code, name=f"{code}街道", **figures)  # type: ignore[arg-type]


def test_before_the_score_is_published_there_is_no_result(visit: Callable[..., Visitor]) -> None:
    anybody = visit("open")
    assert anybody.open(f"/results/{WAVE}").status == 404
    assert anybody.open("/results/no-such-wave").status == 404
    assert "最近一次的结果" not in anybody.open("/").text


def test_a_published_result_stands_on_the_first_page_and_on_one_of_its_own(
    visit: Callable[..., Visitor],
) -> None:
    anybody = visit("closed")
    for path in ("/", f"/results/{WAVE}"):
        page = anybody.open(path)
        assert page.status == 200
        assert len(page.html.encode()) < LARGEST
        assert "<script" not in page.html
        assert "从名册上的 90 户里抽" in page.text
        assert "次公布的数" not in page.text
        assert page.main.count("<svg") == 1


def test_streets_stand_by_code_whatever_their_share_and_the_city_first() -> None:
    made = rules.picture(ROW, [street("A", estimate=0.2), street("B", estimate=0.9)])
    assert [line.name for line in made.lines] == ["云川市", "A街道", "B街道"]
    assert [line.main for line in made.lines] == [True, False, False]


def test_a_street_that_is_hidden_has_a_line_without_a_mark() -> None:
    made = rules.picture(ROW, [street("A", estimate=None, low=None, high=None)])
    assert (made.lines[1].x, made.lines[1].left, made.lines[1].right) == (None, None, None)


def test_where_all_agree_there_are_limits_and_no_dot() -> None:
    line = rules.picture(ROW, [street("A", estimate=None, low=0.8, high=1.0)]).lines[1]
    assert line.x is None
    assert line.left is not None


def test_more_streets_than_a_picture_holds_leave_the_city_alone() -> None:
    streets = [street(f"S{n:02d}") for n in range(rules.MOST_STREETS + 1)]
    assert len(rules.picture(ROW, streets).lines) == 1


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_mark_lies_within_its_bar_and_the_bar_within_the_picture(a: float, b: float, c: float) -> None:
    low, share, high = sorted((a, b, c))
    line = rules.picture(replace(ROW, estimate=share, low=low, high=high), []).lines[0]
    assert line.left is not None
    assert line.x is not None
    assert line.right is not None
    assert LEFT <= line.left <= line.x <= line.right <= RIGHT
