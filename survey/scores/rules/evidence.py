"""What stands behind a release, by stratum: answers by option, weights, and what the ledger's tally tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from survey.drawing.grouped_tally import GroupedTally
from survey.scores.rules.columns import LEFT_OUT, NOT, OFF_PATH, SATISFIED, Bools, Floats, Frame, Ints
from survey.scores.rules.estimation import COMPLETE, Unit
from survey.scores.rules.joining import joined
from survey.scores.rules.pipeline import OVERALL

WIDER = "_top3"
"""The ending of the item that counts "basically satisfied" too: the same answers as the item before it."""
NARROWER = {"resolved_partly": "resolved"}
"""Other items that count the same answers as another one, and more of them as good."""
LOWER, BETWEEN, BEST = 0, 1, 2
TENS = 10
"""The tally rounds households to these."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the ledger's tally tells of some strata: answers of `options` (K,), exactly.

    `shown` is for how many households they stand, up to `half` more or less.
    """

    strata: Ints
    options: Bools
    shown: int
    half: float


@dataclass(frozen=True, eq=False)
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

    @cached_property
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
        found.setdefault(NARROWER.get(item, item.removesuffix(WIDER)), []).append(item)
    return found


def gather(
    units: Sequence[Unit],
    *,
    sizes: Mapping[str, int],
    items: Sequence[str],
    frame: Frame | None,
    tally: GroupedTally | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Evidence:
    """Return what the units' answers come to; `frame` has the strata's chains, None where margins weigh.

    `tally` and its `groups` are the ledger's, of the headline.
    """
    strata = {stratum: at for at, stratum in enumerate(sorted(sizes))}
    complete = [unit for unit in units if unit.code in COMPLETE]
    at = np.array([strata[unit.stratum] for unit in complete], dtype=np.int64)
    size = np.array([sizes[stratum] for stratum in strata], dtype=np.int64)
    holdings = {}
    for base, wanted in families(items).items():
        said = {item: np.array([unit.said[item] for unit in complete], dtype=np.int64) for item in wanted}
        holdings[base] = _holding(at, said, count=len(strata))
    if tally is not None and OVERALL in holdings:
        held = holdings[OVERALL]
        holdings[OVERALL] = replace(held, told=_told(tally, groups or {}, strata))
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


def _told(tally: GroupedTally, groups: Mapping[str, Sequence[str]], strata: Mapping[str, int]) -> list[Told]:
    """The tally's rows, its five options put together as the items tell them apart."""
    found = []
    for row in tally.rows:
        names = [stratum for group in row.group.split("+") for stratum in groups[group]]
        inside = np.array(sorted(strata[name] for name in names), dtype=np.int64)
        one, two, three, four, five = row.households
        for option, (shown, of) in enumerate(((one + two, 2), (three, 1), (four + five, 2))):
            found.append(Told(inside, np.arange(3) == option, shown, of * TENS / 2))
    return found


def _weights(frame: Frame, at: Ints) -> Floats:
    """N/n of each stratum, joined where it is short: as `weighting` gives them."""
    held = np.bincount(at, minlength=len(frame.households))
    group = joined(frame, held)
    stands, answered = (np.bincount(group, each, len(group)) for each in (frame.households, held))
    out: Floats = (stands / np.maximum(answered, 1))[group]
    return out
