"""Quantiles of a survey under R's name."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.estimates.quantiles import Rule, quantile
from sampling.tables.domains import domains_of, rows_of
from sampling.tables.figures import VARIABLE, Estimates, stacked
from sampling.tables.formulas import measured, named_columns
from sampling.tables.survey import Survey


def svyquantile(
    of: Any,
    design: Survey,
    quantiles: Any = 0.5,
    *,
    by: Any = None,
    qrule: Rule = "math",
    level: float = 0.95,
) -> Estimates:
    """Return quantiles of columns of numbers with Woodruff's interval, see `sampling.quantile`.

    R's svyquantile with interval.type="mean"; a column `quantile` says which.
    Formula (68) of method.md.

    >>> from sampling import svydesign
    >>> svyquantile("y", svydesign({"y": [1, 3, 4, 8], "pw": [1] * 4}, weights="pw"), [0.25, 0.5])["estimate"]
    array([1., 3.])
    """
    domains, parts = domains_of(design, by), []
    for name, column in named_columns(design.table, of).items():
        y = measured(column, name=name)
        for q in np.atleast_1d(quantiles).tolist():
            codes = domains.codes if domains else None
            found = quantile(design.design, y, q=q, by=codes, rule=qrule, level=level)
            rows = rows_of(found, domains, name=name, level=level, limits=found.interval(level))
            parts.append(_with_quantile(rows, q))
    return Estimates.of(stacked(parts))


def _with_quantile(rows: dict[str, Any], q: float) -> dict[str, Any]:
    """The rows with a column `quantile` after that of the variable."""
    out: dict[str, Any] = {}
    for name, column in rows.items():
        out[name] = column
        if name == VARIABLE:
            out["quantile"] = np.full(len(rows["se"]), q)
    return out
