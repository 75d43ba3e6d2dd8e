"""What a reader can work out of a release: hidden cells keep other answers, else more is hidden."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.drawing import grouped_tally
from survey.scores.rules import evidence, inference, items
from survey.scores.rules.areas import ReportArea, places
from survey.scores.rules.columns import Ints
from survey.scores.rules.concealing import conceal
from survey.scores.rules.estimation import AreaFigure, Unit, area_figures
from survey.scores.rules.evidence import Evidence, Holding
from survey.scores.rules.inference import HiddenCell
from survey.scores.rules.published import ANSWERS, COMPLETES, PublishedSums, SumBound
from survey.scores.rules.suppression import FREE, LEAST

OVERALL = "overall"
BEST = {OVERALL: np.array([False, False, True]), "overall_top3": np.array([False, True, True])}


def published(options: Ints, weights: list[float], half: float) -> PublishedSums:
    """One area over all strata, whose answers are told exactly and whose weighted sum to `half`."""
    counts = np.stack([np.ones(len(options)), np.array(weights), np.ones(len(options))])
    bounds = [
        bound
        for best in BEST.values()
        for bound in (SumBound(ANSWERS, best, 0.0, 0.0), SumBound(COMPLETES, best, -half, half))
    ]
    everyone = options.sum(axis=1)
    holding = Holding(options, BEST, everyone, everyone)
    return PublishedSums(holding, counts, np.zeros((1, len(options)), dtype=np.int64), [bounds])


@st.composite
def streets(draw: st.DrawFn) -> PublishedSums:
    size = draw(st.integers(2, 3))
    rows = st.lists(st.integers(0, 3), min_size=3, max_size=3)
    options = np.array(draw(st.lists(rows, min_size=size, max_size=size)), dtype=np.int64)
    weights = draw(st.lists(st.sampled_from([10.0, 11.0, 14.0]), min_size=size, max_size=size))
    return published(options, weights, draw(st.sampled_from([0.5, 1.5, 5.0])))


def possible(known: PublishedSums) -> dict[tuple[str, str], set[int]]:
    """By trying every answer there is: changes of each stratum's good answers that look the same."""
    options = known.holding.options
    found: dict[tuple[str, str], set[int]] = {}
    each = [[(a, b, n - a - b) for a in range(n + 1) for b in range(n - a + 1)] for n in options.sum(axis=1)]
    for other in itertools.product(*each):
        change = np.array(other) - options
        sums = [float(known.counts[bound.kind] @ (change @ bound.options)) for bound in known.bounds[0]]
        if all(
            abs(total) < 1e-9 or bound.low < total < bound.high
            for bound, total in zip(known.bounds[0], sums, strict=True)
        ):
            for at in range(len(options)):
                for item, best in BEST.items():
                    found.setdefault((str(at), item), set()).add(int(change[at] @ best))
    return found


@given(streets())
@settings(max_examples=30)
def test_whatever_is_found_possible_is_possible(known: PublishedSums) -> None:
    n = known.holding.rated
    cells = [HiddenCell(str(at), np.array([at]), int(n[at])) for at in range(len(n)) if n[at]]
    found: inference.Found = {}
    inference.unsafe(known, cells, found)
    every = possible(known)
    for key, changes in found.items():
        assert changes <= every[key]


def test_two_cells_of_which_the_sum_says_that_nobody_is_content_are_given_away() -> None:
    known = published(np.array([[9, 0, 0], [8, 0, 0]]), [10.0, 10.0], 5.0)
    cells = [HiddenCell("a", np.array([0]), 9), HiddenCell("b", np.array([1]), 8)]
    assert inference.unsafe(known, cells, {}) == ["a", "b"]


def test_two_cells_of_different_weight_are_given_away_by_the_weighted_share() -> None:
    options = np.array([[3, 2, 4], [2, 2, 4]])
    cells = [HiddenCell("a", np.array([0]), 9), HiddenCell("b", np.array([1]), 8)]
    assert inference.unsafe(published(options, [10.0, 10.0], 0.5), cells, {}) == []
    assert inference.unsafe(published(options, [10.0, 17.0], 0.5), cells, {}) == ["a", "b"]


