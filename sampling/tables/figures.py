"""Figures as a table: each row with its error, limits, degrees of freedom and the estimator it came by."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from sampling.designs.arrays import Floats, Ints
from sampling.errors import BadInput
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.intervals.limits import Interval
from sampling.tables.factors import factor
from sampling.tables.printing import aligned, plain, rounded, text_of, written
from sampling.tables.table import Table

VARIABLE = "variable"
"""The column that says of what the figures are; those of domains stand before it."""
FIGURES = ("estimate", "se", "low", "high", "level", "df", "n", "deff", "method")
"""The columns that every table of figures has."""


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Estimates(Table):
    """A table of figures, and what contrasts of them need: a `key` for each row, and their `vcov` (D, D).

    Columns are the labels of each row, `FIGURES`, and those of a test, if there is one. Printed, an estimate
    stands with its error and interval, rounded to two figures of the error.
    """

    keys: tuple[Hashable, ...]
    vcov: Floats | None

    @classmethod
    def of(
        cls, columns: Mapping[str, Any], *, keys: Sequence[Hashable] = (), vcov: Floats | None = None
    ) -> Self:
        """Return the table of `columns`, whose rows contrasts know by `keys` (D,) and `vcov` (D, D)."""
        made = cls(columns)
        object.__setattr__(made, "keys", tuple(keys))
        object.__setattr__(made, "vcov", vcov)
        return made

    def joint(self) -> DomainEstimates:
        """Return the figures with their covariance, or raise BadInput where it wasn't asked for."""
        if self.vcov is None:
            raise BadInput("A contrast needs the covariance of the figures: estimate with covmat=True.")
        return DomainEstimates(
            value=self["estimate"],
            se=self["se"],
            df=self["df"],
            deff=self["deff"],
            n=self["n"],
            domains=self.keys,
            vcov=self.vcov,
            method=str(self["method"][0]),
        )

    def __str__(self) -> str:
        labels = [name for name in self.columns if name not in FIGURES]
        before, after = (
            [name for name in labels if (list(self.columns).index(name) < self._first) == first]
            for first in (True, False)
        )
        shown = {name: plain(self[name].tolist()) for name in before}
        shown |= self._said()
        shown |= {name: written(name, self[name].tolist()) for name in (*after, "df", "n")}
        left = [name in before for name in shown]
        lines = aligned(list(shown), list(zip(*shown.values(), strict=True)), left=left)
        return f"{lines}\n({', '.join(dict.fromkeys(self['method'].tolist()))})"

    @property
    def _first(self) -> int:
        return list(self.columns).index(FIGURES[0])

    def _said(self) -> dict[str, list[str]]:
        """Estimates, errors and limits as they are printed."""
        value, se = self["estimate"].tolist(), self["se"].tolist()
        places = [rounded(*pair) for pair in zip(value, se, strict=True)]

        def written(name: str) -> list[str]:
            pairs = zip(self[name].tolist(), places, strict=True)
            return [text_of(float(number), places=place) for number, place in pairs]

        limits = [f"[{low}, {high}]" for low, high in zip(written("low"), written("high"), strict=True)]
        level = f"{self['level'].tolist()[0]:.0%}" if len(self) else "95%"
        return {"estimate": written("estimate"), "± se": written("se"), f"{level} interval": limits}


def of_domains(
    found: DomainEstimates, labels: Mapping[str, Any], *, level: float, limits: Interval
) -> dict[str, Any]:
    """Return the columns of figures of domains, after the `labels` of each."""
    return {
        **labels,
        "estimate": found.value,
        "se": found.se,
        "low": np.atleast_1d(limits.low),
        "high": np.atleast_1d(limits.high),
        "level": np.full(len(found.value), level),
        "df": found.df,
        "n": found.n,
        "deff": found.deff,
        "method": factor([found.method] * len(found.value)),
    }


def of_one(found: Estimate, labels: Mapping[str, Any], *, level: float, limits: Interval) -> dict[str, Any]:
    """Return the columns of one figure, or of the figures of several columns, after the `labels` of each."""
    size = np.size(found.value)

    def whole(number: int) -> Ints:
        return np.full(size, number)

    every = DomainEstimates(
        value=np.atleast_1d(np.asarray(found.value)),
        se=np.atleast_1d(np.asarray(found.se)),
        df=whole(found.df),
        deff=np.atleast_1d(np.asarray(found.deff)),
        n=whole(found.n),
        domains=tuple(range(size)),
        method=found.method,
    )
    return of_domains(every, labels, level=level, limits=limits)


def stacked(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the rows of several tables of the same columns, one below the other."""
    tables = [Table(part) for part in parts]
    return {name: _joined([table[name] for table in tables]) for name in tables[0].names}


def _joined(columns: Sequence[Any]) -> Any:
    joined = np.concatenate(columns)
    if joined.dtype.kind in "biuf":
        return joined
    labels = joined.tolist()
    return factor(labels, list(dict.fromkeys(labels)))
