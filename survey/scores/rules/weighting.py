"""Weights of the completes: what a household stands for, corrected for who answers by outside margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from sampling.designs.design import SurveyDesign
from sampling.errors import EmptyCell, NotConverged
from sampling.weights.calibration import rake
from survey.scores.rules.columns import UNKNOWN, Completes, Floats, Frame, Ints, Margin
from survey.scores.rules.joining import joined
from survey.waves.rules.release_terms import LONELY

RARE = 20
"""A category with fewer completes is merged with its neighbour."""
SWEEPS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """The completes as a design: strata joined where they were short, weights raked where margins are known.

    `group` (H,) is each stratum's group. `margins` names those that were met; without any, who answers isn't
    corrected for. `dropped` are those of which too few answered
    in all categories but one, and those, from the last one on, that no weights meet beside the others.
    """

    design: SurveyDesign
    group: Ints
    margins: tuple[str, ...]
    dropped: tuple[str, ...]


def weighted(frame: Frame, completes: Completes, margins: Sequence[Margin] = ()) -> Weighted:
    """Return the completes with their weights.

    A complete of a group with n of its N households stands for N/n of them; one set of factors for the whole
    city rakes these jointly to the groups' households and the margins. A household that didn't tell a
    category keeps the factor 1. Source: the margins route of docs/method.md.
    """
    group = joined(frame, np.bincount(completes.stratum, minlength=len(frame.households)))
    stands = np.bincount(group, frame.households, len(group))
    held = np.bincount(group[completes.stratum], minlength=len(group))
    rows = group[completes.stratum]
    each = (stands / np.maximum(held, 1))[rows]
    design = SurveyDesign(each, strata=rows, fpc=stands[rows], lonely=LONELY)
    usable = [one for one in (_merged(m, completes.categories[m.name]) for m in margins) if one is not None]
    made, met = _met(design, rows, usable)
    return Weighted(made, group, met, tuple(one.name for one in margins if one.name not in met))


def _met(
    design: SurveyDesign, rows: Ints, margins: Sequence[_Merged]
) -> tuple[SurveyDesign, tuple[str, ...]]:
    """Rake to all margins, or to those before the last one where no weights meet them all."""
    for number in range(len(margins), 0, -1):
        with suppress(NotConverged, EmptyCell):
            return _raked(design, rows, margins[:number]), tuple(one.name for one in margins[:number])
    return design, ()


@dataclass(frozen=True, slots=True, eq=False)
class _Merged:
    """A margin whose rare categories are merged: codes of the completes (n,), households by code."""

    name: str
    codes: Ints
    households: Floats


def _merged(margin: Margin, codes: Ints) -> _Merged | None:
    """Merge each rare category with the next, the last with the one before; None where one is left."""
    held = np.bincount(codes[codes != UNKNOWN], minlength=len(margin.households))
    into, place, count = np.zeros(len(held), dtype=np.int64), 0, 0
    for category, number in enumerate(held.tolist()):
        into[category] = place
        count += number
        if count >= RARE:
            place, count = place + 1, 0
    into = np.minimum(into, max(place - 1, 0))
    if into.max() == 0:
        return None
    households = np.bincount(into, margin.households).astype(np.float64)
    return _Merged(margin.name, np.where(codes == UNKNOWN, UNKNOWN, into[codes]), households)


def _raked(design: SurveyDesign, rows: Ints, margins: Sequence[_Merged]) -> SurveyDesign:
    """Rake who told every category, to what the others leave of each group and of the city.

    Who didn't is a category of its own in each margin, with the households that it stands for.
    """
    told = np.logical_and.reduce([one.codes != UNKNOWN for one in margins])
    at, weights = np.unique(rows, return_inverse=True)[1], design.weights
    labels = [np.where(told, at, UNKNOWN - at)]
    totals = [_sums(at, weights * told) | {UNKNOWN - k: v for k, v in _sums(at, weights * ~told).items()}]
    apart, whole = float(weights[~told].sum()), float(weights.sum())
    for one in margins:
        scaled = one.households * (whole - apart) / one.households.sum()
        labels.append(np.where(told, one.codes, UNKNOWN))
        totals.append(dict(enumerate(scaled.tolist())) | {UNKNOWN: apart})
    aims = [_present(total, label) for total, label in zip(totals, labels, strict=True)]
    source = f"outside margins: {', '.join(one.name for one in margins)}"
    return rake(design, labels, aims, sweeps=SWEEPS, source=source)


def _sums(at: Ints, values: Floats) -> dict[int, float]:
    return dict(enumerate(np.bincount(at, values).tolist()))


def _present(totals: Mapping[int, float], labels: Ints) -> dict[int, float]:
    there = set(np.unique(labels).tolist())
    return {label: total for label, total in totals.items() if label in there}
