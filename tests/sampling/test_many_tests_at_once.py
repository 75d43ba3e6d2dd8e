"""Adjusted p-values: never smaller, in the same order, and the numbers of others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import BadInput
from sampling.multiple import adjust
from tests.sampling.tables import document

P = st.lists(st.floats(0, 1), max_size=30)


@given(P)
def test_adjusted_values_are_not_smaller_and_keep_the_order(p):
    q = adjust(p)
    assert ((q >= np.array(p) * (1 - 1e-12)) & (q <= 1)).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()


@given(P, st.floats(0.001, 0.999))
def test_the_step_up_rule_finds_the_same(p, level):
    ordered = sorted(p)
    passed = [i for i, one in enumerate(ordered, 1) if one * len(p) / i <= level]
    assert (adjust(p) <= level).sum() == sum(one <= ordered[passed[-1] - 1] for one in p) if passed else True


@pytest.mark.parametrize("record", document("scalar.json")["multiple_testing"])
def test_the_numbers_of_others(record):
    assert np.allclose(adjust(record["p"]), record["fdr_bh"]["p_adjusted"], rtol=1e-12, atol=0)


@pytest.mark.parametrize("p", [[0.5, 1.1], [-0.1], [float("nan")], [[0.5]], 0.5, ["x"]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(BadInput):
        adjust(p)


def test_an_unknown_method_is_refused():
    with pytest.raises(BadInput, match="'bh'"):
        adjust([0.5], method="fdr")
