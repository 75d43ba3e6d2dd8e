"""Without a camera: a poster's code typed in, or a community found by name; no worker's number is given."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text, update

from feedback.models import Poster
from feedback.scan.rules import finding
from feedback.scan.rules.finding import SearchedCommunity
from huying.base.phones import pretty
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import LI, OFFICE, POSTER, STREET, WANG


def typed_in(resident: Visitor, code: str) -> Page:
    return resident.open(f"/find/code?{urlencode({'code': code})}")


def named(resident: Visitor, name: str) -> Page:
    return resident.open(f"/find?{urlencode({'name': name})}")


@pytest.mark.parametrize("code", ["7k3m9qda", "7K3M-9QDA", "７Ｋ３Ｍ９ＱＤＡ", " 7k3m 9qda ", "572005"])
def test_a_poster_s_code_typed_in_leads_to_its_page(resident: Visitor, code: str) -> None:
    assert typed_in(resident, code).path.startswith(f"/p/{POSTER}/")


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("hello", 422, "8 位字母和数字"),
        ("", 422, "8 位字母和数字"),
        ("7K3M9QDB", 404, "编号"),
    ],
)
def test_what_is_no_poster_s_code_is_told_what_to_do_and_stays_in_the_box(
    resident: Visitor, code: str, status: int, said: str
) -> None:
    page = typed_in(resident, code)
    assert (page.status, said in page.text) == (status, True)
    assert f'value="{code}"' in page.response.text


@pytest.mark.parametrize("name", ["和平里", "和 平 里", "第3网格", "3号楼"])
def test_a_community_is_found_by_its_own_name_a_grid_s_or_a_poster_s_place(
    resident: Visitor, name: str
) -> None:
    page = named(resident, name)
    assert page.status == 200
    assert "和平里社区" in page.text
    assert pretty(OFFICE) in page.text
    assert pretty(STREET) in page.text


def test_a_search_gives_offices_numbers_and_nobody_s_own(resident: Visitor) -> None:
    said = named(resident, "和平里").response.text
    for number in (WANG, LI):
        assert number not in said
        assert pretty(number) not in said
    assert "王" not in said


def test_too_short_a_name_and_one_that_nothing_bears_get_a_sentence(resident: Visitor) -> None:
    assert (named(resident, "和").status, named(resident, "没有这里").status) == (422, 404)
    assert "没有找到“没有这里”" in named(resident, "没有这里").text
    assert named(resident, "").status == 200


@contextmanager
def statements(resident: Visitor) -> Iterator[list[str]]:
    """Collect what the database is asked meanwhile."""
    engine = resident.client.application.extensions["huying"].database.engine
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_posters_are_read_once_for_all_searches_until_one_changes(resident: Visitor) -> None:
    database = resident.client.application.extensions["huying"].database
    with database.transaction() as session:
        for trigger in importlib.import_module("feedback.migrations.versions.0008_reach")._triggers("sqlite"):
            session.execute(text(trigger))
    assert named(resident, "九号楼").status == 404
    with statements(resident) as asked:
        assert named(resident, "3号楼").status == 200
    assert not [each for each in asked if "FROM poster" in each]
    with database.transaction() as session:
        session.execute(update(Poster).where(Poster.code == POSTER).values(place="九号楼门口"))
    assert (named(resident, "九号楼").status, named(resident, "3号楼").status) == (200, 404)


@given(st.lists(st.text("甲乙丙丁", min_size=1, max_size=3), min_size=1, max_size=5), st.data())
def test_whatever_part_of_a_name_is_typed_its_community_is_among_those_found(
    names: list[str], data: st.DataObject
) -> None:
    communities = [SearchedCommunity(str(n), (name,), ()) for n, name in enumerate(names)]
    n = data.draw(st.integers(0, len(names) - 1))
    begin = data.draw(st.integers(0, len(names[n]) - 1))
    end = data.draw(st.integers(begin + 1, len(names[n])))
    assert str(n) in finding.matching(communities, names[n][begin:end])
