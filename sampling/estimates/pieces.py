"""Sums that merge: the means of a sample that is read in pieces, whose rows are never held together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, Ints, added, frozen
from sampling.designs.columns import columns
from sampling.designs.design import SurveyDesign
from sampling.designs.labels import coded
from sampling.designs.layout import layout
from sampling.errors import BadInput, EmptyDomain, FpcTooSmall, LonelyStratum, named
from sampling.estimates.estimate import DomainEstimates

Cell = tuple[Hashable, Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What a piece of a sample adds to the means of its domains; `+` joins the pieces.

    `moments` (8,) of each cell (domain, stratum) are, over its primary units with a = Σw and t = Σwy: the
    sums of a, t, a², at, t²; and over its rows Σwy², rows with weight, units with weight. `sampled` counts
    the primary units of each stratum. `shift` was taken off every y.
    """

    moments: Mapping[Cell, Floats]
    sampled: Mapping[Hashable, int]
    shift: float

    def __add__(self, other: Sums) -> Sums:
        if self.shift != other.shift:
            raise BadInput(f"Sums add with one 'shift'. Got {self.shift:g} and {other.shift:g}.")
        moments, sampled = dict(self.moments), dict(self.sampled)
        for cell, values in other.moments.items():
            moments[cell] = moments[cell] + values if cell in moments else values
        for stratum, units in other.sampled.items():
            sampled[stratum] = sampled.get(stratum, 0) + units
        return Sums(moments, sampled, self.shift)

    def mean(self, *, frame: Mapping[Any, float] | None = None, lonely: str = "fail") -> DomainEstimates:
        """Return the mean of every domain with its error, as `sampling.mean` does of all rows at once.

        `frame` is how many primary units each stratum's frame holds, None for endless ones. `lonely` is
        "fail", "remove" or "adjust". Domains come sorted. Raises LonelyStratum, FpcTooSmall, EmptyDomain,
        BadInput. Source: the variance of `mean`, multiplied out.

        >>> pieces = [
        ...     sums(SurveyDesign([10, 10], strata=[h, h]), y, by=[d, d])
        ...     for h, y, d in (("E", [1, 3], "s"), ("H", [4, 8], "s"))
        ... ]
        >>> (pieces[0] + pieces[1]).mean()["s"].value
        4.0
        """
        if lonely not in ("fail", "remove", "adjust"):
            raise BadInput(f"The 'lonely' parameter must be 'fail', 'remove' or 'adjust'. Got {lonely!r}.")
        if not self.moments:
            raise EmptyDomain("No row with weight has been added up.")
        found = sorted(self.moments)
        table = np.array([self.moments[cell] for cell in found])
        domains = coded([cell[0] for cell in found], n=len(found), name="by")
        factor, around = self._factors([cell[1] for cell in found], frame=frame, lonely=lonely)
        return _estimated(table, domains.codes, domains.levels, factor, around, shift=self.shift)

    def _factors(self, strata: list[Hashable], *, frame: Any, lonely: str) -> tuple[Floats, Floats]:
        """(1 - f)n/(n - 1) of each cell's stratum, and that over n where squares are taken from the mean."""
        n = np.array([self.sampled[stratum] for stratum in strata], dtype=np.float64)
        size = np.array([np.inf if frame is None else frame.get(stratum, np.nan) for stratum in strata])
        _refuse(np.isnan(size), strata, BadInput("The 'frame' parameter must hold every stratum."))
        _refuse(size < n, strata, FpcTooSmall("The 'frame' parameter must be at least the number sampled."))
        alone = (n == 1) & (size > n)
        if lonely == "fail":
            _refuse(alone, strata, LonelyStratum("One unit was sampled in a stratum."))
        factor = (1 - n / size) * n / np.maximum(n - 1, 1)
        return factor, np.where(alone & (lonely == "adjust"), 0.0, factor / n)


def _refuse(bad: Bools, strata: list[Hashable], refusal: BadInput | FpcTooSmall | LonelyStratum) -> None:
    found = [strata[place] for place in np.flatnonzero(bad)]
    if found:
        raise type(refusal)(f"{refusal} See {named(found)}.", items=found)


def _estimated(
    table: Floats, domain: Ints, levels: tuple[Hashable, ...], factor: Floats, around: Floats, *, shift: float
) -> DomainEstimates:
    def by_domain(values: Floats) -> Floats:
        return added(domain, values, size=len(levels))

    a, t, aa, at, tt, squares, rows, units = table.T
    held = by_domain(a)
    value = by_domain(t) / held
    m = value[domain]
    first, second = t - m * a, tt - 2 * m * at + m * m * aa
    variance = np.maximum(by_domain(factor * second - around * first**2), 0) / held**2
    n = by_domain(rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = (by_domain(squares) / held - value**2) / (n - 1) * (1 - n / held)
        deff = np.where(simple > 0, variance / simple, np.nan)
    return DomainEstimates(
        value=frozen(value + shift),
        se=frozen(np.sqrt(variance)),
        df=frozen((by_domain(units) - np.bincount(domain)).astype(np.int64)),
        deff=frozen(deff),
        n=frozen(n.astype(np.int64)),
        domains=levels,
    )


def sums(design: SurveyDesign, y: Any, *, by: Any = None, shift: float = 0.0) -> Sums:
    """Return what a piece of a sample, given as a design of its own, adds to the means of `y` (n,).

    A primary unit's rows must all be in one piece; strata may be spread over several. The piece's `fpc` and
    `lonely` don't matter: frames are told in the end. Take off a `shift` near the mean, the same for all
    pieces, to lose no digits. Raises BadInput for calibrated weights, whose errors need all rows at once, and
    for stages. Source: as `sampling.mean`.
    Formula (7) of method.md.

    >>> sums(SurveyDesign([10, 10]), [1, 3]).mean().value.tolist()
    [2.0]
    """
    if design.projections or design.structure.further is not None:
        raise BadInput("The 'design' parameter of sums must have one stage and no calibrated weights.")
    data = columns(design, y, over=None, missing="refuse", single=True)
    at = layout(design, by=by)
    w, less = at.take(design.weights), at.take(data.y[:, 0]) - shift
    a, t = at.unit_sums(w), at.unit_sums(w * less)
    parts = [at.cell_sums(one) for one in (a, t, a * a, a * t, t * t, at.unit_sums(w * less * less))]
    table = np.column_stack([*parts, at.rows_in_cell, at.units])
    strata = design.structure.strata.levels
    cells = [(at.levels[d], strata[h]) for d, h in zip(at.cell_domain, at.cell_stratum, strict=True)]
    return Sums(
        dict(zip(cells, table, strict=True)),
        dict(zip(strata, design.structure.sampled.tolist(), strict=True)),
        shift,
    )
