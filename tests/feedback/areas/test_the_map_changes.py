"""Grids split, merge and dissolve; posters, duty, cases and the past keep their meaning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from feedback.areas.operations import changes
from feedback.areas.queries import history, outlook
from feedback.areas.rules import Decision, MergeRequest, NewGrid, Revision, SplitRequest
from feedback.cases.queries import cases as case_queries
from feedback.contacts.queries import answer as contacts
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import Assignment
from feedback.models import LEDGER, Area, Case, Duty, Poster, Worker
from feedback.posters.operations import posters
from huying.base.errors import Conflict, Invalid, NotFound, Refused
from tests.support.examples import examples
from tests.support.owner import as_owner

HOUR = timedelta(hours=1)
PARTS = (NewGrid("G1a", "第1网格东", "old", "W1"), NewGrid("G1b", "第1网格西", "new", "W2"))


def decision(at, reason="户数太多") -> Decision:
    return Decision("office", reason, at)


def split(town, code="G1", into=PARTS, *, at=HOUR, reason="户数太多", vacant=False):
    with town.database.transaction() as session:
        request = SplitRequest(into, vacant)
        return changes.split(session, code, request, decision(town.now + at, reason))


def merge(town, codes=("G1", "G2"), into=None, *, at=HOUR, vacant=False):
    into = into or NewGrid("G9", "第9网格", "", "W1")
    with town.database.transaction() as session:
        return changes.merge(session, MergeRequest(codes, into, vacant), decision(town.now + at))


def dissolve(town, code="G1", into="G2", *, at=HOUR):
    with town.database.transaction() as session:
        return changes.dissolve(session, code, into=into, decision=decision(town.now + at))


def answer(town, *, at):
    with town.database.reading() as session:
        poster = town.poster(session)
        return contacts.answer(session, poster.grid_code, at=town.now + at, vault=town.vault)


def on_duty(town, grid, *, at):
    with town.database.reading() as session:
        found = duty_queries.current(session, grid, at=town.now + at)
        return found.worker_code if found else None


def one(town, model, key):
    with town.database.reading() as session:
        return session.get_one(model, key)


def test_an_old_poster_leads_to_whoever_answers_now(town):
    assert answer(town, at=timedelta()).worker_name == "王秀兰"
    split(town, into=(NewGrid("G1a", "东", "", "W2"), NewGrid("G1b", "西", "", "W1")))
    found = answer(town, at=2 * HOUR)
    assert (found.worker_name, found.area_name) == (
        "欧阳建国",
        "和平里社区 东",
    ) or found.worker_name == "欧阳建国"


def test_the_institutions_behind_a_grid_stand_behind_its_parts(town):
    before = answer(town, at=timedelta()).institutions
    split(town)
    assert answer(town, at=2 * HOUR).institutions == before


def test_duty_ends_with_its_grid_and_the_past_stays_answerable(town):
    with town.database.transaction() as session:
        duty.assign(
            session,
            Assignment(
                grid_code="G1",
                worker_code="W2",
                layer=1,
                valid_from=town.now + 5 * HOUR,
                valid_to=town.now + 6 * HOUR,
            ),
            by="office",
            now=town.now,
        )
    split(town)
    assert on_duty(town, "G1", at=timedelta()) == "W1"
    assert on_duty(town, "G1", at=2 * HOUR) is None
    assert on_duty(town, "G1", at=5.5 * HOUR) is None
    assert [on_duty(town, code, at=HOUR) for code in ("G1a", "G1b")] == ["W1", "W2"]


def test_nobody_may_be_put_on_duty_in_a_dissolved_grid(town):
    dissolve(town)
    with pytest.raises(Invalid), town.database.transaction() as session:
        duty.assign(
            session,
            Assignment(grid_code="G1", worker_code="W1", layer=0, valid_from=town.now + 2 * HOUR),
            by="office",
            now=town.now + 2 * HOUR,
        )


def test_an_open_case_goes_on_under_the_successor_and_its_clock_goes_on(town):
    case = town.open().case
    town.answer(case)
    split(town)
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        assert (found.grid_code, found.state, found.holder) == ("G1a", "answered", "worker")
        assert [step.event for step in found.steps][-1] == "regrid"
        held = list(case_queries.held(found, until=town.now + 2 * HOUR))
        hours = sum(part.duration / HOUR for part in held if part.holder == "worker")
        assert hours == pytest.approx(2)


def test_what_is_over_stays_with_the_grid_that_held_it(town):
    case = town.open().case
    with town.database.transaction() as session:
        found = session.get_one(Case, case.id)
        found.state, found.holder = "confirmed", ""
    split(town)
    assert one(town, Case, case.id).grid_code == "G1"


def test_a_split_asks_where_each_poster_hangs(town):
    split(town)
    with town.database.reading() as session:
        (waiting,) = outlook.undecided(session)
        code = waiting.code
    with town.database.transaction() as session:
        changes.place_poster(session, code, grid_code="G1b", by="office", now=town.now + 2 * HOUR)
    with town.database.reading() as session:
        assert outlook.undecided(session) == []
        assert town.poster(session).grid_code == "G1b"
    assert answer(town, at=3 * HOUR).worker_name == "欧阳建国"


def test_a_merge_asks_nothing(town):
    merge(town)
    with town.database.reading() as session:
        assert outlook.undecided(session) == []
        assert town.poster(session).grid_code == "G9"


def test_workers_belong_to_the_successor(town):
    merge(town)
    assert {one(town, Worker, code).area_code for code in ("W1", "W2")} == {"G9"}


def test_a_case_of_a_vacant_grid_finds_who_is_on_duty_where_it_is_dissolved_into(town):
    case = town.open(grid="G2").case
    dissolve(town, "G2", "G1")
    assert one(town, Case, case.id).worker_code == "W1"


def test_the_tree_of_an_instant_is_what_it_was_then(town):
    with town.database.transaction() as session:
        changes.revise(session, "G2", Revision(name="新名"), decision(town.now + HOUR))
        changes.revise(session, "G2", Revision(name="更新的名"), decision(town.now + 3 * HOUR))
    split(town, at=2 * HOUR)
    with town.database.reading() as session:
        names = [history.tree_at(session, town.now + at)["G2"].name for at in (0 * HOUR, 2 * HOUR, 4 * HOUR)]
        first, last = history.tree_at(session, town.now), history.tree_at(session, town.now + 3 * HOUR)
    assert names == ["第2网格", "新名", "更新的名"]
    assert (first["G1"].live, "G1a" in first) == (True, False)
    assert (last["G1"].live, last["G1a"].live) == (False, True)


def test_each_change_is_in_the_ledger_with_who_made_it(town):
    split(town)
    with town.database.reading() as session:
        lines = [line for line in LEDGER.lines(session) if b'"area.split"' in line]
        (change,) = history.changes_of(session, "G1")
    assert len(lines) == 1
    assert (change.kind, change.before, change.after, change.by) == ("split", "G1", "G1a G1b", "office")


@pytest.mark.parametrize(
    ("into", "kin", "sentence"),
    [
        (PARTS[:1], Invalid, "至少要拆成两个"),
        ((PARTS[0], PARTS[0]), Conflict, "已经用过"),
        ((PARTS[0], NewGrid("G2", "西", "", "W2")), Conflict, "已经用过"),
        ((PARTS[0], NewGrid("G 1", "西", "", "W2")), Invalid, "网格编号"),
        ((PARTS[0], NewGrid("G1b", " ", "", "W2")), Invalid, "请填写名称"),
        ((PARTS[0], NewGrid("G1b", "西")), Conflict, "还没有安排网格员"),
        ((PARTS[0], NewGrid("G1b", "西", "", "W7")), Invalid, "W7"),
        ((PARTS[0], NewGrid("G1b", "长" * 81, "", "W2")), Invalid, "不要超过 80"),
    ],
)
def test_a_split_that_cannot_be_is_refused_whole(town, into, kin, sentence):
    with pytest.raises(kin, match=sentence):
        split(town, into=into)
    with town.database.reading() as session:
        assert session.get(Area, "G1a") is None
        assert session.get_one(Area, "G1").retired_at is None


def test_a_vacancy_must_be_meant(town):
    split(town, into=(PARTS[0], NewGrid("G1b", "西")), vacant=True)
    assert on_duty(town, "G1b", at=2 * HOUR) is None


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [(("G1",), "至少要选两个"), (("G1", "G1"), "至少要选两个"), (("G1", "X"), "没有编号为 X")],
)
def test_a_merge_that_cannot_be_is_refused(town, codes, sentence):
    with pytest.raises(Refused, match=sentence):
        merge(town, codes)


def test_grids_of_two_communities_are_not_merged(town):
    with town.database.transaction() as session:
        session.add(Area(code="M2", parent_code="S", level="community", name="另一社区", grid_type=""))
        session.flush()
        changes.revise(session, "G2", Revision(parent_code="M2"), decision(town.now))
    with pytest.raises(Invalid, match="同一个社区"):
        merge(town)


def test_a_grid_is_not_dissolved_into_itself_nor_twice(town):
    with pytest.raises(Invalid, match="不能并入自己"):
        dissolve(town, "G1", "G1")
    dissolve(town)
    with pytest.raises(Conflict, match="已经撤并"):
        dissolve(town)
    with pytest.raises(Conflict, match="已经撤并"):
        dissolve(town, "G2", "G1")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"parent_code": "G2"}, "的上级不能是"),
        ({"parent_code": "nowhere"}, "不存在"),
        ({"name": "长" * 81}, "不要超过 80"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(town, more, sentence):
    with pytest.raises(Invalid, match=sentence), town.database.transaction() as session:
        changes.revise(session, "G1", Revision(**more), decision(town.now))


def test_what_an_area_does_not_have_cannot_be_revised(town):
    with pytest.raises(NotFound), town.database.transaction() as session:
        changes.revise(session, "nowhere", Revision(name="x"), decision(town.now))
    with pytest.raises(Invalid, match="只有网格才有"), town.database.transaction() as session:
        changes.revise(session, "M", Revision(grid_type="old"), decision(town.now))


def test_a_change_without_a_reason_is_refused(town):
    with pytest.raises(Invalid, match="为什么改"):
        split(town, reason=" ")
    assert one(town, Area, "G1").retired_at is None


def test_no_poster_is_issued_for_a_dissolved_grid(town):
    dissolve(town)
    with pytest.raises(Invalid), town.database.transaction() as session:
        posters.issue(session, grid_code="G1", location="门口", now=town.now + 2 * HOUR)


@pytest.mark.parametrize("table", ["area_past", "area_change"])
def test_the_past_can_be_neither_changed_nor_deleted(town, table):
    split(town)
    with town.database.transaction() as session:
        changes.revise(session, "G2", Revision(name="新名"), decision(town.now + HOUR))
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="insert-only"), as_owner(town.database) as session:
            session.execute(text(statement))


CHANGE = st.tuples(st.sampled_from(["split", "merge", "dissolve"]), st.integers(0, 9), st.integers(0, 9))


@examples(10)
@given(st.lists(CHANGE, max_size=6))
def test_after_any_changes_every_poster_leads_to_a_grid_in_use_and_the_map_is_a_tree(town, plan):
    """Every example goes on where the last one ended: the town's map has a long history."""
    for kind, this, other in plan:
        with town.database.transaction() as session:
            step = len(session.scalars(select(Area.code)).all())
            now = town.now + step * HOUR
            grids = [area.code for area in session.scalars(select(Area).order_by(Area.code)) if _live(area)]
            one_, two = grids[this % len(grids)], grids[other % len(grids)]
            try:
                if kind == "split":
                    parts = [NewGrid(f"N{step}{end}", "新", "", "W1") for end in "ab"]
                    changes.split(session, one_, SplitRequest(parts), decision(now))
                elif kind == "merge":
                    into = NewGrid(f"N{step}", "新", "", "W2")
                    changes.merge(session, MergeRequest([one_, two], into), decision(now))
                else:
                    changes.dissolve(session, one_, into=two, decision=decision(now))
            except Refused:
                session.rollback()
    with town.database.reading() as session:
        areas = {area.code: area for area in session.scalars(select(Area))}
        for poster in session.scalars(select(Poster)):
            assert _live(areas[poster.grid_code])
        for area in areas.values():
            assert area.parent_code is None or area.parent_code in areas
        ends = [row for row in session.scalars(select(Duty)) if row.valid_to is None and not row.retracted_at]
        assert all(_live(areas[row.grid_code]) for row in ends)
        for worker in session.scalars(select(Worker)):
            assert _live(areas[worker.area_code])


def _live(area: Area) -> bool:
    return area.level == "grid" and area.retired_at is None
