"""Figures of a survey under the names of R's functions: means, totals, ratios, shares, quantiles, domains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.columns import Missing
from sampling.designs.design import SurveyDesign
from sampling.errors import BadInput
from sampling.estimates.contrasts import Coefficients, Formula
from sampling.estimates.estimators import mean, proportion, ratio, total, variance
from sampling.estimates.limiting import Method
from sampling.tables.domains import domains_of, rows_of, table_of
from sampling.tables.factors import Factor, factor
from sampling.tables.figures import VARIABLE, Estimates, of_one, stacked
from sampling.tables.formulas import categories, indicators, measured, named_columns, one_column
from sampling.tables.survey import Survey
from sampling.tables.table import Column, Table

METHODS: Mapping[str, Method] = {"mean": "t", "xlogit": "logit"}
"""R's names of intervals of a share that aren't ours."""

Estimator = Callable[..., Any]
"""One of `mean`, `total` …: a design, y and by give an estimate."""


def svymean(
    of: Any,
    design: Survey,
    *,
    by: Any = None,
    missing: Missing = "refuse",
    covmat: bool = True,
    level: float = 0.95,
) -> Estimates:
    """Return weighted means, and shares where a column is yes and no or a factor: one for each level.

    Parameters
    ----------
    of : one or several columns, as in `sampling.tables.formulas.named_columns`.
    by : columns whose crossing makes domains, in the order of their levels.
    missing : "domain" takes the rows that are complete, as R's na.rm=TRUE; "refuse" raises.
    covmat : keeps the covariances, for `svycontrast`.
    level : of the intervals: t for means, for shares what `Estimate.interval` calls "auto".

    R's svymean and svyby(…, svymean). Errors are those of `sampling.mean`.
    Formulas (3) and (6) of method.md.

    >>> from sampling import svydesign
    >>> schools = svydesign({"kind": ["E", "H", "H", "H"], "pw": [10, 10, 10, 10]}, weights="pw")
    >>> svymean("kind", schools)["estimate"].tolist()
    [0.25, 0.75]
    """
    return _estimated(of, design, mean, share=proportion, by=by, missing=missing, covmat=covmat, level=level)


def svytotal(
    of: Any,
    design: Survey,
    *,
    by: Any = None,
    missing: Missing = "refuse",
    covmat: bool = True,
    level: float = 0.95,
) -> Estimates:
    """Return weighted totals, otherwise as `svymean`; of a factor how many units each level has.

    R's svytotal.
    Formula (5) of method.md.

    >>> from sampling import svydesign
    >>> schools = svydesign({"kind": ["E", "H", "H", "H"], "pw": [10, 10, 10, 10]}, weights="pw")
    >>> svytotal("kind", schools)["estimate"].tolist()
    [10.0, 30.0]
    """
    return _estimated(of, design, total, share=total, by=by, missing=missing, covmat=covmat, level=level)


def svyvar(of: Any, design: Survey, *, by: Any = None, level: float = 0.95) -> Estimates:
    """Return the population's variances of columns of numbers. R's svyvar, without covariances.

    Formula (10) of method.md.

    >>> from sampling import svydesign
    >>> float(svyvar("y", svydesign({"y": [1, 3, 4, 8], "pw": [1] * 4}, weights="pw"))["estimate"][0])
    8.666666666666666
    """
    return _estimated(of, design, variance, share=None, by=by, missing="refuse", covmat=False, level=level)


def svyratio(
    numerator: Any,
    denominator: Any,
    design: Survey,
    *,
    by: Any = None,
    missing: Missing = "refuse",
    covmat: bool = True,
    level: float = 0.95,
) -> Estimates:
    """Return the total of one column over that of another, otherwise as `svymean`. R's svyratio.

    Formula (4) of method.md.

    >>> from sampling import svydesign
    >>> plots = svydesign({"yield": [3, 1], "area": [4, 4], "pw": [10, 10]}, weights="pw")
    >>> float(svyratio("yield", "area", plots)["estimate"][0])
    0.5
    """
    name, column = one_column(design.table, numerator)
    under, below = one_column(design.table, denominator)
    over = measured(below, name=under)

    def quotient(of: SurveyDesign, y: Any, **options: Any) -> Any:
        return ratio(of, y, over=over, **options)

    renamed = {f"{name}/{under}": measured(column, name=name)}
    return _estimated(
        renamed,
        design,
        quotient,
        share=None,
        by=by,
        missing=missing,
        covmat=covmat,
        level=level,
        beside={under: over},
    )


def svyciprop(
    of: Any, design: Survey, *, by: Any = None, method: str = "auto", level: float = 0.95
) -> Estimates:
    """Return the share of yes in a column with the interval asked for. R's svyciprop.

    `method` is one of `Estimate.interval`'s, or R's "mean" and "xlogit"; R's default is "logit".

    >>> from sampling import svydesign
    >>> asked = svydesign({"yes": [True, False, True, True], "pw": [1] * 4}, weights="pw")
    >>> float(svyciprop("yes", asked)["estimate"][0])
    0.75
    """
    name, column = one_column(design.table, of)
    domains = domains_of(design, by)
    found = proportion(design.design, measured(column, name=name), by=domains.codes if domains else None)
    limits = found.interval(level, METHODS.get(method, method))  # type: ignore[arg-type]
    return table_of([rows_of(found, domains, name=name, level=level, limits=limits)], found, domains)


def svyby(of: Any, by: Any, design: Survey, function: Callable[..., Estimates], **options: Any) -> Estimates:
    """Return what `function` says of each domain of `by`: R's svyby, whose order of arguments it has.

    >>> from sampling import svydesign
    >>> schools = svydesign({"kind": ["E", "H"], "y": [1, 3], "pw": [1, 1]}, weights="pw")
    >>> svyby("y", "kind", schools, svytotal)["kind"].tolist()
    ['E', 'H']
    """
    return function(of, design, by=by, **options)


def svytable(of: Any, design: Survey) -> Table:
    """Return how many units each level of one column has, or of a second column within each. R's svytable.

    >>> from sampling import svydesign
    >>> asked = svydesign({"a": ["u", "v", "v"], "b": ["x", "x", "y"], "pw": [5, 5, 5]}, weights="pw")
    >>> print(svytable("a + b", asked))
    a  x  y
    u  5  0
    v  5  5
    """
    factors = {name: categories(column) for name, column in named_columns(design.table, of).items()}
    if len(factors) > 2:
        text = f"One or two columns are wanted here. Got {', '.join(factors)}."
        raise BadInput(text, items=list(factors))
    (name, rows), *others = factors.items()
    weights = design.weights if design.design.inside is None else design.weights * design.design.inside
    inside = indicators(rows, name=name).values()
    columns = {"total": weights}
    for beside, column in others:
        columns = {
            str(level): weights * here
            for level, here in zip(column.levels, indicators(column, name=beside).values(), strict=True)
        }
    counts = {label: [float(held[here].sum()) for here in inside] for label, held in columns.items()}
    return Table({name: factor(rows.levels, rows.levels), **counts})


def svycontrast(figures: Estimates, formula: Coefficients | Formula, *, level: float = 0.95) -> Estimates:
    """Return a sum of coefficient × figure, or what a function makes of the figures by name. R's svycontrast.

    Figures are named as in their table: "api00", "stypeH", a domain's label, or a tuple of labels.
    Formula (67) of method.md.

    >>> from sampling import svydesign
    >>> schools = svydesign({"kind": ["E", "E", "H", "H"], "y": [1, 3, 4, 8], "pw": [1] * 4}, weights="pw")
    >>> kinds = svyby("y", "kind", schools, svymean)
    >>> svycontrast(kinds, lambda of: of["H"] / of["E"])["estimate"].tolist()
    [3.0]
    """
    found = figures.joint().contrast(formula)
    if figures.names[0] == VARIABLE:
        # Columns of the same rows, not domains: nobody is counted twice.
        found = replace(found, n=int(figures["n"].max()))
    limits = found.interval(level)
    return Estimates.of(of_one(found, {"contrast": factor(["contrast"])}, level=level, limits=limits))


def _estimated(
    of: Any,
    survey: Survey,
    estimator: Estimator,
    *,
    share: Estimator | None,
    by: Any,
    missing: Missing,
    covmat: bool,
    level: float,
    beside: Mapping[str, Any] | None = None,
) -> Estimates:
    """The rows of every column, and of every domain; `beside` are columns that must be complete too."""
    columns = _columns(named_columns(survey.table, of), share=share is not None)
    design = survey.design
    if missing == "domain":
        design = _complete(design, {**columns, **(beside or {})})
    domains = domains_of(survey, by)
    options: dict[str, Any] = {} if domains is None else {"by": domains.codes}
    if covmat:
        options["vcov"] = True
    parts, last = [], None
    for name, y in columns.items():
        how = share if share is not None and y.dtype == bool else estimator
        last = how(design, y.astype(np.float64), **options)
        parts.append(rows_of(last, domains, name=name, level=level, limits=last.interval(level)))
    if domains is not None or not covmat:
        return table_of(parts, last, domains)
    joint = estimator(design, np.column_stack(list(columns.values())).astype(np.float64))
    return Estimates.of(stacked(parts), keys=list(columns), vcov=joint.vcov)


def _columns(found: Mapping[str, Column], *, share: bool) -> dict[str, Any]:
    """Numbers and yes or no by name; factors as yes and no for each level."""
    out: dict[str, Any] = {}
    for name, column in found.items():
        if isinstance(column, Factor) and share:
            out |= indicators(column, name=name)
        elif isinstance(column, np.ndarray) and column.dtype == bool and share:
            out[name] = column
        else:
            out[name] = measured(column, name=name)
    return out


def _complete(design: SurveyDesign, columns: Mapping[str, Floats]) -> SurveyDesign:
    """The rows without a missing number."""
    gaps = [np.isnan(column) for column in columns.values() if column.dtype != bool]
    return design.subset(~np.any(gaps, axis=0)) if gaps else design
