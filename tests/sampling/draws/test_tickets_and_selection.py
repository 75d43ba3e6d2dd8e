"""Drawing by tickets: everybody finds the same sample, whatever the order of the frame."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sampling import select, tickets
from sampling.draws import selection
from sampling.errors import BadInput, TooFew

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors/draw/native_tickets.json").read_text(encoding="utf-8")
)
KEY = VECTORS["key"]
UNITS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=30, unique=True
)
KEYS = st.text(max_size=5).filter(lambda text: text.isprintable()).map(tickets.key)


@st.composite
def frames(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    units = draw(UNITS)
    return units, draw(st.lists(st.sampled_from("ABC"), min_size=len(units), max_size=len(units)))


def drawn(units, selection):
    return [
        (units[i], r, t, s)
        for i, r, t, s in zip(
            selection.index, selection.rank, selection.ticket, selection.stratum, strict=True
        )
    ]


@given(UNITS, KEYS, st.data())
def test_every_prefix_of_a_sample_is_the_smaller_sample(units, key, data):
    n = data.draw(st.integers(0, len(units)))
    whole = select.srs(units, len(units), key=key)
    assert drawn(units, select.srs(units, n, key=key)) == drawn(units, whole)[:n]
    rest = select.srs(units, len(units) - n, key=key, first=n)
    assert drawn(units, rest) == drawn(units, whole)[n:]


@given(frames(), KEYS, st.randoms())
def test_the_order_of_the_frame_does_not_matter(frame, key, chance):
    units, strata = frame
    pairs = list(zip(units, strata, strict=True))
    before = drawn(units, select.stratified(units, strata, 0, key=key, reserve=30))
    chance.shuffle(pairs)
    units, strata = map(list, zip(*pairs, strict=True))
    assert drawn(units, select.stratified(units, strata, 0, key=key, reserve=30)) == before


@given(frames(), KEYS)
def test_ranks_follow_ticket_then_unit_within_each_stratum(frame, key):
    units, strata = frame
    found = drawn(units, select.stratified(units, strata, 0, key=key, reserve=30))
    for stratum in set(strata):
        inside = [unit for unit, label in zip(units, strata, strict=True) if label == stratum]
        ordered = sorted(inside, key=lambda unit: (tickets.ticket(key, unit), unit.encode()))
        expected = [(unit, rank, tickets.ticket(key, unit), stratum) for rank, unit in enumerate(ordered, 1)]
        assert [row for row in found if row[3] == stratum] == expected


@given(frames(), KEYS)
def test_other_strata_change_nothing(frame, key):
    units, strata = frame
    inside = [unit for unit, label in zip(units, strata, strict=True) if label == strata[0]]
    alone = select.srs(inside, len(inside), key=key)
    together = select.stratified(units, strata, 0, key=key, reserve=30)
    found = [row[:3] for row in drawn(units, together) if row[3] == strata[0]]
    assert found == [row[:3] for row in drawn(inside, alone)]


@given(frames(), KEYS, st.data())
def test_inclusion_probabilities_sum_to_the_sample_size(frame, key, data):
    units, strata = frame
    sizes = {label: data.draw(st.integers(0, strata.count(label))) for label in set(strata)}
    found = select.stratified(units, strata, sizes, key=key)
    everyone = select.stratified(units, strata, sizes, key=key, reserve=30)
    assert len(found.index) == sum(sizes.values())
    assert everyone.pi.sum() == pytest.approx(sum(sizes.values()))


@given(UNITS, KEYS, st.data())
def test_one_unit_more_displaces_at_most_one(units, key, data):
    n = data.draw(st.integers(0, len(units) - 1))
    before = {units[i] for i in select.srs(units[:-1], min(n, len(units) - 1), key=key).index}
    after = {units[i] for i in select.srs(units, n, key=key).index}
    assert len(before - after) <= 1


@given(UNITS, KEYS, st.integers(0, 64))
@example(list("abcdef"), KEY, 64)
def test_equal_prefixes_are_settled_by_whole_tickets(units, key, bits):
    coarse = tickets.prefixes(key, units) >> np.uint64(min(bits, 63))
    codes, places = np.zeros(len(units), dtype=np.int64), np.arange(len(units))
    order = selection._order(units, codes, key=key, start=coarse, places=places)
    assert [units[i] for i in order] == sorted(units, key=lambda unit: tickets.ticket(key, unit))


def test_every_unit_is_drawn_as_often_over_many_keys():
    units, n, times = [f"H{i}" for i in range(12)], 3, 10_000
    counts = np.zeros(len(units))
    for number in range(times):
        counts[select.srs(units, n, key=tickets.key(str(number))).index] += 1
    expected = times * n / len(units)
    chi_square = ((counts - expected) ** 2 / expected).sum() / (1 - n / len(units)) * (1 - 1 / len(units))
    assert chi_square < 31.3  # the 0.1 % point at 11 degrees of freedom


def test_the_published_tickets_come_out_byte_for_byte():
    assert tickets.key(VECTORS["seed"]) == KEY
    assert {unit: tickets.ticket(KEY, unit) for unit in VECTORS["tickets"]} == VECTORS["tickets"]
    units = list(VECTORS["tickets"])
    starts = [int(ticket[:16], 16) for ticket in VECTORS["tickets"].values()]
    assert tickets.prefixes(KEY, units).tolist() == starts
    assert [units[i] for i in select.srs(units, len(units), key=KEY).index] == VECTORS["order"]


def test_prefixes_of_many_units_equal_those_of_each():
    units = [str(i) for i in range(70_000)]
    found = tickets.prefixes(KEY, iter(units))
    assert found[[0, 65_535, 65_536, -1]].tolist() == [
        int(tickets.ticket(KEY, unit)[:16], 16) for unit in ("0", "65535", "65536", "69999")
    ]


def test_the_worked_example_of_the_draw():
    units = ["H63ZMJQWXXZHHJ", "HB8KJCARQ37KJ7", "HHKZQEF2JCZ7FM", "HRGSTB3CFD3AM3"]
    key = "1e5bc366d32f25d5a65b474ba8a792a705949d3732b3029b46e6bd234b9c88d3"
    found = select.stratified(units, list("ABAA"), {"A": 2, "B": 1}, key=key, reserve={"A": 1, "B": 0})
    assert drawn(units, found)[:2] + drawn(units, found)[3:] == [
        ("HHKZQEF2JCZ7FM", 1, "2533669b691fb0c9b636697f55544f7aaf040ac805ee48796caf78017b5045a2", "A"),
        ("H63ZMJQWXXZHHJ", 2, "566fcd599ba147281a90c4efe82c92d194d8abd9df4d82a57b89969a3577d79e", "A"),
        ("HB8KJCARQ37KJ7", 1, "439387b31a1e55f073384dfcf1559bceb2b75593027db7d7ece1c127f75d4936", "B"),
    ]
    assert drawn(units, found)[2][:2] == ("HRGSTB3CFD3AM3", 3)
    assert found.pi.tolist() == [2 / 3, 2 / 3, 2 / 3, 1]


def test_sizes_may_be_one_number_a_mapping_or_one_per_stratum():
    units, strata = [f"H{i}" for i in range(9)], [1, 2, 3] * 3
    given_all = [select.stratified(units, strata, n, key=KEY) for n in (2, {1: 2, 2: 2, 3: 2}, [2, 2, 2])]
    assert drawn(units, given_all[0]) == drawn(units, given_all[1]) == drawn(units, given_all[2])
    crossed = select.stratified(units, (["A"] * 9, strata), 2, key=KEY)
    assert crossed.index.tolist() == given_all[0].index.tolist()
    assert crossed.stratum[0] == ("A", 1)


def test_an_empty_draw_is_empty():
    assert select.srs([], 0, key=KEY).index.tolist() == []
    assert select.stratified([], [], 3, key=KEY).index.tolist() == []


def test_a_result_cannot_be_changed():
    found = select.srs(["a", "b"], 1, key=KEY)
    for array in (found.index, found.rank, found.ticket, found.stratum, found.pi):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


def test_more_than_there_are_is_refused():
    with pytest.raises(TooFew, match=r"3 units were asked for, 2 are there"):
        select.srs(["a", "b"], 2, key=KEY, first=1)
    with pytest.raises(TooFew, match="'B'") as refusal:
        select.stratified(["a", "b", "c"], ["A", "B", "A"], 2, key=KEY)
    assert refusal.value.items == ("B",)


def test_a_unit_given_twice_is_refused():
    with pytest.raises(BadInput, match="each unit once") as refusal:
        select.stratified(["x", "y", "x"], ["A", "A", "B"], 1, key=KEY)
    assert refusal.value.items == ("x",)


@pytest.mark.parametrize("key", ["", KEY.upper(), KEY[:-1], KEY + "0", KEY[:-1] + "g", KEY + "\n", None])
def test_a_key_is_64_lower_case_digits(key):
    with pytest.raises(BadInput, match="64 lower-case hexadecimal digits"):
        select.srs(["a"], 1, key=key)
    with pytest.raises(BadInput, match="64 lower-case hexadecimal digits"):
        tickets.ticket(key, "a")


@pytest.mark.parametrize("unit", [7, None, b"a", "\ud800"])
def test_a_unit_is_unicode_text(unit):
    with pytest.raises(BadInput, match="must be Unicode text"):
        select.srs(["a", unit], 1, key=KEY)


@pytest.mark.parametrize("n", [-1, 1.5, True, "2", [1], {"A": 1}, {"A": 1, "B": 1, "C": 1}])
def test_a_size_is_a_whole_number_for_every_stratum(n):
    with pytest.raises(BadInput, match="'n' parameter"):
        select.stratified(["a", "b"], ["A", "B"], n, key=KEY)
