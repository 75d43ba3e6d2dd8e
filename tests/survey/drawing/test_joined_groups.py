"""The tally of groups: joined until no cell tells of few people, the same by product and by stranger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey import verify
from survey.drawing import grouped_tally, groups

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "draw" / "tally_v2.json").read_text())["cases"]
CELLS = st.sampled_from([0, 0, 1, 4, 5, 6, 20])


@st.composite
def wave(draw: st.DrawFn):
    """Strata with their sizes and counts, in groups."""
    strata = {
        f"A{n}": (draw(st.integers(30, 5000)), tuple(draw(st.lists(CELLS, min_size=5, max_size=5))))
        for n in range(draw(st.integers(1, 8)))
    }
    held: dict[str, list[str]] = {}
    for stratum in strata:
        held.setdefault(f"g{draw(st.integers(0, 4))}", []).append(stratum)
    return strata, held


def of_product(strata, held):
    sizes = {h: size for h, (size, _) in strata.items()}
    counts = {h: tuple(c) for h, (_, c) in strata.items()}
    tally = grouped_tally.count(counts, groups=held, sizes=sizes)
    completes = {h: sum(c) for h, c in counts.items()}
    return tally, grouped_tally.score(tally, groups=held, sizes=sizes, completes=completes)


def of_stranger(strata, held):
    count = {(h, o): n for h, (_, c) in strata.items() for o, n in enumerate(c, start=1)}
    rows, state = verify.tally_rows(held, {h: size for h, (size, _) in strata.items()}, count)
    covered = {g: sum(strata[h][0] for h in hs if sum(strata[h][1])) for g, hs in held.items()}
    return rows, state, verify.score_of(rows, covered)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_worked_cases(case):
    tally, score = of_product(case["strata"], case["groups"])
    expected = case["expected"]
    rows = [[row.group, row.total, *row.counts, *row.households] for row in tally.rows]
    assert (rows, tally.state) == (expected["rows"], expected["tally"])
    assert (score.mean, score.share, score.covered) == tuple(
        expected[k] for k in ("mean", "share", "covered")
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_stranger_comes_to_the_same(case):
    rows, state, (mean, share) = of_stranger(case["strata"], case["groups"])
    expected = case["expected"]
    assert ([[g, sum(c), *c, *of] for g, c, of in rows], state) == (expected["rows"], expected["tally"])
    assert share == expected["share"]
    assert mean == expected["mean"] or state == "few"


@settings(max_examples=40, deadline=None)
@given(wave())
def test_product_and_stranger_agree_on_any_wave(made):
    tally, score = of_product(*made)
    rows, state, (_, share) = of_stranger(*made)
    assert [(row.group, list(row.counts), list(row.households)) for row in tally.rows] == rows
    assert (tally.state, score.share) == (state, share)


@settings(max_examples=40, deadline=None)
@given(wave())
def test_no_published_cell_tells_of_few(made):
    tally, _ = of_product(*made)
    for row in tally.rows:
        assert row.total >= 10
        assert not any(0 < n < 5 for n in row.counts)


@settings(max_examples=40, deadline=None)
@given(wave())
def test_joining_loses_nobody_and_names_every_group_once(made):
    strata, held = made
    tally, _ = of_product(strata, held)
    if tally.state != "none":
        assert sum(row.total for row in tally.rows) == sum(sum(c) for _, c in strata.values())
        assert [g for row in tally.rows for g in row.group.split("+")] == sorted(held)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from([f"A{n}" for n in range(90)]), st.integers(0, 40), min_size=1))
def test_groups_are_streets_or_types_of_them_and_planned_for_thirty(planned):
    street_of = {h: f"S{int(h[1:]) % 3}" for h in planned}
    type_of = {h: "old" if int(h[1:]) % 2 else "new" for h in planned}
    held = groups.by_street(planned, street_of=street_of, type_of=type_of)
    assert sorted(h for hs in held.values() for h in hs) == sorted(planned)
    whole = (len(hs) >= 12 and sum(planned[h] for h in hs) >= 30 for hs in held.values())
    assert len(held) == 1 or all(whole)
    assert groups.parse(groups.build(held)) == {g: sorted(hs) for g, hs in sorted(held.items())}


def test_a_street_that_the_map_does_not_know_has_a_group_too():
    assert groups.by_street({"A": 5}, street_of={}, type_of={}) == {"all": ["A"]}


def test_a_stratum_in_two_groups_is_refused():
    with pytest.raises(Invalid):
        groups.build({"a": ["A"], "b": ["A"]})
