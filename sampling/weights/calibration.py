"""Weights that meet totals known from outside: post-stratified, raked, or calibrated on numbers.

Each function returns the design with its new weights and a record of the step; the linearised variances of
every estimator then take off what the calibration explains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from sampling.designs.arrays import Floats, added, frozen, numbers
from sampling.designs.design import SurveyDesign
from sampling.designs.labels import Labels, coded
from sampling.designs.projection import Dummies, Numbers, Projection, factors
from sampling.designs.regressors import basis, regressors
from sampling.designs.steps import step
from sampling.errors import BadInput, EmptyCell, Infeasible, NotConverged, TotalsDisagree, named
from sampling.weights.bounds import FREE, Bounds, distance, refuse_bounds, refuse_out_of_reach
from sampling.weights.raking import Cells, cells_of, cross_products, fitted, pseudo_inverse, sweeping
from sampling.weights.solvers import iterated, linear

Residual = Literal["sweeps", "regression"]
Method = Literal["linear", "raking", "logit"]

AGREE = 1e-9
"""Margins may differ in their sums by this share."""


def poststratify(
    design: SurveyDesign, cells: Any, totals: Mapping[Any, float], *, source: str = ""
) -> SurveyDesign:
    """Return the design with weights w·T_c/Σ_c w, so that every cell has its known total.

    Parameters
    ----------
    cells : labels (n,), or a tuple of label arrays for their crossing.
    totals : the population of each cell, in units, finite and positive.
    source : where the totals come from, kept with the step.

    Raises EmptyCell for a cell with a total and no weight, or the reverse; BadInput.
    Source: Holt and Smith (1979), "Post stratification", JRSS A 142.
    Formula (2e) of method.md.

    >>> design = SurveyDesign([10, 10, 10, 10])
    >>> poststratify(design, ["E", "E", "E", "H"], {"E": 30, "H": 20}).weights.tolist()
    [10.0, 10.0, 10.0, 20.0]
    """
    _refuse_subset(design, by="poststratify")
    labels = coded(cells, n=design.n, name="cells")
    held = added(labels.codes, design.weights, size=len(labels.levels))
    wanted = _wanted(labels, held, totals, by="poststratify", name="totals")
    by = np.divide(wanted, held, out=np.ones_like(held), where=held > 0)
    new = design.weights * by[labels.codes]
    inverse = np.divide(1.0, held, out=np.zeros_like(held), where=held > 0)
    x = Dummies((labels.codes,), (len(held),))
    return design.weighted(
        new,
        by=step(
            design.calibrations,
            method="poststratify/1",
            source=source,
            old=design.weights,
            new=new,
            inputs=(labels.codes, wanted),
            projection=Projection(x, new, frozen(factors(new, design.weights)), inverse),
        ),
    )


def rake(
    design: SurveyDesign,
    margins: Sequence[Any],
    totals: Sequence[Mapping[Any, float]],
    *,
    residual: Residual = "sweeps",
    tolerance: float = 1e-10,
    sweeps: int = 500,
    source: str = "",
) -> SurveyDesign:
    """Return the design with weights that meet the totals of several margins, as near to its own as can be.

    Parameters
    ----------
    margins : K label arrays (n,), each of them or a tuple of label arrays for their crossing.
    totals : K mappings label → population, in units; all sum to the same number.
    residual : what standard errors take off: "sweeps" as R's rake, "regression" as `calibrate` (up to 1.1 %
        apart on R's tables, and a jackknife that rakes again is larger than both).
    tolerance : the largest misfit/(1 + total) allowed.
    sweeps : how many times to go over the margins.
    source : where the totals come from, kept with the step.

    Starts from the design's weights and works on the cells of the crossed margins; nothing is merged. Memory
    grows with the rows, and with the square of the number of levels of all margins together.
    Raises TotalsDisagree, EmptyCell, NotConverged, BadInput.
    Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11; Deville, Särndal and Sautory
    (1993), JASA 88.
    Formula (2f) of method.md.

    >>> design = SurveyDesign([10, 10, 10, 10])
    >>> raked = rake(design, [["m", "m", "f", "f"], [1, 2, 1, 2]], [{"m": 18, "f": 22}, {1: 10, 2: 30}])
    >>> raked.weights.round(6).tolist()
    [4.5, 13.5, 5.5, 16.5]
    """
    _refuse_subset(design, by="rake")
    _refuse_option(residual, Residual, name="residual")
    labels = _margins(margins, totals, n=design.n)
    crossed = cells_of(labels)
    start = added(crossed.codes, design.weights, size=len(crossed.levels[0]))
    wanted = tuple(
        _wanted(margin, crossed.sums(place, start), one, by="rake", name=f"totals[{place}]")
        for place, (margin, one) in enumerate(zip(labels, totals, strict=True))
    )
    _refuse_disagreeing([float(one.sum()) for one in wanted])
    by = fitted(crossed, start, wanted, tolerance=tolerance, sweeps=sweeps)
    new = design.weights * by[crossed.codes]
    x = Dummies(tuple(margin.codes for margin in labels), crossed.sizes)
    return design.weighted(
        new,
        by=step(
            design.calibrations,
            method=f"rake-{residual}/1",
            source=source,
            old=design.weights,
            new=new,
            inputs=(*x.codes, *wanted),
            projection=_raked(crossed, x, old=design.weights, new=new, residual=residual),
        ),
    )


def _raked(cells: Cells, x: Dummies, *, old: Floats, new: Floats, residual: Residual) -> Projection:
    """What standard errors take off after raking."""
    size = len(cells.levels[0])
    if residual == "regression":
        solver = pseudo_inverse(cross_products(cells, added(cells.codes, old, size=size)))
        return Projection(x, new, factors(new, old), solver)
    counts = added(cells.codes, (new > 0).astype(np.float64), size=size)
    return Projection(x, new, np.where(new > 0, new, 1.0), sweeping(cells, counts))


def calibrate(
    design: SurveyDesign,
    x: Any,
    totals: Any,
    *,
    method: Method = "linear",
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    steps: int = 100,
    source: str = "",
) -> SurveyDesign:
    """Return the design with weights w = d F(x'λ) that meet Σ w x = T.

    Parameters
    ----------
    x : numbers (n, p), or (n,) for one column; a column of ones for the population's size.
    totals : the population's totals of the columns (p,), in the columns' units.
    method : "linear" (F = 1 + u, the generalised regression estimator), "raking" (F = eᵘ) or "logit", which
        needs bounds.
    bounds : between which factors lie, 0 ≤ low < 1 < high, with "linear" (cut there) and "logit" (never
        reached); or (-inf, inf) to allow the linear method negative weights.
    tolerance : the largest misfit/(1 + |total|) allowed.
    steps : the most Newton steps.
    source : where the totals come from, kept with the step.

    Raises Collinear, Infeasible (a weight would be negative, or no weights within the bounds meet the
    totals), NotConverged, BadInput.
    Source: Deville and Särndal (1992), "Calibration estimators in survey sampling", JASA 87,
    376-382, cases 1, 2, 6 and 7.
    Formula (2g) of method.md.

    >>> design = SurveyDesign([10, 10, 10, 10])
    >>> calibrate(design, [[1, 1], [1, 2], [1, 3], [1, 4]], [40, 110]).weights.round(6).tolist()
    [7.0, 9.0, 11.0, 13.0]
    """
    _refuse_subset(design, by="calibrate")
    _refuse_option(method, Method, name="method")
    refuse_bounds(bounds, method=method)
    columns, wanted = regressors(x, n=design.n), numbers(totals, name="totals")
    _refuse_totals(wanted, p=columns.shape[1])
    free = basis(columns, design.weights, by="calibrate")
    scores, aims = columns @ free, wanted @ free
    if method == "linear" and bounds in (None, FREE):
        by = linear(scores, design.weights, aims)
    else:
        by = iterated(scores, design.weights, aims, by=distance(method, bounds), steps=steps)
    new = design.weights * by
    if bounds not in (None, FREE) and (_misfit(new @ columns, wanted) > tolerance).any():
        refuse_out_of_reach(scores, design.weights, aims, bounds)
    _refuse_misfit(new @ columns, wanted, tolerance=tolerance)
    if bounds is None and (new < 0).any():
        rows = np.flatnonzero(new < 0).tolist()
        text = f"calibrate refused: the weight would be negative in row {named(rows)}."
        raise Infeasible(f"{text} Use method='raking', or allow it by bounds=(-inf, inf).", items=rows)
    return design.weighted(
        frozen(new),
        by=step(
            design.calibrations,
            method=f"calibrate-{method}/1",
            source=source,
            old=design.weights,
            new=new,
            inputs=(columns, wanted),
            projection=Projection(Numbers(frozen(columns)), new, np.where(by == 0, 1.0, by), free @ free.T),
        ),
    )


def _refuse_subset(design: SurveyDesign, *, by: str) -> None:
    if design.inside is not None:
        raise BadInput(f"The 'design' parameter of {by} must be a whole sample. Take subsets of its result.")


def _refuse_option(given: str, of: Any, *, name: str) -> None:
    if given not in get_args(of):
        raise BadInput(f"The {name!r} parameter must be one of {get_args(of)}. Got {given!r}.")


def _margins(margins: Sequence[Any], totals: Sequence[Any], *, n: int) -> tuple[Labels, ...]:
    if isinstance(totals, Mapping) or len(margins) != len(totals) or not len(margins):
        raise BadInput(
            f"The 'totals' parameter must be a list with one mapping for each of the {len(margins)} margins."
        )
    return tuple(coded(one, n=n, name=f"margins[{place}]") for place, one in enumerate(margins))


def _wanted(labels: Labels, held: Floats, totals: Mapping[Any, float], *, by: str, name: str) -> Floats:
    """The totals in the order of the levels, or a refusal."""
    if not isinstance(totals, Mapping):
        raise BadInput(f"The {name!r} parameter must be a mapping from label to number. Got {totals!r:.80}.")
    given = numbers(list(totals.values()), name=name)
    bad = [label for label, total in zip(totals, given, strict=True) if not 0 <= total < math.inf]
    if bad:
        text = f"The {name!r} parameter must be finite and not negative. See {named(bad)}."
        raise BadInput(text, items=bad)
    known = dict(zip(totals, given.tolist(), strict=True))
    wanted = np.array([known.pop(level, 0.0) for level in labels.levels])
    untold = [labels.levels[c] for c in np.flatnonzero((wanted == 0) & (held > 0))]
    untold += [labels.levels[c] for c in np.flatnonzero(held == 0) if labels.levels[c] not in totals]
    if untold:
        text = f"{by} refused: there are rows, but no total in {name} for {named(untold)}."
        raise EmptyCell(text, items=untold)
    bare = [label for label, total in known.items() if total > 0]
    bare += [labels.levels[c] for c in np.flatnonzero((wanted > 0) & (held == 0))]
    if bare:
        raise EmptyCell(f"{by} refused: no row with weight is in the cell {named(bare)}.", items=bare)
    return wanted


def _refuse_disagreeing(sums: list[float]) -> None:
    for place, one in enumerate(sums[1:], start=2):
        if abs(one - sums[0]) > AGREE * sums[0]:
            text = f"rake refused: margin {place} sums to {one:,.10g}, margin 1 to {sums[0]:,.10g}."
            raise TotalsDisagree(f"{text} Make the totals agree.", items=[place, one, sums[0]])


def _refuse_totals(wanted: Floats, *, p: int) -> None:
    if wanted.shape != (p,) or not np.isfinite(wanted).all():
        raise BadInput(f"The 'totals' parameter must be {p} finite numbers. Got the shape {wanted.shape}.")


def _misfit(found: Floats, wanted: Floats) -> Floats:
    out: Floats = np.abs(found - wanted) / (1 + np.abs(wanted))
    return out


def _refuse_misfit(found: Floats, wanted: Floats, *, tolerance: float) -> None:
    apart = _misfit(found, wanted)
    if not (apart <= tolerance).all():
        place = int(np.argmax(~(apart <= tolerance)))
        text = f"calibrate refused: the total of column {place} is missed by {apart[place]:.3g} of it."
        raise NotConverged(f"{text} No weights, or only extreme ones, can meet it.", items=[place])
