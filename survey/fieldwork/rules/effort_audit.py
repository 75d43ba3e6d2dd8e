"""Whether streets were tried equally hard: their households by counted attempts, and Pearson's chi-square."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEAST_EXPECTED = 5
"""Cochran's rule: numbers of attempts of which fewer are expected anywhere are taken together."""
LEAST_SHOWN = 10
"""Fewer households of a street are not described."""


@dataclass(frozen=True, slots=True)
class StreetEffort:
    """How hard a street was tried; the mean is None where too few households stand behind it."""

    street: str
    households: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class EffortAudit:
    """Streets beside each other; `p` is None where there is nothing to compare."""

    streets: Sequence[StreetEffort]
    chi_square: float | None = None
    freedom: int = 0
    p: float | None = None


def audit(attempts: Mapping[str, Counter[int]]) -> EffortAudit:
    """Compare streets by how many of their households had how many counted attempts."""
    streets = [_effort(street, attempts[street]) for street in sorted(attempts)]
    table = _pooled([attempts[street] for street in sorted(attempts)])
    if len(table) < 2 or len(table[0]) < 2:
        return EffortAudit(streets)
    from scipy.stats import chi2_contingency  # noqa: PLC0415 - takes as long to load as all else together

    found = chi2_contingency(np.array(table), correction=False)
    return EffortAudit(streets, float(found.statistic), int(found.dof), float(found.pvalue))


def _effort(street: str, counts: Counter[int]) -> StreetEffort:
    households = counts.total()
    mean = sum(times * n for times, n in counts.items()) / households if households else 0.0
    return StreetEffort(street, households, mean if households >= LEAST_SHOWN else None)


def _pooled(rows: Sequence[Counter[int]]) -> list[list[int]]:
    """Return rows of counts whose columns are large enough; neighbouring numbers are taken together."""
    full = [row for row in rows if row.total() >= LEAST_SHOWN]
    whole = sum((row.total() for row in full), start=0)
    columns: list[list[int]] = []
    running = [0] * len(full)
    for times in sorted({times for row in full for times in row}):
        running = [had + row[times] for had, row in zip(running, full, strict=True)]
        if min(row.total() for row in full) * sum(running) / whole >= LEAST_EXPECTED:
            columns.append(running)
            running = [0] * len(full)
    if any(running) and columns:
        columns[-1] = [had + more for had, more in zip(columns[-1], running, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]