def units(stratum: str, *answers: int) -> list[Unit]:
    return [Unit(stratum, "complete", items.read({"G1": answer})) for answer in answers]


SIZES = {"G1": 90, "G2": 120, "G3": 400, "G4": 400}
SAMPLE = [
    *units("G1", *[5] * 5, *[2] * 4),
    *units("G2", *[5] * 6, *[3] * 6),
    *units("G3", *[5] * 20, *[2] * 20),
    *units("G4", *[4] * 22, *[1] * 18),
]
AREAS = [
    *(ReportArea("grid", code, code, "old", "C", frozenset({code})) for code in SIZES),
    ReportArea("city", "C", "云川市", "", None, frozenset(SIZES)),
]


def found(*, tally: bool = False) -> tuple[tuple[AreaFigure, ...], Evidence]:
    counts = {code: _counts(code) for code in SIZES}
    groups = {"all": list(SIZES)}
    known = evidence.gather(
        SAMPLE,
        sizes=SIZES,
        items=list(items.ITEMS),
        frame=places(AREAS, sizes=SIZES).frame,
        tally=grouped_tally.count(counts, groups=groups, sizes=SIZES) if tally else None,
        groups=groups,
    )
    return area_figures(SAMPLE, sizes=SIZES, areas=AREAS), known


def _counts(code: str) -> grouped_tally.TallyCounts:
    given = {"G1": (0, 4, 0, 0, 5), "G2": (0, 0, 6, 0, 6), "G3": (0, 20, 0, 0, 20), "G4": (18, 0, 0, 22, 0)}
    return given[code]


def test_both_denominators_and_both_counts_of_the_same_answers_hide_the_same_areas() -> None:
    hidden = conceal(*found())
    assert hidden[OVERALL] == hidden["overall_top3"]
    assert hidden[OVERALL]["G1"] == "A"


@pytest.mark.parametrize("tally", [False, True])
def test_equal_input_hides_equally_and_what_more_is_known_never_hides_less(*, tally: bool) -> None:
    once, again = (conceal(*found(tally=tally))[OVERALL] for _ in range(2))
    assert once == again
    plain = conceal(*found())[OVERALL]
    assert {key for key, one in plain.items() if one != FREE} <= {
        key for key, one in once.items() if one != FREE
    }


def street_world(seed: int) -> tuple[tuple[AreaFigure, ...], Evidence]:
    """Two streets of six grids with five to seventeen answers each."""
    random = np.random.default_rng(seed)
    names = [f"G{at:02d}" for at in range(12)]
    sizes = {name: int(random.integers(300, 900)) for name in names}
    sample = [
        unit
        for name in names
        for unit in units(name, *random.choice([5, 5, 4, 3, 2, 1], int(random.integers(5, 18))).tolist())
    ]
    areas = [
        *(
            ReportArea("grid", name, name, "old", f"S{at // 6}", frozenset({name}))
            for at, name in enumerate(names)
        ),
        *(
            ReportArea("street", f"S{at}", "", "", "C", frozenset(names[6 * at : 6 * at + 6]))
            for at in (0, 1)
        ),
        ReportArea("city", "C", "云川市", "", None, frozenset(names)),
    ]
    frame = places(areas, sizes=sizes).frame
    known = evidence.gather(sample, sizes=sizes, items=list(items.ITEMS), frame=frame)
    return area_figures(sample, sizes=sizes, areas=areas), known


def test_what_was_hidden_in_vain_is_shown_again() -> None:
    figures, known = street_world(1)
    hidden = {code for code, status in conceal(figures, known)[OVERALL].items() if status != FREE}
    few = {
        each.area.code
        for each in figures
        if (each.item, each.den) == (OVERALL, "all") and each.figure is not None and each.figure.n < LEAST
    }
    assert few < hidden
    # Each of these was hidden on the way; with both streets hidden nobody needs them.
    assert {"G01", "G02", "G03", "G05", "G07", "G10", "G11"}.isdisjoint(hidden)
