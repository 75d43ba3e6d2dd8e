"""The desk over many grids: from the city to a grid, by link, by search, by filter; never ranked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.scores.queries import differences
from survey.scores.rules import desk
from survey.scores.rules.desk import AreaDesk, Wanted
from survey.scores.rules.release import ScoreRow
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

Visit = Callable[..., Visitor]
ROW = ScoreRow(
    "w", "grid", "G", "网格", "", "overall", "rated", 100, 50, 0.7, 0.6, 0.8, 0.69, 1.0, "inside", "", "A"
)
LEVELS = ("city", "district", "street", "community", "grid")
LARGEST = 300_000
INSIDE = re.compile(rf'href="/scores/{WAVE}/areas/([^"]+)"')


def row(level: str, code: str, *, kind: str = "", position: str | None = None) -> ScoreRow:
    return replace(ROW, level=level, unit=code, name=f"{code}名", type=kind, position=position)


def a_city(grids: int) -> AreaDesk:
    """A city of one district that the release doesn't show, of two streets, each of grids of its own."""
    rows = [row("city", "C"), row("street", "S1"), row("street", "S2")]
    parents: dict[str, str | None] = {"C": None, "D": "C", "S1": "D", "S2": "D"}
    for number in range(grids):
        code = f"G{number:05d}"
        parents[code] = f"S{1 + number % 2}"
        rows.append(row("grid", code, kind="old" if number % 3 else "new", position="inside"))
    return AreaDesk.of(rows, parents)


def test_an_area_stands_below_all_that_it_lies_in_and_a_level_without_figures_is_passed_by() -> None:
    assert [each.unit for each in a_city(3).above("G00001")] == ["C", "S2"]
    assert [each.unit for each in a_city(3).inside("C", page=1).rows] == ["S1", "S2"]


@given(st.integers(0, 400), st.integers(-3, 12))
def test_every_part_stands_on_one_page_in_the_order_of_codes(grids: int, page: int) -> None:
    city = a_city(grids)
    pages = city.inside("S1", page=1).pages
    told = [each.unit for number in range(1, pages + 1) for each in city.inside("S1", page=number).rows]
    assert told == sorted(set(told))
    assert len(told) == city.inside("S1", page=page).total == (grids + 1) // 2
    assert 1 <= city.inside("S1", page=page).page <= pages


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(name="g00002"), ["G00002"]),
        (Wanted(name="Ｇ０００02名"), ["G00002"]),
        (Wanted(level="street"), ["S1", "S2"]),
        (Wanted(kind="new"), ["G00000", "G00003"]),
        (Wanted(standing="low"), []),
        (Wanted(name="nobody"), []),
    ],
)
def test_areas_are_found_by_name_level_type_and_standing(wanted: Wanted, found: list[str]) -> None:
    assert [each.unit for each in a_city(4).find(wanted, page=1).rows] == found


def test_below_their_type_are_those_that_chance_would_hardly_put_there() -> None:
    rows = [row("grid", f"G{n}", position=name) for n, name in enumerate(desk.STANDINGS)]
    found = AreaDesk.of(rows, {})
    assert [each.position for each in found.find(Wanted(standing="low"), page=1).rows] == list(desk.LOW)
    assert [each.position for each in found.find(Wanted(standing="high"), page=1).rows] == list(desk.HIGH)


def test_of_many_places_two_are_compared_by_code_or_by_a_name_that_one_alone_bears() -> None:
    rows = [row("grid", "G1"), row("grid", "G2"), replace(row("street", "S1"), name="G1名")]
    assert differences.place_of(rows, " G1 ") == "grid/G1"
    assert differences.place_of(rows, "G2名") == "grid/G2"
    assert differences.place_of(rows, "G1名") == "G1名", "two bear it"
    assert differences.place_of(rows, "nowhere") == "nowhere"


def test_from_the_city_down_to_a_grid_by_links(visit: Visit) -> None:
    assessor = visit("closed", "assessor")
    page = assessor.open(f"/scores/{WAVE}")
    walked = []
    while links := INSIDE.findall(page.html):
        walked.append(links[-1])
        page = assessor.open(f"/scores/{WAVE}/areas/{links[-1]}")
        assert page.status == 200
        assert len(page.html.encode()) < LARGEST
        if "下级" not in page.text:
            break
    assert walked[-1].startswith("G")
    assert f"/scores/{WAVE}/areas/C" in page.html


def test_an_area_that_there_is_not_and_odd_arguments_get_a_sentence_or_the_whole_list(visit: Visit) -> None:
    assessor = visit("closed", "assessor")
    assert assessor.open(f"/scores/{WAVE}/areas/nowhere").status == 404
    assert assessor.open("/scores/no-wave/areas").status == 404
    for odd in ("page=-1", "page=x", "page=9999999999999999999999", "level=nothing", "standing=%00x"):
        assert assessor.open(f"/scores/{WAVE}/areas?{odd}").status in {200, 422}
    assert "没有这样的区域" in assessor.open(f"/scores/{WAVE}/areas?name=nobody").text


def test_a_release_is_read_once_and_its_pages_ask_for_it_no_more(visit: Visit) -> None:
    assessor = visit("closed", "assessor")
    read = assessor.app.extensions["read_releases"]
    assessor.open(f"/scores/{WAVE}/areas")
    assert len(read._kept) == 1
    (kept,) = read._kept.values()
    assessor.open(f"/scores/{WAVE}/areas/G1")
    assert next(iter(read._kept.values())) is kept
