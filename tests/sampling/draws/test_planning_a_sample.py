"""How many, of which strata, with which chances: allocation, sizes, draws by size and by other orders."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import allocate, select, sizes, tickets
from sampling.draws.rivest import following, order
from sampling.draws.selection import _nearest, _refuse_twice
from sampling.draws.unequal import poisson_keys
from sampling.errors import BadInput, TooFew
from tests.sampling.tables import cases, document, near, table

VECTORS = Path(__file__).parents[2] / "vectors/draw"
KEY = tickets.key("a planned sample")


def vectors(name: str):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@st.composite
def strata(draw: st.DrawFn):
    size = draw(st.integers(1, 12))
    held = np.array(draw(st.lists(st.integers(1, 400), min_size=size, max_size=size)))
    spread = np.array(draw(st.lists(st.floats(0, 9), min_size=size, max_size=size)))
    assume(spread.max() > 0.01)
    floor = draw(st.integers(0, 3))
    least = int(np.minimum(held, floor).sum())
    return held, spread, draw(st.integers(least, int(held.sum()))), floor


def allocations(held, spread, n, **how):
    return [
        allocate.equal(held, n, **how),
        allocate.proportional(held, n, **how),
        allocate.neyman(held, spread, n, **how),
        allocate.power(held, spread, n, **how),
    ]


@given(strata())
def test_an_allocation_adds_up_within_floors_and_caps(given):
    held, spread, n, floor = given
    for found in allocations(held, spread, n, floor=floor):
        assert found.sum() == n
        assert (np.minimum(held, floor) <= found).all()
        assert (found <= held).all()
        assert found.dtype == np.int64


@given(strata())
def test_before_rounding_more_units_take_from_no_stratum(given):
    held, spread, n, floor = given
    assume(n < held.sum())
    real = allocations(held, spread, n, floor=floor, whole=False)
    grown = allocations(held, spread, n + 1, floor=floor, whole=False)
    rounded = allocations(held, spread, n, floor=floor)
    for less, more, whole in zip(real, grown, rounded, strict=True):
        assert less.sum() == pytest.approx(n)
        assert (more >= less - 1e-6).all()
        assert np.abs(whole - less).max() < 1 + 1e-6


@given(strata(), st.integers(1, 40))
def test_a_cap_is_kept_and_what_it_gives_back_is_spread(given, cap):
    held, spread, n, floor = given
    most = int(np.minimum(held, cap).sum())
    n = max(int(np.minimum(np.minimum(held, cap), floor).sum()), min(n, most))
    for found in allocations(held, spread, n, floor=floor, cap=cap):
        assert found.sum() == n
        assert (found <= cap).all()


def test_strata_without_spread_are_filled_last():
    assert allocate.neyman([10, 10, 10], [1, 0, 0], 20, floor=0).tolist() == [10, 5, 5]
    assert allocate.neyman([10, 10, 10], [1, 0, 0], 8, floor=1).tolist() == [6, 1, 1]
    assert allocate.equal([5], 3).tolist() == [3]
    assert allocate.equal([2, 2], 4).tolist() == [2, 2]


def test_allocations_equal_the_formulas():
    for place, case in enumerate(document("scalar.json")["allocation"]):
        held, spread, n = case["N"], case["S"], case["n"]
        found = allocate.neyman(held, spread, n, whole=False)
        assert near(found, case["neyman"]), place
        assert near(allocate.proportional(held, n, whole=False), case["proportional"]), place
        weighted = np.array(held) * spread
        variance = (weighted.sum() ** 2 / n - (weighted * spread).sum()) / sum(held) ** 2
        assert near(variance, case["variance_neyman"]), place


@given(st.floats(0.005, 0.2), st.floats(0.05, 0.95), st.floats(0.1, 1), st.floats(1, 3))
def test_a_size_is_enough_and_one_less_is_not(half_width, p, response, deff):
    found = sizes.proportion(half_width, p=p, response=response, deff=deff)
    reached = [
        1.959964 * math.sqrt(p * (1 - p) * deff / n) for n in (found.completes, found.completes - 1) if n
    ]
    assert reached[0] <= half_width * (1 + 1e-6)
    assert len(reached) == 1 or reached[1] >= half_width * (1 - 1e-6)
    assert found.issued * response >= found.completes - 1
    whole = sizes.proportion(half_width, p=p, deff=deff, N=10**14)
    assert abs(whole.completes - found.completes) <= 1


def test_a_small_population_needs_fewer_and_never_more_than_it_has():
    assert sizes.proportion(0.05, N=300).completes == 169
    assert sizes.mean(0.05, 0.5, N=2).completes == 2
    assert sizes.difference(0.9, 0.5, ratio=2).completes < sizes.difference(0.9, 0.5).completes


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.data())
def test_chances_by_size_sum_to_the_sample(size, data):
    sized = sum(x > 0 for x in size)
    assume(sized)
    n = data.draw(st.integers(0, sized))
    found = select.inclusion_probabilities(size, n)
    assert found.sum() == pytest.approx(n)
    assert ((found >= 0) & (found <= 1)).all()
    assert (found[np.array(size) == 0] == 0).all()
    rest = found < 1
    if rest.any() and np.array(size)[rest].sum():
        ratio = found[rest] / np.array(size)[rest].clip(1)
        assert near(ratio[np.array(size)[rest] > 0], ratio.max())


def test_chances_by_size_equal_those_of_r():
    want = cases("sampling.json")["ip/belgian_50"]["expected"]
    found = select.inclusion_probabilities(table("belgian.csv")["Tot04"], 50)
    assert near(found.sum(), want["sum"])
    assert int((found == 1).sum()) == want["n_certain"]
    assert near(found[:20], want["first20"])
    assert near(found[found < 1].max(), want["max_uncertain"])
    assert near((found**2).sum(), want["sum_sq"])


def test_keys_by_size_equal_the_vectors():
    given = vectors("native_tickets.json")
    units, pps = list(given["tickets"]), given["pps"]
    keys = poisson_keys(list(given["tickets"].values()), pps["x"])
    assert keys == [int(each) for each in pps["seq_poisson_key"]]
    found = select.pps(units, pps["x"], pps["n"], key=given["key"])
    by_key = sorted(range(len(units)), key=lambda at: (keys[at], given["tickets"][units[at]]))
    assert found.index.tolist() == by_key[: pps["n"]]
    assert near(found.pi, [pps["n"] * pps["x"][at] / sum(pps["x"]) for at in found.index])


UNITS = [f"H{number:04d}" for number in range(30)]


@given(st.lists(st.integers(1, 100), min_size=30, max_size=30), st.integers(0, 30), st.randoms())
def test_a_draw_by_size_knows_no_order_and_takes_the_certain_first(size, n, random):
    found = select.pps(UNITS, size, n, key=KEY)
    pairs = list(zip(UNITS, size, strict=True))
    random.shuffle(pairs)
    units, shuffled = map(list, zip(*pairs, strict=True))
    again = select.pps(units, shuffled, n, key=KEY)
    assert [units[at] for at in again.index] == [UNITS[at] for at in found.index]
    assert len(set(found.index.tolist())) == n
    assert near(select.inclusion_probabilities(size, n)[found.index], found.pi)
    certain = found.pi == 1
    assert certain.tolist() == sorted(certain.tolist(), reverse=True)


def test_larger_units_are_drawn_more_often():
    size, n, times = [1, 2, 3, 4, 6, 8], 2, 4_000
    counts = np.zeros(6)
    for number in range(times):
        counts[select.pps(UNITS[:6], size, n, key=tickets.key(f"pps {number}")).index] += 1
    chance = np.array(size) * n / sum(size)
    assert np.abs(counts / times - chance).max() < 0.05


@given(st.integers(1, 60), st.data())
def test_a_systematic_sample_is_evenly_spaced(total, data):
    n = data.draw(st.integers(1, total))
    units = [f"H{number}" for number in range(total)]
    found = select.systematic(units, n, key=KEY)
    gaps = np.diff([*found.index, found.index[0] + total])
    assert found.index.size == n
    assert set(gaps.tolist()) <= {total // n, -(-total // n)}
    assert near(found.pi, n / total)


def test_every_unit_has_the_same_chance_in_a_systematic_sample():
    counts, times = np.zeros(7), 7_000
    for number in range(times):
        counts[select.systematic(UNITS[:7], 3, key=tickets.key(f"systematic {number}")).index] += 1
    assert np.abs(counts / times - 3 / 7).max() < 0.02


def test_nobody_is_drawn_from_nobody():
    assert select.systematic([], 0, key=KEY).index.size == 0
    assert select.srs([], 0, key=KEY, order="rivest").index.size == 0


def test_pairs_are_drawn_together_as_often_as_by_chance():
    counts, times, n = np.zeros((8, 8)), 8_000, 3
    for number in range(times):
        index = select.srs(UNITS[:8], n, key=tickets.key(f"pairs {number}")).index
        counts[np.ix_(index, index)] += 1
    together = counts[np.triu_indices(8, 1)] / times
    assert np.abs(together - n * (n - 1) / (8 * 7)).max() < 0.015


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(0, 30), st.integers(0, 2**32))
def test_no_unit_of_the_sample_lies_beyond_the_bound(held, wanted, seed):
    codes = np.repeat(np.arange(len(held)), held)
    start = np.random.default_rng(seed).integers(0, 2**64, size=codes.size, dtype=np.uint64)
    near_ones = set(_nearest(start, codes, held=np.array(held), stop=np.full(len(held), wanted)).tolist())
    for stratum in range(len(held)):
        inside = np.flatnonzero(codes == stratum)
        smallest = inside[np.argsort(start[inside], kind="stable")][:wanted]
        assert set(smallest.tolist()) <= near_ones


def test_where_too_few_lie_within_the_bound_all_are_looked_at():
    start = np.full(50, np.iinfo(np.uint64).max)
    codes = np.repeat([0, 1], 25)
    assert _nearest(start, codes, held=np.array([25, 25]), stop=np.array([2, 0])).tolist() == list(range(25))


def test_units_whose_tickets_begin_alike_are_no_duplicates():
    _refuse_twice(["a", "b"], np.zeros(2, dtype=np.uint64))
    with pytest.raises(BadInput, match="'b'"):
        _refuse_twice(["b", "a", "b"], np.zeros(3, dtype=np.uint64))


def test_rivests_order_ends_where_every_unit_was_drawn():
    assert sorted(at for _fraction, at, _times in order(UNITS, key=KEY, replace=False)) == list(range(30))


def test_rivests_order_equals_the_vectors():
    given = vectors("native_tickets.json")
    units = list(given["tickets"])
    found = select.srs(units, len(units), key=given["key"], order="rivest")
    assert [units[at] for at in found.index] == given["rivest_order"]
    fractions = dict(zip((units[at] for at in found.index), found.ticket.tolist(), strict=True))
    assert fractions == given["rivest_fraction"]


def test_consistent_sampling_equals_its_published_examples():
    given = vectors("consistent_sampler.json")
    for before, after in given["next_fraction"].items():
        assert following(before) == after
    for place, case in enumerate(given["examples"]):
        units, how = [str(each) for each in case["ids"]], case["kw"]
        take = min(how.get("take", len(units)), len(case["out"]))
        replace = how.get("with_replacement", False)
        key = tickets.key(str(case["seed"]))
        found = select.srs(units, take, key=key, order="rivest", replace=replace)
        made = [[ticket, units[at]] for ticket, at in zip(found.ticket.tolist(), found.index, strict=True)]
        assert made == [[ticket, str(unit)] for ticket, unit, _times in case["out"]], place


def test_arlos_sample_is_reproduced():
    given = vectors("arlo_sampler.json")
    units = [str((batch, at)) for batch, held in given["manifest"].items() for at in range(1, held + 1)]
    found = select.srs(units, given["take"], key=tickets.key(given["seed"]), order="rivest", replace=True)
    assert [units[at] for at in found.index] == [
        str(tuple(unit)) for _ticket, unit, _times in given["sample"]
    ]
    assert [ticket[: 2 + given["digits"]] for ticket in found.ticket.tolist()] == [
        ticket for ticket, _unit, _times in given["sample"]
    ]


@given(st.lists(st.sampled_from("0123456789"), min_size=1, max_size=20).map("".join))
def test_the_fraction_that_follows_is_larger(digits):
    assert following(f"0.{digits}") > f"0.{digits}"
    assert following("0.999") > "0.999"


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: allocate.equal([10, 10], 3, floor=2), TooFew, "floors"),
        (lambda: allocate.equal([2, 2], 5), TooFew, "caps"),
        (lambda: allocate.equal([2, 2], 1.5), BadInput, "n"),
        (lambda: allocate.equal([0, 2], 1), BadInput, "N"),
        (lambda: allocate.equal([2, 2], 2, floor=-1), BadInput, "floor"),
        (lambda: allocate.equal([2, 2], 2, cap=0), BadInput, "cap"),
        (lambda: allocate.equal([2, 2], 2, cap=[1, 1, 1]), BadInput, "cap"),
        (lambda: allocate.neyman([2, 2], [-1, 1], 2), BadInput, "S"),
        (lambda: allocate.neyman([2, 2], [0, 0], 2), BadInput, "S"),
        (lambda: allocate.neyman([2, 2], [1], 2), BadInput, "S"),
        (lambda: allocate.power([2, 2], [1, 1], 2, q=2), BadInput, "q"),
        (lambda: sizes.mean(0, 1), BadInput, "half_width"),
        (lambda: sizes.mean(1, 1, response=0), BadInput, "response"),
        (lambda: sizes.mean(1, 1, eligible=2), BadInput, "eligible"),
        (lambda: sizes.mean(1, 1, N=-1), BadInput, "N"),
        (lambda: sizes.proportion(0.1, p=1), BadInput, "p"),
        (lambda: sizes.proportion(0.05, N=300, response=0.2), TooFew, "there are 300"),
        (lambda: sizes.difference(0.5, 0.5), BadInput, "p2"),
        (lambda: sizes.difference(1.5, 0.5), BadInput, "p1"),
        (lambda: sizes.difference(0.6, 0.5, power=1), BadInput, "power"),
        (lambda: sizes.difference(0.6, 0.5, ratio=0), BadInput, "ratio"),
        (lambda: select.inclusion_probabilities([[1]], 1), BadInput, "dimension"),
        (lambda: select.inclusion_probabilities([-1], 1), BadInput, "size"),
        (lambda: select.inclusion_probabilities([1, 0], 2), TooFew, "have a size"),
        (lambda: select.pps(["a"], [1], 1, key=KEY, method="pareto"), BadInput, "yet"),
        (lambda: select.pps(["a"], [1], 1, key=KEY, method="best"), BadInput, "isn't there"),
        (lambda: select.pps(["a"], [1, 2], 1, key=KEY), BadInput, "size"),
        (lambda: select.pps(["a", "b"], [1, 0.5], 1, key=KEY), BadInput, "size"),
        (lambda: select.pps(["a", "b"], [1, 2**46], 1, key=KEY), BadInput, "2⁴⁶"),
        (lambda: select.pps(["a"], [1], 2, key=KEY), TooFew, "2 units"),
        (lambda: select.pps(["a", "a"], [1, 1], 1, key=KEY), BadInput, "once"),
        (lambda: select.systematic(["a"], 2, key=KEY), TooFew, "2 units"),
        (lambda: select.systematic(["a", "a"], 1, key=KEY), BadInput, "once"),
        (lambda: select.srs(["a"], 2, key=KEY, order="rivest"), TooFew, "2 units"),
        (lambda: select.srs([], 1, key=KEY, order="rivest", replace=True), TooFew, "1 units"),
        (lambda: select.srs(["a"], 1, key=KEY, replace=True), BadInput, "order"),
        (lambda: select.srs(["a"], 1, key=KEY, order="random"), BadInput, "order"),
    ],
)
def test_what_cannot_be_planned_is_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()
