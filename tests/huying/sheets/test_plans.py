"""An import that shrinks or moves a register by much waits for somebody's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Refused
from huying.sheets.plans import Change, ChangeKind, Plan


def plan(known: int, **counts: int) -> Plan:
    kinds: tuple[ChangeKind, ...] = ("new", "changed", "moved", "left")
    changes = tuple(
        Change(kind, f"{kind}{n}", None, "") for kind in kinds for n in range(counts.get(kind, 0))
    )
    return Plan(read=known, known=known, unchanged=0, changes=changes)


@given(known=st.integers(0, 19), left=st.integers(0, 19), moved=st.integers(0, 19))
def test_a_small_register_changes_as_it_likes(known, left, moved):
    assert plan(known, left=left, moved=moved).alarm is None


@given(known=st.integers(20, 400), left=st.integers(0, 60), moved=st.integers(0, 60))
def test_the_alarm_rings_exactly_beyond_its_shares(known, left, moved):
    beyond = 20 * left > known or 10 * moved > known
    assert (plan(known, left=left, moved=moved).alarm is not None) == beyond


@given(known=st.integers(20, 400), new=st.integers(0, 400), changed=st.integers(0, 400))
def test_growth_and_corrections_are_no_alarm(known, new, changed):
    assert plan(known, new=new, changed=changed).alarm is None


@pytest.mark.parametrize("name", [None, "", "  "])
def test_an_alarm_without_a_name_is_refused(name):
    with pytest.raises(Refused, match="100 条里有 6 条会离开"):
        plan(100, left=6).confirmed(name)


def test_five_in_a_hundred_may_leave_and_ten_may_move():
    assert plan(20, left=1, moved=2).alarm is None
    assert plan(20, left=2).alarm == "20 条里有 2 条会离开，超过 5%。"
    assert plan(20, moved=3).alarm == "20 条里有 3 条会换地方，超过 10%。"


def test_a_plan_has_no_faults_unless_it_names_them():
    assert plan(3).faults == ()


def test_a_name_answers_an_alarm():
    plan(100, left=6, moved=40).confirmed("王主任")


def test_without_an_alarm_no_name_is_asked():
    plan(100, left=5, moved=10).confirmed(None)


def test_changes_are_counted_by_kind():
    counted = plan(100, new=3, left=2)
    assert [counted.count("new"), counted.count("changed"), counted.count("left")] == [3, 0, 2]
