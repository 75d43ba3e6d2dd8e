"""A week's roster: within what it covers the file is the plan; what has begun is never taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from feedback.duty import queries as duty
from feedback.imports.operations.runs import ImportCounts
from feedback.models import LEDGER, Duty
from huying.base.errors import Invalid
from tests.feedback.imports.bringing import bring, plan
from tests.feedback.town import Town, put_on_duty
from tests.support.examples import examples

HEAD = "网格编号,工号,值守方式,值守开始,值守结束,原因\n"
WEEK = (
    HEAD
    + "G1,W2,代班,2026-11-24 08:00,2026-11-24 18:00,轮休\n"
    + "G1,W2,代班,2026-11-25 08:00,2026-11-25 18:00,轮休\n"
    + "G2,W2,负责人,2026-11-24,2026-12-01,\n"
)


def _live(town: Town) -> list[tuple[str, int, str, str, str]]:
    with town.database.reading() as session:
        rows = session.scalars(select(Duty).where(Duty.retracted_at.is_(None)).order_by(Duty.valid_from))
        return [
            (
                row.grid_code,
                row.layer,
                row.worker_code,
                f"{row.valid_from:%m-%d %H}",
                f"{row.valid_to:%m-%d %H}" if row.valid_to else "",
            )
            for row in rows
            if row.layer or row.valid_to
        ]


def test_a_week_comes_in_and_a_second_time_writes_nothing(town: Town) -> None:
    assert bring(town, "duty", WEEK) == ImportCounts(3, 3, 0, 0)
    with town.database.reading() as session:
        lines = LEDGER.size(session)
        at = town.now + timedelta(days=1)
        assert duty.current(session, "G1", at=at).worker_code == "W2"
        assert duty.current(session, "G1", at=at + timedelta(hours=12)).worker_code == "W1"
    assert bring(town, "duty", WEEK) == ImportCounts(3, 0, 0, 3)
    with town.database.reading() as session:
        assert LEDGER.size(session) == lines


def test_somebody_else_in_the_same_place_is_a_change(town: Town) -> None:
    bring(town, "duty", WEEK)
    other = WEEK.replace("G1,W2,代班,2026-11-25", "G1,W1,代班,2026-11-25")
    found = plan(town, "duty", other)
    assert [(change.kind, change.line) for change in found.changes] == [("changed", 3)]
    assert bring(town, "duty", other) == ImportCounts(3, 0, 1, 2)
    assert ("G1", 1, "W1", "11-25 00", "11-25 10") in _live(town)
    assert ("G1", 1, "W2", "11-25 00", "11-25 10") not in _live(town)


def test_what_the_new_plan_lacks_is_taken_back_and_its_neighbours_stay(town: Town) -> None:
    middle = "G1,W2,代班,2026-11-24 20:00,2026-11-24 22:00,\n"
    bring(town, "duty", WEEK + middle)
    with town.database.transaction() as session:
        start = town.now + timedelta(days=5)
        put_on_duty(session, "W2", "G1", start=start, end=start + timedelta(hours=1), layer=1)
    found = plan(town, "duty", WEEK)
    assert [(change.kind, change.line) for change in found.changes] == [("left", None)]
    assert bring(town, "duty", WEEK) == ImportCounts(3, 0, 0, 3, 1)
    assert len(_live(town)) == 4


def test_what_has_begun_is_not_taken_back(town: Town) -> None:
    bring(town, "duty", WEEK)
    later = town.now + timedelta(days=1, hours=2)
    other = WEEK.replace("G1,W2,代班,2026-11-24", "G1,W1,代班,2026-11-24")
    with pytest.raises(Invalid, match="W2 在同一网格、同一方式的值守时间重叠"):
        bring(town, "duty", other, now=later)
    over = WEEK.replace("2026-11-24 18:00", "2026-11-24 10:00")
    with pytest.raises(Invalid, match="已经过去的值守不能由导入更改"):
        bring(town, "duty", over, now=later)
    shorter = WEEK.replace("2026-11-24 18:00", "2026-11-24 14:00")
    assert bring(town, "duty", shorter, now=later) == ImportCounts(3, 0, 1, 2)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("G9,W2,代班,2026-11-26,2026-11-27,", "网格编号", "没有编号为“G9”的网格"),
        ("M,W2,代班,2026-11-26,2026-11-27,", "网格编号", "没有编号为“M”的网格"),
        ("G1,W9,代班,2026-11-26,2026-11-27,", "工号", "没有工号为“W9”的在岗网格员"),
        ("G1,W2,顶班,2026-11-26,2026-11-27,", "值守方式", "值守方式“顶班”不对"),
        ("G1,W2,代班,,2026-11-27,", "值守开始", "请填写值守开始"),
        ("G1,W2,代班,2026-11-26,,", "值守结束", "请填写值守结束"),
        ("G1,W2,代班,2026-11-26,2026-11-26,", "值守结束", "结束要晚于开始"),
        ("G1,W2,代班,周四,2026-11-27,", "值守开始", "不是日期"),
        ("G1,W1,代班,2026-11-24 10:00,2026-11-24 11:00,", "值守开始", "和 W2 在同一网格、同一方式"),
        ("G1,W2,代班,2026-11-24 08:00,2026-11-24 09:00,", "", "和第 2 行是同一条值守"),
        ("G1,W2,负责人,2026-11-26,2026-11-27,", "值守开始", "和 W1 在同一网格、同一方式"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(town: Town, row: str, column: str, reason: str) -> None:
    before = _live(town)
    found = plan(town, "duty", f"{WEEK}{row}\n")
    assert any(
        fault.line in {2, 5} and fault.column == column and reason in fault.reason for fault in found.faults
    ), found.faults
    with pytest.raises(Invalid):
        bring(town, "duty", f"{WEEK}{row}\n")
    assert _live(town) == before


SHIFTS = st.lists(
    st.tuples(
        st.sampled_from(["G1", "G2"]), st.sampled_from(["W1", "W2"]), st.integers(1, 6), st.integers(1, 3)
    ),
    min_size=1,
    max_size=6,
)


@examples(10)
@given(rosters=st.lists(SHIFTS, min_size=1, max_size=3))
def test_after_any_rosters_nothing_overlaps_and_the_last_one_holds(town: Town, rosters: list) -> None:
    for shifts in rosters:
        rows = "".join(
            f"{grid},{staff},应急,2026-12-{day:02d},2026-12-{day + long:02d},\n"
            for grid, staff, day, long in shifts
        )
        found = plan(town, "duty", HEAD + rows)
        if found.faults:
            continue
        bring(town, "duty", HEAD + rows, confirmed_by="周主任")
        again = plan(town, "duty", HEAD + rows)
        assert (again.changes, again.unchanged) == ((), len(shifts))
