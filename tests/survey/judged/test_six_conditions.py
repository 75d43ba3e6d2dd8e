"""Six conditions stand between a score and a consequence for a person; each refuses alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.areas.grid_scores import gamma, n_needed
from survey.scores.rules import consequences
from survey.scores.rules.consequences import (
    BLOCKING,
    ConsequenceEvidence,
    Hearing,
    ModelledFigure,
    ReleaseStanding,
    look,
    may_follow,
)
from tests.sampling.tables import document

BAD = ReleaseStanding(below_type=True, gamma_decision=0.53, position="below_95")
SOUND = ConsequenceEvidence(
    item="conduct",
    n=50,
    waves=4,
    months=11.0,
    now=BAD,
    before=BAD,
    z_between=None,
    footnotes=frozenset({"3", "15"}),
    hearing=Hearing.OVER,
)
"""A worker of whom everything speaks: the one case in which something may follow."""
BORROWED = replace(BAD, gamma_decision=0.47)
BREAKS = [
    (1, {"item": "overall"}),
    (1, {"item": "result"}),
    (1, {"n": 9}),
    (1, {"waves": 3, "months": 11.9}),
    (2, {"now": replace(BAD, below_type=False)}),
    (3, {"now": BORROWED}),
    (3, {"now": replace(BAD, gamma_decision=None)}),
    *((4, {"footnotes": frozenset({note, "3"})}) for note in sorted(BLOCKING, key=int)),
    (5, {"before": None}),
    (5, {"before": replace(BAD, below_type=False)}),
    (5, {"before": BORROWED}),
    (5, {"before": None, "z_between": -3.0}),
    *((6, {"hearing": each}) for each in Hearing if each is not Hearing.OVER),
]
HOLDS = [
    {"n": 10},
    {"waves": 1, "months": 12.0},
    {"waves": 4, "months": 0.1},
    {"now": replace(BORROWED, position="below_99.8")},
    {"now": replace(BAD, gamma_decision=0.5)},
    {"before": None, "z_between": -3.01},
    {"footnotes": frozenset({"3", "5", "6", "9", "10", "12", "13", "14", "15", "16", "20"})},
]


def refused(found: ConsequenceEvidence) -> list[int]:
    return [each.number for each in look(found) if each.why is not None]


def test_where_all_six_hold_something_may_follow() -> None:
    assert refused(SOUND) == []
    assert may_follow(SOUND)


@pytest.mark.parametrize(("number", "change"), BREAKS)
def test_each_condition_refuses_alone_and_says_why(number: int, change: dict[str, object]) -> None:
    found = replace(SOUND, **change)
    assert refused(found) == [number]
    assert not may_follow(found)
    (why,) = [str(each.why) for each in look(found) if each.why is not None]
    assert why.endswith("。")


@pytest.mark.parametrize("change", HOLDS)
def test_at_its_edge_a_condition_still_holds(change: dict[str, object]) -> None:
    assert may_follow(replace(SOUND, **change))


@given(st.lists(st.booleans(), min_size=6, max_size=6), st.sampled_from(sorted(BLOCKING)))
def test_what_is_broken_is_refused_nothing_else_and_all_six_must_hold(holds: list[bool], note: str) -> None:
    standing = ReleaseStanding(holds[1], 0.53 if holds[2] else 0.47, "below_95")
    found = replace(
        SOUND,
        n=50 if holds[0] else 9,
        now=standing,
        footnotes=frozenset({"3"} if holds[3] else {"3", note}),
        before=BAD if holds[4] else None,
        hearing=Hearing.OVER if holds[5] else Hearing.WAITING,
    )
    assert refused(found) == [number for number, held in enumerate(holds, start=1) if not held]
    assert may_follow(found) == all(holds)


def test_of_a_figure_that_is_not_shown_not_even_its_side_of_a_limit_is_told() -> None:
    hidden = replace(SOUND, n=None, now=None, footnotes=frozenset({"2"}))
    assert refused(hidden) == [1, 2, 3, 4]
    told = {str(each.why) for each in look(hidden) if each.number in {1, 2, 3}}
    assert told == {"这个数不公布，所以这一条不算满足。"}


def test_the_weight_of_a_direct_figure_is_that_of_the_worked_examples() -> None:
    for each in document("scores.json")["gamma_rule"]:
        found = gamma(each["A"], each["s"], each["n"], deff=each["deff"])
        assert found == pytest.approx(each["gamma"], abs=1e-9)
    told = document("scores.json")["gamma_rule_n_needed"]
    assert n_needed(told["A"], told["s"], deff=told["deff"]) == told["n_needed"]


@given(st.integers(1, 400), st.integers(1, 400))
def test_half_of_a_figure_is_its_own_from_the_number_that_is_needed_on(n: int, needed: int) -> None:
    assert (consequences.share_of_own(n, needed) >= 0.5) == (n >= needed)
    assert consequences.one_more(n, needed) == pytest.approx(consequences.share_of_own(n, needed) / n)


@given(
    st.floats(0.002, 0.05),
    st.floats(0.3, 0.9),
    st.floats(1.0, 2.0),
    st.lists(st.integers(10, 60), min_size=12),
)
def test_how_many_are_needed_is_computed_from_the_smaller_variance(
    between: float, share: float, deff: float, counts: list[int]
) -> None:
    """Shipped with twice the variance, decided by the smaller: the answer is that of the smaller."""
    figures = []
    for n in counts:
        psi = deff * share * (1 - share) / n
        weights = {"gamma": 2 * between / (2 * between + psi), "gamma_decision": between / (between + psi)}
        figures.append(ModelledFigure(n=n, n_eff=n / deff, direct=share, between=2 * between, **weights))
    found = consequences.answers_needed(figures)
    assert found is not None
    assert abs(found - n_needed(between, share, deff=deff)) <= 1


def test_a_composite_lies_apart_from_its_peers_by_errors_that_hold_their_variance() -> None:
    told = document("scores.json")["peer_gap"][0]
    peers = [(score, error) for score, error in told["peers"]]
    found = consequences.composite_z((told["score"], told["se"]), peers)
    assert found == pytest.approx(-0.2419, abs=1e-3)
    assert consequences.composite_z((told["score"], told["se"]), peers[:1]) is None


def test_where_no_model_was_fitted_nobody_says_how_many_would_be_enough() -> None:
    assert consequences.answers_needed([]) is None
