"""Outcome rates, exact: the published vectors and the order among the rates."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.comparing.outcomes import CLASSES, rates
from sampling.errors import BadInput
from tests.sampling.tables import document

AAPOR = document("aapor.json")
RECORDS = [record for part in ("vectors", "weighted", "edge") for record in AAPOR[part]]
COUNTS = st.fixed_dictionaries({name: st.integers(0, 50) for name in CLASSES})
HALF_A_DIGIT = Fraction(1, 2 * 10**12)
SHARES = st.none() | st.fractions(0, 1, max_denominator=20)


def below(one, other):
    return one is None or other is None or one <= other


@given(COUNTS, SHARES)
def test_rates_stand_in_their_order(counts, e):
    r = rates(counts, e=e)
    for first, second, third in (("RR1", "RR3", "RR5"), ("RR2", "RR4", "RR6")):
        assert below(r[first], r[second])
        assert below(r[second], r[third])
    for response, contact in (
        ("RR2", "CON1"),
        ("RR4", "CON2"),
        ("RR6", "CON3"),
        ("CON1", "LOC1"),
        ("CON2", "LOC2"),
    ):
        assert below(r[response], r[contact])
    if r["RR2"] is not None:
        assert r["RR1"] + r["REF1"] <= r["RR2"] + r["REF1"] <= r["CON1"] <= 1


@given(COUNTS)
def test_the_share_of_the_unknown_moves_between_two_rates(counts):
    everyone, nobody = rates(counts, e=1), rates(counts, e=0)
    assert everyone["RR3"] == everyone["RR1"]
    assert nobody["RR3"] == nobody["RR5"]


@given(COUNTS, st.integers(0, 50))
def test_not_eligible_acts_only_through_e(counts, other):
    assert rates(counts, e=Fraction(1, 3)) == rates({**counts, "NE": other}, e=Fraction(1, 3))


@given(COUNTS, SHARES, st.fractions(Fraction(1, 9), 9))
def test_scaling_changes_no_rate(counts, e, times):
    assert rates({name: count * times for name, count in counts.items()}, e=e) == rates(counts, e=e)


def test_the_published_vectors_are_exact():
    assert len(RECORDS) == 14
    for record in RECORDS:
        counts = {name: Decimal(str(count)) for name, count in record["counts"].items()}
        e, proportional = Fraction(record["e"]["fraction"]), rates(counts)
        found = rates(counts, e=e) if record["e"]["method"] == "given" else proportional
        assert found.pop("e") == e, record["id"]
        assert found == {name: exact(rate) for name, rate in record["rates"].items()}, record["id"]
        if "proportional_would_be" in record["e"]:
            assert proportional["e"] == Fraction(record["e"]["proportional_would_be"]), record["id"]


def worth(formula, names):
    """The value of one of the file's formulas, `None` for a zero denominator."""
    with suppress(ZeroDivisionError):
        return eval(formula, {"__builtins__": {}}, names)
    return None


def test_the_published_formulas_decimals_and_totals_are_those_of_their_vectors():
    assert set(AAPOR["classes"]) == set(CLASSES)
    assert set(AAPOR["formulas"]) == set(RECORDS[0]["rates"])
    assert set(AAPOR["not_aapor"]) == {name for name in AAPOR["formulas"] if name.startswith("LOC")}
    for record in RECORDS:
        names = {name: Fraction(count) for name, count in record["counts"].items()}
        names |= {name: worth(AAPOR[name], names) for name in "KU"} | {"e": Fraction(record["e"]["fraction"])}
        assert (names["K"], names["U"]) == (Fraction(record["K"]), Fraction(record["U"]))
        assert Fraction(record["total"]) == sum(names[name] for name in CLASSES)
        for name, formula in AAPOR["formulas"].items():
            rate = record["rates"][name]
            assert worth(formula, names) == exact(rate), (record["id"], name)
            assert rate is None or abs(exact(rate) - Fraction(str(rate["decimal"]))) <= HALF_A_DIGIT
        for unit in record.get("units", ()):
            names[unit["class"]] -= Fraction(unit["weight"])
        assert not record.get("units") or not any(names[name] for name in CLASSES)


def exact(rate):
    return None if rate is None else Fraction(rate["fraction"])


def test_floats_give_floats_and_counts_left_out_are_0():
    assert rates({"I": 1.5, "NC": 1.5})["RR1"] == 0.5
    assert isinstance(rates({"I": 1.5, "NC": 1.5})["RR1"], float)
    assert rates({"I": np.int64(1), "R": np.int64(2)})["RR1"] == Fraction(1, 3)
    assert rates({"I": 0.0})["RR1"] is None


@pytest.mark.parametrize(
    ("counts", "e"),
    [
        ({"I": -1}, None),
        ({"I": float("nan")}, None),
        ({"I": "3"}, None),
        ({"X": 1}, None),
        ({"I": 1}, 1.5),
        ({"I": 1}, -1),
    ],
)
def test_a_wrong_count_is_refused(counts, e):
    with pytest.raises(BadInput):
        rates(counts, e=e)
