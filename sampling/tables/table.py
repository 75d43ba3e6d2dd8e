"""Frozen columns of equal length with names: what a survey is read from, and what its figures come in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import flags, frozen
from sampling.errors import BadInput, named
from sampling.tables.factors import Factor, factor, is_missing
from sampling.tables.printing import aligned, written

Column = NDArray[Any] | Factor
MISSING = ("", "NA")
LONGEST = 18
"""A longer run of digits is a label, as one with a leading 0 is."""


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Table:
    """Columns (n,) by name: numbers or yes and no as read-only arrays, labels as a `Factor`.

    Made of a mapping name → column, of another table, or of a frame of pandas or polars: of anything that has
    `columns` and gives a column for a name. Categories of a frame keep their order. Raises BadInput for
    columns of different length or of more than one dimension.

    >>> print(Table({"street": ["东街", "西街"], "score": [61.25, 70.0]}))
    street  score
    东街    61.25
    西街    70.00
    """

    columns: Mapping[str, Column]

    def __init__(self, columns: Any) -> None:
        names = list(getattr(columns, "columns", columns))
        made = {str(name): _column(columns[name], name=str(name)) for name in names}
        sizes = {name: _length(column) for name, column in made.items()}
        if len(set(sizes.values())) > 1:
            raise BadInput(f"The columns of a table must be of one length. Got {sizes}.", items=list(sizes))
        object.__setattr__(self, "columns", MappingProxyType(made))

    @staticmethod
    def read(path: str | Path) -> Table:
        """Return the table of a CSV file (UTF-8, first row names): numbers where all cells are, else labels.

        Empty cells and NA are missing. Digits with a leading 0 are labels.
        """
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            heads, *rows = list(csv.reader(file)) or [[]]
        ragged = [line for line, row in enumerate(rows, start=2) if len(row) != len(heads)]
        if ragged or len(set(heads)) < len(heads):
            text = "The file must have as many cells in each row as it has names, each of them once."
            raise BadInput(f"{text} See line {named(ragged or [1])}.", items=ragged or [1])
        return Table({name: _parsed([row[at] for row in rows]) for at, name in enumerate(heads)})

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.columns)

    def __len__(self) -> int:
        return max((_length(column) for column in self.columns.values()), default=0)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The numbers or labels of a column (n,), or BadInput for an unknown name."""
        column = self.column(name)
        return column.labels if isinstance(column, Factor) else column

    def column(self, name: str) -> Column:
        """Return a column as it is kept, or raise BadInput for an unknown name."""
        if name not in self.columns:
            known = ", ".join(self.columns)
            raise BadInput(f"There is no column {name!r}. There are: {known}.", items=[name])
        return self.columns[name]

    def update(self, columns: Mapping[str, Any] | None = None, /, **more: Any) -> Table:
        """Return the table with columns added or replaced. R's transform.

        >>> Table({"a": [1, 2]}).update(b=[3, 4]).names
        ('a', 'b')
        """
        return Table({**self.columns, **(columns or {}), **more})

    def where(self, mask: Any) -> Table:
        """Return the rows where `mask` (n,) is true. A domain of a survey is no such table: take `subset`.

        >>> Table({"a": [1, 2]}).where([False, True]).to_rows()
        [{'a': 2}]
        """
        rows = flags(mask, n=len(self), name="mask")
        kept = {
            name: Factor(frozen(one.codes[rows]), one.levels) if isinstance(one, Factor) else one[rows]
            for name, one in self.columns.items()
        }
        return Table(kept)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the rows as plain dictionaries."""
        lists = [self[name].tolist() for name in self.columns]
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*lists, strict=True)]

    def to_csv(self, path: str | Path | None = None) -> str:
        """Return the table as CSV with all digits, and write it to `path` (UTF-8) if one is given.

        >>> Table({"a": [1, 2], "b": ["x", None]}).to_csv()
        'a,b\\n1,x\\n2,\\n'
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(row.values() for row in self.to_rows())
        if path is not None:
            Path(path).write_text(out.getvalue(), encoding="utf-8", newline="")
        return out.getvalue()

    def __str__(self) -> str:
        cells = [written(name, self[name].tolist()) for name in self.columns]
        left = [isinstance(column, Factor) for column in self.columns.values()]
        return aligned(self.names, list(zip(*cells, strict=True)), left=left)


def _length(column: Column) -> int:
    return len(column.codes) if isinstance(column, Factor) else len(column)


def _column(values: Any, *, name: str) -> Column:
    if isinstance(values, Factor):
        return values
    levels = _levels(values)
    given = np.asarray(values) if hasattr(values, "__array__") else np.array(list(values))
    if levels is not None:
        return factor(given.tolist(), levels)
    if given.ndim != 1:
        raise BadInput(f"The column {name!r} must have one dimension. Got {given.shape}.", items=[name])
    if given.dtype.kind in "biuf":
        return frozen(given.copy())
    return _labels(given.tolist() if hasattr(values, "__array__") else list(values))


def _labels(values: list[Any]) -> Column:
    """Labels, or numbers of which some are missing."""
    if values and all(is_missing(value) or isinstance(value, (int, float)) for value in values):
        return frozen(np.array([np.nan if is_missing(value) else float(value) for value in values]))
    return factor(values)


def _levels(values: Any) -> list[Any] | None:
    """The categories of a frame's column in their order, if it has any."""
    categories: Any = getattr(getattr(values, "dtype", None), "categories", None)
    return list(categories) if hasattr(categories, "__iter__") else None


def _parsed(cells: list[str]) -> Column:
    """A column of a file."""
    told = [cell for cell in cells if cell not in MISSING]
    labels = [None if cell in MISSING else cell for cell in cells]
    if not told or any(_is_code(cell) for cell in told):
        return factor(labels)
    try:
        if len(told) == len(cells) and all(cell.lstrip("-").isdecimal() for cell in cells):
            return np.array([int(cell) for cell in cells])
        return np.array([np.nan if cell in MISSING else float(cell) for cell in cells])
    except ValueError:
        return factor(labels)


def _is_code(cell: str) -> bool:
    digits = cell.isdecimal()
    return digits and (len(cell) > LONGEST or (len(cell) > 1 and cell[0] == "0"))
