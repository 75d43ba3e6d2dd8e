"""Filters in an address, counts, and the order of the wall: plain rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.oversight.rules import filters, wall
from feedback.oversight.rules.counts import CaseCount, added, whole
from feedback.oversight.rules.filters import CaseFilter
from feedback.oversight.rules.wall import ANSWERS, NOBODY, GridOnWall

GRIDS = st.builds(
    GridOnWall,
    code=st.text("abc", min_size=1, max_size=3),
    name=st.just("第3网格"),
    community=st.sampled_from(("春一社区", "和平里社区", "")),
    standing=st.sampled_from(sorted(wall.SIGNS)),
    answers=st.just("王秀兰"),
)
COUNTS = st.builds(CaseCount, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))


def test_an_address_holds_what_narrows_and_nothing_else() -> None:
    assert CaseFilter().address() == {}
    wanted = CaseFilter(words="水管", scope="all", due="overdue", idling=True, since=date(2026, 11, 1))
    assert wanted.address() == {
        "words": "水管",
        "scope": "all",
        "due": "overdue",
        "idling": "y",
        "since": "2026-11-01",
    }


@pytest.mark.parametrize(
    "words",
    [
        "13800138000",
        "138 0013 8000",
        "电话 021-5555-1234",
        "13800",
        "１３８００",
        "①③⑧⓪⓪",
        "1\u200b3\u200b8\u200b0\u200b0",
        "1380 和 0138 和 000",
    ],
)
def test_nobody_is_found_by_a_telephone_number_or_a_piece_of_one(words: str) -> None:
    assert filters.could_be_a_number(words)


@pytest.mark.parametrize("words", ["3号楼 1204 室", "2单元", "水管漏水", "7K3M9Q"])
def test_houses_and_case_numbers_are_words(words: str) -> None:
    assert not filters.could_be_a_number(words)


def test_solved_unsure_and_silence_are_one_state_to_ask_for() -> None:
    assert not {"confirmed", "unconfirmed"} & set(filters.SCOPES)


@pytest.mark.parametrize(
    ("desk", "kind"),
    [
        ("worker", "worker"),
        ("unit", "unit"),
        ("dept:water", "dept"),
        ("dept:coordination", "coordination"),
        ("dept:district", "district"),
        (None, "nowhere"),
    ],
)
def test_every_desk_is_of_one_kind(desk: str | None, kind: str) -> None:
    assert filters.kind_of_desk(desk) == kind
    assert kind in filters.DESKS


@given(st.lists(st.tuples(st.sampled_from("abc"), COUNTS)))
def test_parts_add_up_to_the_whole(parts: list[tuple[str, CaseCount]]) -> None:
    assert whole(added(parts).values()) == whole(count for _key, count in parts)


@given(st.lists(GRIDS))
def test_the_wall_has_every_grid_once_gaps_first(grids: list[GridOnWall]) -> None:
    hung = wall.by_community(grids)
    assert sorted(grid.code for each in hung for grid in each.grids) == sorted(grid.code for grid in grids)
    gaps = [each.how_many(NOBODY) for each in hung]
    assert gaps == sorted(gaps, reverse=True)
    for each in hung:
        stands = [grid.standing for grid in each.grids]
        assert stands == sorted(stands)
    told = {each.standing: each.grids for each in wall.legend(hung)}
    assert told == {code: sum(grid.standing == code for grid in grids) for code in wall.SIGNS}


def test_each_way_to_stand_has_a_sign_and_a_word_of_its_own() -> None:
    for told in (wall.SIGNS, wall.TONES, {code: str(each.message) for code, each in wall.LABELS.items()}):
        assert len(set(told.values())) == len(wall.SIGNS)
    assert wall.standing("vacant", after_hours=False) == NOBODY
    assert wall.standing("covered", after_hours=False) == ANSWERS, "somebody stands in"
