"""Whether two answers of the same people have to do with each other: tests of a cross table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.design import SurveyDesign
from sampling.designs.labels import Labels, coded
from sampling.designs.layout import layout
from sampling.errors import BadInput, TooFew
from sampling.estimates.estimate import METHOD, Estimate
from sampling.estimates.estimators import mean, total

Statistic = Literal["F", "Chisq", "Wald", "adjWald"]


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """A test: its `statistic`, degrees of freedom `df` (of an F: of both), and the chance of as much or more.

    `estimate` is what was tested against 0, or the shares of a table's cells; `method` the estimator of the
    errors and its version.
    """

    statistic: float
    df: float | tuple[float, float]
    p_value: float
    estimate: Estimate
    method: str = METHOD


def chisquare(design: SurveyDesign, rows: Any, columns: Any, *, statistic: Statistic = "F") -> Test:
    """Return the test that `rows` (n,) and `columns` (n,), labels of the same rows, have nothing to do.

    X² = n Σ(p - p₀)²/p₀ is Pearson's, with p the weighted shares of the cells and p₀ the product of the
    margins; Δ = (C'D⁻¹C/n)⁻¹ C'D⁻¹VD⁻¹C is how much more the shares vary than counts of a simple sample.

    - "F": X²/tr Δ at tr²Δ/tr Δ² and that times design.df, Rao and Scott's second-order correction as
      Thomas and Rao's F; "Chisq": X² over the mean of Δ's eigenvalues, the first-order one, as χ².
    - "Wald": Y'V⁻¹Y/k at k and design.df, Y being N_jk - N_j+N_+k/N; "adjWald": the same × (df - k + 1)/df.

    The estimate holds the shares of all cells, row by row, with their covariance. R's svychisq. Raises
    BadInput for fewer than two labels, TooFew where no stratum tells how much the shares vary.
    Source: Rao and Scott (1984), Annals of Statistics 12: 46-60; Thomas and Rao (1987), JASA 82: 630-636.
    Formula (71) of method.md.

    >>> found = chisquare(SurveyDesign([1] * 8), list("aaaabbbb"), list("xxxyxyyy"))
    >>> round(found.statistic, 6), round(found.p_value, 3)
    (1.75, 0.227)
    """
    if statistic not in get_args(Statistic):
        raise BadInput(f"The 'statistic' parameter must be one of {get_args(Statistic)}. Got {statistic!r}.")
    first, second = _kept(design, rows, name="rows"), _kept(design, columns, name="columns")
    sizes = len(first.levels), len(second.levels)
    cells = (first.codes * sizes[1] + second.codes)[:, None] == np.arange(sizes[0] * sizes[1])
    found = mean(design, cells)
    if design.df < 1 or not np.asarray(found.se).any():
        raise TooFew("chisquare refused: no stratum of the sample tells how much the shares vary.")
    if statistic in ("F", "Chisq"):
        return _pearson(found, sizes, df=design.df, statistic=statistic)
    return _wald(found, total(design, cells), sizes, df=design.df, adjusted=statistic == "adjWald")


def _kept(design: SurveyDesign, labels: Any, *, name: str) -> Labels:
    """The labels that rows with weight have, at least two; other rows have the code -1."""
    found = coded(labels, n=design.n, name=name)
    present = np.unique(layout(design).take(found.codes))
    if len(present) < 2:
        raise BadInput(f"The {name!r} parameter must have two labels at least.")
    place = np.full(len(found.levels), -1)
    place[present] = np.arange(len(present))
    return Labels(place[found.codes], tuple(found.levels[code] for code in present.tolist()))


def _pearson(found: Estimate, sizes: tuple[int, int], *, df: int, statistic: Statistic) -> Test:
    from scipy.special import chdtrc, fdtrc  # noqa: PLC0415 - numpy alone at import

    p, n = np.asarray(found.value), found.n
    table = p.reshape(sizes)
    alone = np.outer(table.sum(axis=1), table.sum(axis=0)).ravel()
    pearson = n * float(((p - alone) ** 2 / alone).sum())
    c = _interactions(sizes)
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    weighed = c * inverse[:, None]
    delta = np.linalg.solve(weighed.T @ c / n, weighed.T @ _covariance(found) @ weighed)
    trace = float(np.trace(delta))
    if statistic == "Chisq":
        return Test(pearson, len(delta), float(chdtrc(len(delta), pearson * len(delta) / trace)), found)
    free = trace**2 / float(np.trace(delta @ delta))
    corrected = pearson / trace
    return Test(corrected, (free, free * df), float(fdtrc(free, free * df, corrected)), found)


def _interactions(sizes: tuple[int, int]) -> Floats:
    """Contrasts of the cells that are free of both margins (R C, (R - 1)(C - 1))."""
    rows, columns = (np.eye(size)[:, 1:] for size in sizes)
    free = [one - one.mean(axis=0) for one in (rows, columns)]
    return np.kron(*free)


def _covariance(of: Estimate) -> Floats:
    return np.zeros((0, 0)) if of.vcov is None else of.vcov


def _wald(found: Estimate, counts: Estimate, sizes: tuple[int, int], *, df: int, adjusted: bool) -> Test:
    from scipy.special import fdtrc  # noqa: PLC0415 - numpy alone at import

    table = np.asarray(counts.value).reshape(sizes)
    whole, of_row, of_column = table.sum(), table.sum(axis=1), table.sum(axis=0)
    apart = (table - np.outer(of_row, of_column) / whole)[:-1, :-1].ravel()
    k = len(apart)
    slope = _slopes(table)
    spread = slope @ _covariance(counts) @ slope.T
    if np.linalg.matrix_rank(spread) < k:
        raise TooFew("chisquare refused: too few primary units for Wald's test of so many cells.")
    wald, free = float(apart @ np.linalg.solve(spread, apart)) / k, df - k + 1 if adjusted else df
    statistic = wald * free / df
    return Test(statistic, (k, free), float(fdtrc(k, free, statistic)), found)


def _slopes(table: Floats) -> Floats:
    """Derivatives of N_jk - N_j+N_+k/N, all but the last row and column, by every cell's total."""
    (rows, columns), whole = table.shape, table.sum()
    out = np.zeros((rows, columns, rows, columns))
    share_row, share_column = table.sum(axis=1) / whole, table.sum(axis=0) / whole
    for j in range(rows):
        for k in range(columns):
            out[j, k] += share_row[j] * share_column[k]
            out[j, k, j, k] += 1
            out[j, k, j, :] -= share_column[k]
            out[j, k, :, k] -= share_row[j]
    return out[:-1, :-1].reshape((rows - 1) * (columns - 1), rows * columns)
