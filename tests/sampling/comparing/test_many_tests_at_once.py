"""Adjusted p-values: never smaller, in the same order, keeping their promises, and the numbers of others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.comparing.multiple import adjust
from sampling.errors import BadInput
from sampling.intervals import score_test
from tests.sampling.tables import document

ORDER = ("bh", "by", "holm", "hommel", "bonferroni")
METHODS = st.sampled_from(ORDER)
P = st.lists(st.floats(0, 1), max_size=30)


@given(P, METHODS)
def test_adjusted_values_are_not_smaller_and_keep_the_order(p, method):
    q = adjust(p, method=method)
    assert ((q >= np.array(p) * (1 - 1e-12)) & (q <= 1)).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()


@given(P, st.floats(0.001, 0.999))
def test_the_step_up_rule_finds_the_same(p, level):
    ordered = sorted(p)
    passed = [i for i, one in enumerate(ordered, 1) if one * len(p) / i <= level]
    assert (adjust(p) <= level).sum() == sum(one <= ordered[passed[-1] - 1] for one in p) if passed else True


@given(P, METHODS)
def test_the_order_of_the_tests_changes_nothing(p, method):
    turned = adjust(p[::-1], method=method)
    assert np.array_equal(adjust(p, method=method), turned[::-1])


@given(P)
def test_stricter_promises_leave_fewer_finds(p):
    bh, by, holm, hommel, bonferroni = (adjust(p, method=name) for name in ORDER)
    for less, more in ((bh, by), (bh, hommel), (hommel, holm), (holm, bonferroni)):
        assert (less <= more * (1 + 1e-12)).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_hommel_rejects_what_simes_rejects_in_every_set_that_holds_it(p):
    found = adjust(p, method="hommel")
    for at, one in enumerate(p):
        rest = [*p[:at], *p[at + 1 :]]
        sets = [(one, *others) for size in range(len(p)) for others in combinations(rest, size)]
        assert found[at] == pytest.approx(max(simes(each) for each in sets), rel=1e-12)


def simes(p):
    return min(len(p) * one / rank for rank, one in enumerate(sorted(p), 1))


@pytest.mark.parametrize("method", ORDER)
def test_none_one_and_equal_tests(method):
    assert adjust([], method=method).size == 0
    assert adjust([0.3], method=method).tolist() == [0.3]
    assert adjust([0.0, 0.0, 1.0], method=method).tolist()[:2] == [0, 0]
    assert len(set(adjust([0.2, 0.2, 0.2], method=method).tolist())) == 1


def test_the_numbers_of_others():
    names = {"bh": "fdr_bh", "by": "fdr_by"}
    for at, record in enumerate(document("scalar.json")["multiple_testing"]):
        for method in ORDER:
            expected, found = record[names.get(method, method)], adjust(record["p"], method=method)
            assert np.allclose(found, expected["p_adjusted"], rtol=1e-10, atol=0), (at, method)
            assert (found <= record["alpha"]).tolist() == expected["reject"], (at, method)


def test_the_finds_of_a_city_are_those_of_the_score_tests():
    city = document("scores.json")["distortion_city"]
    made = score_test(
        city["x_list"], city["n_list"], city["x_random"], city["n_random"], margin=city["margin"]
    )
    assert np.allclose(made.p_value, city["expected"]["p"], rtol=1e-10)
    assert (adjust(made.p_value) <= city["q"]).tolist() == city["expected"]["bh_reject"]


@pytest.mark.parametrize("p", [[0.5, 1.1], [-0.1], [float("nan")], [[0.5]], 0.5, ["x"]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(BadInput):
        adjust(p)


def test_an_unknown_method_is_refused():
    with pytest.raises(BadInput, match="'bh'"):
        adjust([0.5], method="fdr")
