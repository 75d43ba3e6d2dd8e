"""Ranks, funnels, peers, standardised shares, confirmed rates, response: laws and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import funnel, peers, ranking, resolution, standardise
from sampling.areas.direct import direct
from sampling.comparing.representativity import r_indicator
from sampling.errors import BadInput, Collinear, EmptyDomain, NotIdentified, TooFew
from sampling.weights import kish_deff
from tests.sampling.tables import near

KEY = "0123456789abcdef" * 4


@st.composite
def places(draw: st.DrawFn, most=20):
    size = draw(st.integers(2, most))
    value = draw(st.lists(st.floats(-50, 50), min_size=size, max_size=size))
    se = draw(st.lists(st.floats(0.01, 20), min_size=size, max_size=size))
    return np.array(value), np.array(se)


def sets_of(given, **how):
    found = ranking.confidence_sets(*given, **how)
    return found, set(zip(found.low.tolist(), found.high.tolist(), strict=True))


@given(places(), st.sampled_from(["bonferroni", "klein"]))
def test_rank_sets_hold_the_rank_found(given, method):
    found, _ = sets_of(given, method=method)
    assert (found.low >= 1).all()
    assert (found.low <= found.point).all()
    assert (found.point <= found.high).all()
    assert (found.high <= given[0].size).all()
    assert found.table_allowed is bool((found.high - found.low + 1).mean() <= given[0].size / 2)


@given(places())
def test_sets_for_all_at_once_hold_those_for_each_alone(given):
    alone, together = (ranking.confidence_sets(*given, simultaneous=each) for each in (False, True))
    assert (together.low <= alone.low).all()
    assert (alone.high <= together.high).all()


@given(places(), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(given, random):
    order = list(range(given[0].size))
    random.shuffle(order)
    for method in ("bonferroni", "klein"):
        one, turned = (
            ranking.confidence_sets(value, se, method=method)
            for value, se in (given, (given[0][order], given[1][order]))
        )
        assert turned.low.tolist() == one.low[order].tolist()
        assert turned.high.tolist() == one.high[order].tolist()


@given(places(most=6))
def test_simulated_ranks_hold_the_rank_found_and_repeat(given):
    one, again = (ranking.marginal(*given, draws=200, key=KEY) for _ in range(2))
    assert one.low.tolist() == again.low.tolist()
    assert (one.low <= one.point).all()
    assert (one.point <= one.high).all()


def test_simulated_ranks_are_those_of_the_normal_distribution():
    found = ranking.marginal([0.0, 10.0, 20.0, 20.2], [0.1] * 4, key=KEY)
    assert found.low.tolist() == [4, 3, 1, 1]
    assert found.high.tolist() == [4, 3, 2, 2]
    assert ranking.marginal([0.0, 0.0], [1.0, 1.0], key=KEY).high.tolist() == [2, 2]


def test_more_places_than_are_compared_at_a_time():
    value, se = np.arange(1200.0), np.full(1200, 0.01)
    found = ranking.confidence_sets(value, se)
    assert found.low.tolist() == found.high.tolist() == list(range(1200, 0, -1))
    assert found.table_allowed


@given(st.floats(0.02, 0.98), st.integers(1, 400), st.floats(1, 6))
def test_funnel_limits_are_nested_and_hold_the_target(target, n, phi):
    found, wide = funnel.limits(target, n), funnel.limits(target, n, phi=phi)
    for each in (found, wide):
        assert ((each.low >= 0) & (each.high <= 1)).all()
        assert (each.low[1] <= each.low[0] + 1e-12).all()
        assert (each.high[0] <= each.high[1] + 1e-12).all()
    assert (wide.low <= found.low + 1e-12).all() or (found.low > target).any()
    if n >= 60 and 0.1 < target < 0.9:
        assert (found.low < target).all()
        assert (found.high > target).all()


@given(st.floats(0.1, 0.9))
def test_limits_come_nearer_to_the_target_as_answers_grow(target):
    found = funnel.limits(target, [100, 1_000, 10_000, 100_000])
    width = found.high - found.low
    assert (np.diff(width, axis=1) < 0).all()
    assert np.abs(found.low[:, -1] - target).max() < 0.01


@given(st.integers(1, 60), st.floats(0.05, 0.95))
def test_chance_alone_seldom_leaves_the_funnel(n, target):
    shares = np.arange(n + 1) / n
    outside = np.char.startswith(funnel.position(shares, target, n), "below")
    chance = np.diff([0.0, *(funnel.lower_tail(k, n, target) for k in range(n + 1))])
    assert chance[outside].sum() <= 0.025 + 0.025


def test_a_target_that_is_always_or_never_reached():
    found = funnel.limits([0.0, 1.0], 10)
    assert found.low[:, 0].tolist() == found.high[:, 0].tolist() == [0, 0]
    assert (found.high[:, 1] > 0.99).all()
    assert funnel.lower_tail([0, 3], 3, 0.5).tolist() == [0.125, 1.0]


@given(st.lists(st.integers(1, 39), min_size=2, max_size=30))
def test_dispersion_is_never_negative_and_shrinks_scores(counts):
    share = np.array(counts) / 40
    phi, tau2 = funnel.dispersion(share, 0.5, 40)
    found = funnel.overdispersed(share, 0.5, 40)
    assert phi >= 0
    assert tau2 >= 0
    assert (np.abs(found.z_between) <= np.abs(found.z) + 1e-12).all()
    assert (found.phi, found.tau2) == (phi, tau2)


@given(st.floats(0, 100), st.floats(0.1, 9), places())
def test_a_score_and_its_peers_move_together(value, se, others):
    one = peers.gap(value, se, *others)
    moved = peers.gap(value + 7, se, others[0] + 7, others[1])
    assert moved.gap == pytest.approx(one.gap, abs=1e-9)
    assert one.low <= one.gap <= one.high
    assert one.tau2 >= 0
    assert (one.word == "not distinguishable") is (one.low <= 0 <= one.high)
    assert others[0].min() - 1e-9 <= one.mean <= others[0].max() + 1e-9


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 50), st.integers(0, 9)), min_size=1, max_size=8))
def test_a_standardised_share_lies_among_its_cells(cells):
    p, n, w = (np.array(each, float) for each in zip(*cells, strict=True))
    assume(w.sum() > 0)
    found = standardise.direct(p, n, w / w.sum())
    assert p.min() - 1e-12 <= found.value <= p.max() + 1e-12
    assert found.se >= 0
    own = standardise.direct(p, n, n / n.sum())
    assert own.value == pytest.approx(own.crude)


@st.composite
def answers(draw: st.DrawFn):
    due = draw(st.integers(1, 80))
    replied = draw(st.integers(0, due))
    called = draw(st.integers(min(1, due - replied), due - replied))
    return due, {
        "replied": replied,
        "confirmed": draw(st.integers(0, replied)),
        "called": called,
        "confirmed_on_call": draw(st.integers(0, called)),
    }


@given(answers())
def test_the_confirmed_rate_lies_within_its_limits_and_below_silence_as_yes(case):
    due, counts = case
    found = resolution.confirmed(due, **counts)
    assert -1e-12 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1 + 1e-12
    assert found.value <= found.silence_is_yes + 1e-12
    assert found.se >= 0


def test_of_silent_residents_who_were_all_called_nothing_is_left_open():
    found = resolution.confirmed(10, replied=4, confirmed=3, called=6, confirmed_on_call=3)
    assert (found.value, found.low, found.high, found.se) == (0.6, 0.6, 0.6, 0.0)
    alone = resolution.confirmed(4, replied=4, confirmed=3, called=0, confirmed_on_call=0)
    assert (alone.value, alone.low, alone.high) == (0.75, 0.75, 0.75)


@st.composite
def chances(draw: st.DrawFn):
    n = draw(st.integers(2, 40))
    rho = draw(st.lists(st.floats(0.01, 1), min_size=n, max_size=n))
    w = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    return np.array(rho), np.array(w, float)


@given(chances(), st.floats(0.1, 9))
def test_response_is_as_even_in_any_unit_of_weight(given, scale):
    rho, w = given
    one, other = r_indicator(rho, w), r_indicator(rho, scale * w)
    assert 0 <= one.r <= 1
    assert near([other.r, other.mean, other.cv], [one.r, one.mean, one.cv])
    assert one.max_bias(0.5) == pytest.approx((1 - one.r) * 0.25 / one.mean)


@given(chances())
def test_groups_of_one_make_the_whole_spread(given):
    rho, w = given
    found = r_indicator(rho, w, groups=np.arange(rho.size))
    assert found.partial.total == pytest.approx(np.sqrt(found.s2), abs=1e-12)
    assert r_indicator(rho, w, groups=np.zeros(rho.size)).partial.total == pytest.approx(0, abs=1e-12)


@given(st.floats(0.01, 1))
def test_equal_chances_leave_nobody_out(chance):
    found = r_indicator([chance] * 5)
    assert found.r == pytest.approx(1)
    assert found.max_bias(1.0) == pytest.approx(0, abs=1e-12)


def test_estimated_chances_look_less_even_than_they_are():
    random = np.random.default_rng(3)
    x = np.column_stack([np.ones(400), random.normal(size=400)])
    rho = 1 / (1 + np.exp(-0.2 * x[:, 1]))
    assert r_indicator(rho, x=x).s2 < r_indicator(rho).s2
    assert r_indicator(np.full(400, 0.5), x=x).s2 == 0
    assert r_indicator(rho, x=np.ones(400)).s2 <= r_indicator(rho).s2


@st.composite
def weighted(draw: st.DrawFn):
    n = draw(st.integers(1, 40))
    y = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    w = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    by = draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n))
    return np.array(y), np.array(w, float), np.array(by)


@given(weighted(), st.floats(0.1, 9))
def test_direct_shares_of_domains_are_those_of_each_alone(given, scale):
    y, w, by = given
    found = direct(y, w, by=by)
    for at, label in enumerate(found.domains):
        alone = direct(y[by == label], scale * w[by == label])
        made = (found.value[at], found.n_eff[at], found.deff[at], found.low[at], found.high[at])
        assert near(made, (alone.value, alone.n_eff, alone.deff, alone.low, alone.high), rel=1e-9)
        assert alone.deff == pytest.approx(kish_deff(w[by == label]))
        assert 0 <= alone.low <= alone.value <= alone.high <= 1


def called_back(**more):
    counts = {"replied": 1, "confirmed": 1, "called": 1, "confirmed_on_call": 0}
    return resolution.confirmed(9, **(counts | more))


def test_one_silent_resident_called_says_nothing_of_the_others():
    found = called_back()
    assert (found.low, found.high) == pytest.approx((1 / 9, 1))


def ranked(**how):
    return ranking.confidence_sets([1, 2], [1, 1], **how)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: ranking.confidence_sets([1], [1]), TooFew, "two places"),
        (lambda: ranking.confidence_sets([1, 2], [1]), BadInput, "se"),
        (lambda: ranking.confidence_sets([1, np.nan], [1, 1]), BadInput, "value"),
        (lambda: ranking.confidence_sets([1, 2], [1, 0]), BadInput, "se"),
        (lambda: ranking.confidence_sets([1, 2], [1, 1], method="stepdown"), BadInput, "yet"),
        (lambda: ranking.confidence_sets([1, 2], [1, 1], method="best"), BadInput, "method"),
        (lambda: ranked(method="klein", simultaneous=False), BadInput, "klein"),
        (lambda: ranking.confidence_sets([1, 2], [1, 1], level=1), BadInput, "level"),
        (lambda: ranking.marginal([1, 2], [1, 1], key="x"), BadInput, "key"),
        (lambda: ranking.marginal([1, 2], [1, 1], key=KEY, draws=9), BadInput, "draws"),
        (lambda: funnel.limits(1.5, 10), BadInput, "target"),
        (lambda: funnel.limits(0.5, 0), BadInput, "n"),
        (lambda: funnel.limits(0.5, 10, levels=(1.0,)), BadInput, "level"),
        (lambda: funnel.limits(0.5, 10, phi=0), BadInput, "phi"),
        (lambda: funnel.position(1.2, 0.5, 10), BadInput, "value"),
        (lambda: funnel.lower_tail(1.5, 10, 0.5), BadInput, "k"),
        (lambda: funnel.lower_tail(1, 10, -1), BadInput, "target"),
        (lambda: funnel.dispersion([0.5], 0.5, 10), TooFew, "two places"),
        (lambda: funnel.dispersion([0.5, 2], 0.5, 10), BadInput, "value"),
        (lambda: funnel.dispersion([0.5, 0.4], 1.0, 10), BadInput, "target"),
        (lambda: peers.gap(1, 1, [1], [1]), TooFew, "two peers"),
        (lambda: peers.gap(1, 1, [1, 2], [1]), BadInput, "peers_se"),
        (lambda: peers.gap(1, 1, [1, np.inf], [1, 1]), BadInput, "peers"),
        (lambda: peers.gap(1, 1, [1, 2], [1, 0]), BadInput, "peers_se"),
        (lambda: peers.gap(1, 0, [1, 2], [1, 1]), BadInput, "se"),
        (lambda: standardise.direct([0.5], [1, 2], [1]), BadInput, "shape"),
        (lambda: standardise.direct([1.5], [1], [1]), BadInput, "p"),
        (lambda: standardise.direct([0.5], [0], [1]), BadInput, "n"),
        (lambda: standardise.direct([0.5, 0.5], [1, 1], [-1, 2]), BadInput, "standard"),
        (lambda: standardise.direct([0.5], [1], [0.5]), BadInput, "sum to 1"),
        (lambda: called_back(confirmed=2), BadInput, "fit"),
        (lambda: called_back(replied=-1), BadInput, "replied"),
        (lambda: called_back(called=0), NotIdentified, "silent"),
        (lambda: r_indicator([0.5]), TooFew, "two or more"),
        (lambda: r_indicator([0.5, 1.5]), BadInput, "fitted"),
        (lambda: r_indicator([0.0, 0.0]), BadInput, "throughout"),
        (lambda: r_indicator([0.5, 0.5], [0, 0]), BadInput, "weights"),
        (lambda: r_indicator([0.5, 0.5], [-1, 1]), BadInput, "weights"),
        (lambda: r_indicator([0.5, 0.5], [0.5, 0.5], divisor="N-1"), BadInput, "more than 1"),
        (lambda: r_indicator([0.5, 0.5], divisor="n"), BadInput, "divisor"),
        (lambda: r_indicator([0.5, 0.5], x=[[1], [1], [1]]), BadInput, "x"),
        (lambda: r_indicator([0.5, 0.5], x=[np.nan, 1]), BadInput, "x"),
        (lambda: r_indicator([0.5, 0.5], x=[[1, 1], [1, 1]]), Collinear, "combination"),
        (lambda: r_indicator([0.5, 0.6]).max_bias(-1), BadInput, "sd"),
        (lambda: direct([0.5], [1]), BadInput, "y"),
        (lambda: direct([1], [-1]), BadInput, "weights"),
        (lambda: direct([1], [0]), EmptyDomain, "domain"),
        (lambda: direct([], []), EmptyDomain, "domain"),
        (lambda: direct([1, 0], [0, 1], by=["a", "b"]), EmptyDomain, "'a'"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()
