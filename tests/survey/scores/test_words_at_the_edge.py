"""What pages say where little or everything agrees: no grid vanishes, no width of zero, nobody has 100 %."""

from __future__ import annotations

import pytest

from sampling.comparing.funnel import position
from survey.scores.queries.biases import ReportedListBias
from survey.scores.rules.list_bias import Arm, ListArms, single
from survey.scores.rules.release import ScoreRow
from survey.scores.views import plain_language
from tests.survey.scores.test_scores import ALL, CITY, OVERALL, RATED, figures, published, units


def row(sample: list[object], **sizes: int) -> ScoreRow:
    return published(figures(sample, **sizes))[CITY, OVERALL, RATED]  # type: ignore[arg-type]


def test_a_place_of_which_a_grid_of_2000_households_gave_no_answer_says_why_it_has_no_figure() -> None:
    city = row([*units("G1", *[5] * 20)], G1=500, G2=2000)
    assert (city.estimate, city.frame_covered) == (None, 0.2)
    assert plain_language.why_hidden(city) == "不到九成的住户住在有回答的网格里，不公布"


def test_one_answer_for_2000_households_is_too_few_to_show() -> None:
    found = published(figures(units("G1", 5), G1=2000))
    for den in (RATED, ALL):
        for unit in ("G1", CITY):
            assert found[unit, OVERALL, den].estimate is None
            assert plain_language.why_hidden(found[unit, OVERALL, den]) == "少于10份，不公布"


def test_24_of_24_listed_against_0_of_11_is_said_with_its_width() -> None:
    bias = single(ListArms(Arm(24, 24, 50), Arm(0, 11, 450)), response_rate=0.3)
    said = plain_language.misleads(
        ReportedListBias("W1", "G1", 50, 0.1, 24, 11, "F", bias.value, bias.low, bias.high, 1.0, 0.1, 0.001)
    )
    assert bias.low < bias.value == pytest.approx(0.9)
    assert said == (
        "只问名单上的人，满意的比例会偏高约 90.0 个百分点（95% 置信区间 "
        f"{plain_language.points(bias.low)} 到 {plain_language.points(bias.high)}）。"
    )
    assert plain_language.points(bias.low) != plain_language.points(bias.high)


def test_10_of_10_where_95_in_100_is_usual_is_nothing_special_and_never_100_percent() -> None:
    assert position([1.0], [0.95], [10.0]).tolist() == ["inside"]
    grid = published(figures(units("G1", *[5] * 10), G1=400))["G1", OVERALL, RATED]
    assert grid.unweighted is None
    assert plain_language.share(grid, grid.unweighted) == "–"
    assert grid.estimate is None
    assert grid.low is not None
    assert grid.low < 0.75
