"""Late minus the rest: counted like the tally, hidden by its rule, with an interval that covers chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.drawing import grouped_tally, late_difference, tally
from survey.drawing.design import DesignRow
from survey.drawing.late_difference import LateRow

GROUPS = {f"g{at}": [f"g{at}a", f"g{at}b"] for at in range(4)}
STRATA = [stratum for held in GROUPS.values() for stratum in held]
ANSWERS = st.lists(st.tuples(st.sampled_from(STRATA), st.integers(1, 5), st.booleans()), max_size=400)


def counted(answers):
    counts = tally.count((stratum, option) for stratum, option, _ in answers)
    tallied = grouped_tally.count(counts, groups=GROUPS, sizes=dict.fromkeys(STRATA, 1000))
    return tallied, late_difference.count(answers, tally=tallied, groups=GROUPS)


@given(ANSWERS)
def test_each_row_joins_rows_of_the_tally_and_adds_up_to_them(answers):
    tallied, rows = counted(answers)
    named = [name for row in rows for name in row.group.split("+")]
    assert not rows or named == [name for row in tallied.rows for name in row.group.split("+")]
    for row in rows:
        inside = [each for each in tallied.rows if set(each.group.split("+")) <= set(row.group.split("+"))]
        assert row.late + row.rest == sum(each.total for each in inside)
        assert row.late_content + row.rest_content == sum(sum(each.counts[3:]) for each in inside)


@given(ANSWERS)
def test_no_row_tells_of_fewer_than_ten_or_of_one_to_four_of_a_kind(answers):
    for row in counted(answers)[1]:
        for n, content in ((row.late, row.late_content), (row.rest, row.rest_content)):
            assert n >= 10
            assert content == 0 or content >= 5
            assert content == n or n - content >= 5


@given(st.integers(10, 200), st.integers(10, 200), st.data())
def test_the_interval_holds_the_difference_and_turns_with_its_sign(late, rest, data):
    k, j = data.draw(st.integers(0, late)), data.draw(st.integers(0, rest))
    row = LateRow("g", late, k, rest, j)
    turned = LateRow("g", rest, j, late, k)
    low, high = row.limits
    assert -1 <= low <= high <= 1
    assert turned.difference == pytest.approx(-row.difference)
    assert turned.limits == pytest.approx((-high, -low))
    # Where both parts are as content as not, the interval holds what was seen.
    if 0 < k < late and 0 < j < rest:
        assert low - 0.12 <= row.difference <= high + 0.12


def test_an_interval_as_computed_by_hand():
    # (7 + 1)/(12 + 2) − (39 + 1)/(48 + 2), ± 1.96·√(.5714·.4286/14 + .8·.2/50)
    low, high = LateRow("g", 12, 7, 48, 39).limits
    assert (round(low, 4), round(high, 4)) == (-0.5105, 0.0534)


@given(ANSWERS)
def test_the_file_reads_back(answers):
    _, rows = counted(answers)
    assert late_difference.parse(late_difference.tsv(rows)) == rows


@pytest.mark.parametrize("line", ["g\t1\t2\t3", "g\t1\t2\t3\tx", "g\t1\t2\t3\t4\ng\t1\t2\t3\t4"])
def test_a_damaged_file_is_refused(line):
    with pytest.raises(Invalid):
        late_difference.parse(f"{line}\n".encode())


def test_replicates_after_the_late_one_come_behind_it():
    design = [DesignRow("a", 100, 10, 4), DesignRow("b", 12, 10, 4)]
    ordinary, late = {"why": "response < plan"}, {"why": "late"}
    releases = [{"h": "a"} | ordinary, {"h": "a"} | late, {"h": "b"} | late, {"h": "a"} | ordinary]
    found = late_difference.late_ranks(releases, design=design, size=3)
    assert found == {"a": range(15, 18), "b": range(11, 13)}
