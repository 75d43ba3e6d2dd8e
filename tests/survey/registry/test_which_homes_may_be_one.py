"""Which homes may be one, and which codes belong together after several merges: the rules by value."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.registry.rules.spellings import MOST_PAIRS, Home, groups, is_similar, resolved, spelling, twins

HERE = "幸福路5号3单元302"


def home(code: str, address: str = HERE, *, grid: str = "G1", phone: str | None = None) -> Home:
    return Home(code, grid, address, phone)


def found(*homes: Home) -> set[tuple[str, str]]:
    for order in permutations(homes) if len(homes) < 4 else [homes]:
        assert set(twins(lambda order=order: iter(order))) == set(twins(lambda: iter(homes)))
    return set(twins(lambda: iter(homes)))


def similar(one: str, other: str) -> bool:
    assert is_similar(spelling(one), spelling(other)) is is_similar(spelling(other), spelling(one))
    return is_similar(spelling(one), spelling(other))


def test_one_address_in_a_grid_is_one_home_however_it_is_written() -> None:
    assert found(home("a"), home("b", "幸福路 五号楼三单元302室")) == {("a", "b")}
    assert found(home("a"), home("b", "幸福路5号3单元303")) == set()


def test_one_address_in_two_grids_is_two_homes() -> None:
    assert found(home("a"), home("b", grid="G2")) == set()


def test_one_telephone_and_a_similar_address_is_one_home_even_in_two_grids() -> None:
    near = "幸福小区3单元302"
    assert found(home("a", phone="1"), home("b", near, grid="G2", phone="1")) == {("a", "b")}
    assert found(home("a", phone="1"), home("b", near, phone="2")) == set()
    assert found(home("a"), home("b", near)) == set()


def test_one_telephone_in_two_places_is_two_homes() -> None:
    assert found(home("a", phone="1"), home("b", "和平路9号", phone="1")) == set()


def test_the_two_addresses_stand_beside_a_pair_in_its_order() -> None:
    other = "幸福路5号楼3-302"
    assert twins(lambda: [home("b", other), home("a")]) == {("a", "b"): (HERE, other)}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("幸福路5号302", "幸福路5号302", True),
        ("幸福路5号302", "幸福路302", True),
        ("幸福路5号302", "幸福路5号", False),
        ("幸福路5号302", "幸福路", False),
        ("幸福路", "幸福路", True),
        ("幸福路5号302", "302", True),
        ("幸福东路5号", "幸福西路5号", True),
        ("幸福路5号", "和平街5号", False),
        ("甲乙5号", "乙丙5号", True),
        ("甲乙丙5号", "丙丁戊5号", False),
    ],
)
def test_similar_are_the_same_last_numbers_of_a_place_of_about_the_same_name(
    one: str, other: str, alike: bool
) -> None:
    assert similar(one, other) is alike


def test_few_homes_at_one_address_are_all_compared_and_of_many_each_with_the_first() -> None:
    few = [home(f"{number:03}") for number in range(MOST_PAIRS)]
    assert len(found(*few)) == MOST_PAIRS * (MOST_PAIRS - 1) // 2
    many = [home(f"{number:03}") for number in range(MOST_PAIRS + 1)]
    assert found(*reversed(many)) == {("000", each.code) for each in many[1:]}


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] < pair[1])))
def test_whoever_is_held_together_by_pairs_is_in_one_group_and_nobody_in_two(pairs) -> None:
    held = groups([(f"{one:02}", f"{other:02}") for one, other in pairs])
    members = [code for group in held for code in group]
    assert len(members) == len(set(members))
    assert set(members) == {f"{code:02}" for pair in pairs for code in pair}
    assert held == sorted(tuple(sorted(group)) for group in held)
    for one, other in pairs:
        (group,) = [each for each in held if f"{one:02}" in each]
        assert f"{other:02}" in group
    linked = {frozenset(pair) for pair in pairs}
    for group in held:
        assert len(group) - 1 <= sum(f"{min(pair):02}" in group for pair in linked)


def test_two_groups_that_a_pair_joins_are_one() -> None:
    assert groups([("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")]) == [("a", "b", "c", "d"), ("x", "y")]


def test_a_code_stands_for_the_home_at_the_end_of_all_its_merges() -> None:
    merged = {"a": "b", "b": "c", "x": "x", "r": "s", "s": "r"}
    assert [resolved(merged, code) for code in ("a", "b", "c", "x")] == ["c", "c", "c", "x"]
    assert resolved(merged, "r") == "s"
