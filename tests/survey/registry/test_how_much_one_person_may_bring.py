"""How much may leave a grid or change its number by one registrar's hand: the rules by value."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.registry.rules import curation
from survey.registry.rules.curation import (
    Approval,
    EventKind,
    Exceeded,
    RowEvent,
    SaltedEvent,
    allowance,
    exceeded,
)


def gone(*households: str, kind: EventKind = "left", grid: str = "G") -> list[RowEvent]:
    return [RowEvent(kind, household, grid) for household in households]


def past(*households: str, kind: str = "left", grid: str = "G") -> dict[tuple[str, str], frozenset[str]]:
    return {(grid, kind): frozenset(households)}


@pytest.mark.parametrize(
    ("households", "most"), [(0, 1), (1, 1), (20, 1), (39, 1), (40, 2), (59, 2), (60, 3), (1000, 50)]
)
def test_a_twentieth_of_a_grid_may_and_one_household_always(households: int, most: int) -> None:
    assert allowance(households) == most
    assert Exceeded("G", households, 0, 0).most == most


def test_as_many_as_one_may_are_not_too_many_and_one_more_is() -> None:
    assert exceeded(gone("1", "2"), here={"G": 40}, past={}) == ()
    assert exceeded(gone("1", "2", "3"), here={"G": 40}, past={}) == (Exceeded("G", 40, 3, 0),)


def test_who_left_within_a_year_counts_and_belongs_to_the_whole_of_which_it_is_a_part() -> None:
    assert exceeded(gone("1"), here={"G": 39}, past=past("2")) == ()
    assert exceeded(gone("1"), here={"G": 37}, past=past("2", "3")) == (Exceeded("G", 39, 3, 0),)
    assert exceeded(gone("1"), here={"G": 38}, past=past("2", "3")) == (Exceeded("G", 40, 3, 0),)


def test_whoever_leaves_twice_is_one_household() -> None:
    assert exceeded(gone("1", "1", "2"), here={"G": 40}, past={}) == ()
    assert exceeded(gone("1"), here={"G": 38}, past=past("1", "2")) == ()


def test_changes_of_number_are_counted_by_themselves() -> None:
    both = [*gone("1"), *gone("2", kind="number")]
    assert exceeded(both, here={"G": 20}, past={}) == ()
    more = [*gone("1"), *gone("2", "3", kind="number")]
    assert exceeded(more, here={"G": 20}, past={}) == (Exceeded("G", 20, 1, 2),)
    assert exceeded(gone("2", kind="number"), here={"G": 20}, past=past("3", kind="number")) == (
        Exceeded("G", 20, 0, 2),
    )


@pytest.mark.parametrize("kind", ["new", "added"])
def test_whoever_comes_or_gets_a_first_number_is_never_too_many(kind: EventKind) -> None:
    assert exceeded(gone(*"123456", kind=kind), here={"G": 20}, past={}) == ()


def test_what_was_too_many_before_stops_nothing_that_is_not_of_its_kind() -> None:
    assert exceeded(gone("1"), here={"G": 40}, past=past("2", "3", "4", kind="number")) == ()


def test_each_grid_is_judged_by_itself_and_an_unknown_one_as_empty() -> None:
    events = [*gone("1", "2", grid="B"), *gone("3", "4", grid="A"), *gone("5", grid="C")]
    assert exceeded(events, here={"A": 20, "C": 20}, past={}) == (
        Exceeded("A", 20, 2, 0),
        Exceeded("B", 0, 2, 0),
    )


SHOWN = Exceeded("G", 40, 3, 2)


@pytest.mark.parametrize(
    ("left", "number", "covered"), [(3, 2, True), (2, 1, True), (4, 2, False), (3, 3, False), (4, 1, False)]
)
def test_a_second_name_stands_for_what_was_shown_and_no_more(left: int, number: int, covered: bool) -> None:
    approval = Approval("b", "B", "moved", 1, over=(SHOWN,))
    assert approval.covers([Exceeded("G", 40, left, number)]) is covered


def test_a_second_name_stands_for_no_other_grid() -> None:
    approval = Approval("b", "B", "moved", 1, over=(SHOWN,))
    assert not approval.covers([SHOWN, Exceeded("H", 40, 1, 0)])
    assert approval.covers([])
    assert not Approval("b", "B", "moved", 1, over=()).covers([SHOWN])


def test_a_second_name_to_which_nothing_was_shown_stands_for_the_whole_file() -> None:
    assert Approval("b", "B", "moved", 1).covers([SHOWN])


def test_what_goes_beyond_is_told_with_its_first_grid_and_nothing_of_what_does_not() -> None:
    assert curation.sentence([]) == ""
    told = curation.sentence([SHOWN, Exceeded("H", 20, 2, 0)])
    assert told.startswith("有 2 个网格")
    assert told.endswith("网格 G：共 40 户，迁出 3，换电话 2，各至多 2。")


@given(st.lists(st.builds(Exceeded, st.text(), *[st.integers(0, 10**6)] * 3), max_size=3))
def test_what_was_shown_is_read_back_as_it_was_stored(over: list[Exceeded]) -> None:
    assert curation.over_of(curation.over_text(over)) == tuple(over)


def test_an_event_is_a_row_of_canonical_bytes() -> None:
    row = SaltedEvent(RowEvent("left", "H1", "G"), "ff", drawn=False)
    at = curation.moment(datetime(2026, 11, 23, 16, 0, 1, 5, tzinfo=UTC))
    assert at == "2026-11-24T00:00:01+08:00"
    assert row.line(at) == b'{"at":"2026-11-24T00:00:01+08:00","grid":"G","home":"H1","kind":"left","s":"ff"}'
    assert json.loads(row.line(at))["home"] == "H1"


def test_only_departures_are_drawn_for_a_check_by_the_least_of_their_salts() -> None:
    events = [*gone("1", "2", "3", "4", "5"), *gone("6", kind="number")]
    rows = curation.salted(events, ["5", "1", "4", "2", "3", "0"])
    assert [row.event.household for row in rows if row.drawn] == ["2", "4", "5"]
    assert [row.salt for row in rows] == ["5", "1", "4", "2", "3", "0"]
    with pytest.raises(ValueError, match="shorter"):
        curation.salted(events, ["1"])
