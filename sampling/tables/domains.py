"""Domains by the names of their columns, and the rows that their figures make."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.tables.factors import Factor, factor
from sampling.tables.figures import VARIABLE, Estimates, of_domains, of_one, stacked
from sampling.tables.formulas import categories, indicators, named_columns
from sampling.tables.survey import Survey


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """What `by` means: codes (n,) for the estimators, and the labels of each code by the column's name."""

    codes: Any
    factors: Mapping[str, Factor]

    def labels(self, found: DomainEstimates) -> dict[str, Factor]:
        """Return the labels (D,) of the domains found, a column for each of `by`."""
        rows = [each if isinstance(each, tuple) else (each,) for each in found.domains]
        return {
            name: Factor(np.array([row[at] for row in rows], dtype=np.int64), one.levels)
            for at, (name, one) in enumerate(self.factors.items())
        }

    def keys(self, found: DomainEstimates) -> list[Hashable]:
        """Return what the domains found are called in a contrast: a label, or a tuple of them."""
        columns = [one.labels.tolist() for one in self.labels(found).values()]
        return list(columns[0] if len(columns) == 1 else zip(*columns, strict=True))


def domains_of(survey: Survey, by: Any) -> Domains | None:
    """Return what `by` means, None for the whole. Raises BadInput for missing labels."""
    if by is None:
        return None
    factors = {name: categories(column) for name, column in named_columns(survey.table, by).items()}
    for name, one in factors.items():
        indicators(one, name=name)
    codes = tuple(one.codes for one in factors.values())
    return Domains(codes if len(codes) > 1 else codes[0], factors)


def rows_of(
    found: Estimate | DomainEstimates, domains: Domains | None, *, name: str, level: float, limits: Any
) -> dict[str, Any]:
    """Return the columns of one variable's figures: the labels of the domains, the variable, the figures."""
    if isinstance(found, Estimate):
        return of_one(found, {VARIABLE: factor([name])}, level=level, limits=limits)
    labels: dict[str, Any] = dict(domains.labels(found)) if domains else {}
    labels[VARIABLE] = factor([name] * len(found.value))
    return of_domains(found, labels, level=level, limits=limits)


def table_of(parts: list[dict[str, Any]], last: Any, domains: Domains | None) -> Estimates:
    """Return the rows below each other, with the covariance of the `last` figures where it is of them all."""
    if len(parts) > 1 or not isinstance(last, DomainEstimates) or domains is None:
        return Estimates.of(stacked(parts))
    return Estimates.of(parts[0], keys=domains.keys(last), vcov=last.vcov)
