"""What stands behind a release, by stratum: answers by option, weights, and what the ledger's tally tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey.drawing.grouped_tally import GroupedTally
from survey.scores.rules.columns import LEFT_OUT, NOT, OFF_PATH, SATISFIED, Bools, Floats, Frame, Ints
from survey.scores.rules.estimation import COMPLETE, Unit
from survey.scores.rules.joining import joined
from survey.scores.rules.pipeline import OVERALL

WIDER = "_top3"
"""The ending of the item that counts "basically satisfied" too: the same answers as the item before it."""
LOWER, BETWEEN, BEST = 0, 1, 2
OPTIONS = 5
TENS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A sum over strata that everybody knows: answers of the `options` (K,), exactly.

    `weighted` sums the households that they stand for, rounded to TENS.
    """

    strata: Ints
    options: Bools
    weighted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """Answers to one item and its wider count, by stratum (H,).

    `options` (H, K) counts raters by what they said; `best` names the options (K,) that are good, by item.
    `everyone` (H,) are those that `all` counts, `population` those who were asked.
    """

    options: Ints
    best: Mapping[str, Bools]
    everyone: Ints
    population: Ints
    told: Sequence[Told] = ()

    @property
    def rated(self) -> Ints:
        """Raters of each stratum (H,)."""
        out: Ints = self.options.sum(axis=1)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Holdings by item (without the wider counts), and what a complete of each stratum (H,) stands for.

    `weights` is None where margins have made every household's weight another, which nobody outside knows.
    """

    strata: Mapping[str, int]
    sizes: Ints
    holdings: Mapping[str, Holding]
    weights: Floats | None


def families(items: Sequence[str]) -> dict[str, list[str]]:
    """Return the items that count the same answers, by the narrowest."""
    found: dict[str, list[str]] = {}
    for item in items:
        found.setdefault(item.removesuffix(WIDER), []).append(item)
    return found


def gather(
    units: Sequence[Unit],
    *,
    sizes: Mapping[str, int],
    items: Sequence[str],
    frame: Frame | None,
    headline: Mapping[str, Sequence[int]] | None = None,
    tally: GroupedTally | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Evidence:
    """Return what the units' answers come to; `frame` has the strata's chains, None where margins weigh.

    `headline` counts each stratum's headline answers by option; `tally` and its `groups` are the ledger's.
    """
    strata = {stratum: at for at, stratum in enumerate(sorted(sizes))}
    complete = [unit for unit in units if unit.code in COMPLETE]
    at = np.array([strata[unit.stratum] for unit in complete], dtype=np.int64)
    size = np.array([sizes[stratum] for stratum in strata], dtype=np.int64)
    holdings = {}
    for base, wanted in families(items).items():
        said = {item: np.array([unit.said[item] for unit in complete], dtype=np.int64) for item in wanted}
        holdings[base] = _holding(at, said, count=len(strata))
    if headline is not None and OVERALL in holdings:
        known = _told(tally, groups or {}, strata) if tally is not None else ()
        holdings[OVERALL] = _by_option(holdings[OVERALL], headline, strata, told=known)
    return Evidence(strata, size, holdings, None if frame is None else _weights(frame, at))


def _holding(at: Ints, said: Mapping[str, Ints], *, count: int) -> Holding:
    """Options as far as the items tell them apart: not good, good by the wider count alone, good."""
    narrow, *wider = said
    first = said[narrow]
    rated, best = first >= NOT, first == SATISFIED
    between = rated & ~best & (said[wider[0]] == SATISFIED) if wider else np.zeros_like(best)
    options = np.stack(
        [
            np.bincount(at[mask], minlength=count)
            for mask in (rated & ~best & ~between, between, best)
        ],
        axis=1,
    )  # fmt: skip
    good = {narrow: np.arange(3) == BEST} | {item: np.arange(3) >= BETWEEN for item in wider}
    return Holding(
        options=options,
        best=good,
        everyone=np.bincount(at[first > LEFT_OUT], minlength=count),
        population=np.bincount(at[first > OFF_PATH], minlength=count),
    )


def _by_option(
    held: Holding, headline: Mapping[str, Sequence[int]], strata: Mapping[str, int], *, told: Sequence[Told]
) -> Holding:
    """The headline's answers by all five options, which the ledger's tally counts."""
    options = np.zeros((len(strata), OPTIONS), dtype=np.int64)
    for stratum, counts in headline.items():
        options[strata[stratum]] = counts
    if not (options.sum(axis=1) == held.rated).all():
        return held
    place = np.arange(OPTIONS)
    best = {item: place >= (2 if item.endswith(WIDER) else 3) for item in held.best}
    return Holding(options, best, held.everyone, held.population, told)


def _told(
    tally: GroupedTally, groups: Mapping[str, Sequence[str]], strata: Mapping[str, int]
) -> list[Told]:
    each = [np.arange(OPTIONS) == option for option in range(OPTIONS)]
    counts = each if tally.state == "full" else [each[0] | each[1], each[2], each[3] | each[4]]
    found = []
    for row in tally.rows:
        names = [stratum for group in row.group.split("+") for stratum in groups[group]]
        inside = np.array(sorted(strata[name] for name in names), dtype=np.int64)
        found += [Told(inside, mask, weighted=False) for mask in counts]
        # Households are rounded before options are joined.
        found += [Told(inside, mask, weighted=True) for mask in each]
    return found


def _weights(frame: Frame, at: Ints) -> Floats:
    """N/n of each stratum, joined where it is short: as `weighting` gives them."""
    held = np.bincount(at, minlength=len(frame.households))
    group = joined(frame, held)
    stands, answered = (np.bincount(group, each, len(group)) for each in (frame.households, held))
    out: Floats = (stands / np.maximum(answered, 1))[group]
    return out
