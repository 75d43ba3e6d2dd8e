"""Workers' lists of one file: each worker's rows are one list, sealed, handed in once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from feedback.imports.operations.runs import ImportCounts
from feedback.models import ListRow, WorkerList
from feedback.worker.queries import lists as list_queries
from huying.base.errors import Invalid
from tests.feedback.imports.bringing import bring, plan
from tests.feedback.town import Town

LISTS = """工号,电话,地址
W1,+99913800011,和平里3号楼201
W2,+99913800012,和平里7号楼101
W1,+99913800013,和平里3号楼202
"""


def test_each_worker_has_a_list_of_the_own_rows(town: Town) -> None:
    assert bring(town, "lists", LISTS) == ImportCounts(3, 3, 0, 0)
    with town.database.reading() as session:
        handed = {each.worker_code: each.id for each in session.scalars(select(WorkerList))}
        assert sorted(handed) == ["W1", "W2"]
        rows = session.scalars(select(ListRow).where(ListRow.list_id == handed["W1"]).order_by(ListRow.code))
        assert [list_queries.number_of(row, vault=town.vault) for row in rows] == [
            "+99913800011",
            "+99913800013",
        ]


def test_the_same_list_again_is_no_second_list_and_another_one_is(town: Town) -> None:
    bring(town, "lists", LISTS)
    assert bring(town, "lists", LISTS) == ImportCounts(3, 0, 0, 3)
    assert bring(town, "lists", LISTS.replace("3800012", "3800019")) == ImportCounts(3, 1, 0, 2)
    with town.database.reading() as session:
        assert len(session.scalars(select(WorkerList)).all()) == 3


def test_what_a_try_shows_hides_the_numbers(town: Town) -> None:
    assert [change.what for change in plan(town, "lists", LISTS).changes][:1] == ["••• 0011"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("W9,+99913800014,某处", "工号", "没有工号为“W9”的网格员"),
        ("W1,12,某处", "电话", "电话号码不完整"),
        ("W1,+99913800014,", "地址", "地址应为"),
        ("W1,+99913800011,某处", "电话", "电话和第 2 行相同"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(town: Town, row: str, column: str, reason: str) -> None:
    (fault,) = plan(town, "lists", f"{LISTS}{row}\n").faults
    assert (fault.line, fault.column) == (5, column)
    assert reason in fault.reason
    with pytest.raises(Invalid):
        bring(town, "lists", f"{LISTS}{row}\n")
    with town.database.reading() as session:
        assert session.scalars(select(WorkerList)).all() == []
