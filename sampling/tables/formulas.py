"""Columns by the names that a formula gives them, and columns of numbers to regress on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, numbers
from sampling.errors import BadInput
from sampling.tables.factors import Factor, factor
from sampling.tables.table import Column, Table

VALUE = "value"
"""The name of a column that was given without one."""


def sides(formula: str) -> tuple[str, str]:
    """Return what stands left and right of the ~ of "y ~ a + b", or raise BadInput.

    >>> sides("api00 ~ ell + meals")
    ('api00', 'ell + meals')
    """
    left, tilde, right = formula.partition("~")
    if not tilde or not left.strip() or not right.strip():
        raise BadInput(f"The formula must be like 'y ~ a + b'. Got {formula!r}.")
    return left.strip(), right.strip()


def named_columns(table: Table, of: Any) -> dict[str, Column]:
    """Return the columns that `of` means, by name.

    `of` is the name of a column; names in a formula, "a + b" or "~a + b"; a list of names; a mapping of
    columns that the table doesn't hold; or one such column (n,), which is called "value". Raises BadInput.

    >>> list(named_columns(Table({"a": [1], "b": [2]}), "~a + b"))
    ['a', 'b']
    """
    if isinstance(of, str):
        names = [of] if of in table.columns else [part.strip() for part in of.removeprefix("~").split("+")]
        return {name: table.column(name) for name in names}
    if (
        isinstance(of, (list, tuple))
        and of
        and all(isinstance(one, str) and one in table.columns for one in of)
    ):
        return {name: table.column(name) for name in of}
    given = Table(of if isinstance(of, Mapping) else {VALUE: of})
    if len(given) != len(table):
        raise BadInput(f"A column must have a row for each of the table: {len(table)}. Got {len(given)}.")
    return dict(given.columns)


def one_column(table: Table, of: Any) -> tuple[str, Column]:
    """Return the name and the only column that `of` means, or raise BadInput."""
    found = named_columns(table, of)
    if len(found) != 1:
        raise BadInput(f"One column is wanted here. Got {', '.join(found)}.", items=list(found))
    return next(iter(found.items()))


def measured(column: Column, *, name: str) -> Floats:
    """Return a column of numbers (n,), or raise BadInput for labels."""
    if isinstance(column, Factor):
        raise BadInput(f"The column {name!r} must hold numbers. It holds labels.", items=[name])
    return numbers(column, name=name)


def categories(column: Column) -> Factor:
    """Return a column as a factor: numbers as their sorted values."""
    return column if isinstance(column, Factor) else factor(column)


def indicators(column: Factor, *, name: str) -> dict[str, Bools]:
    """Return yes and no (n,) for each level of a factor, named as R names it: name and level together.

    Raises BadInput for a missing label.
    """
    if (column.codes < 0).any():
        raise BadInput(
            f"The column {name!r} has rows without a label: leave them out by a subset.", items=[name]
        )
    return {f"{name}{level}": column.codes == place for place, level in enumerate(column.levels)}


def model_matrix(table: Table, of: Any) -> dict[str, Floats]:
    """Return an intercept and the columns of a formula by name, factors without their first level. R's.

    >>> list(model_matrix(Table({"kind": ["old", "new", "old"], "size": [1, 2, 3]}), "kind + size"))
    ['(Intercept)', 'kindold', 'size']
    """
    out: dict[str, Floats] = {"(Intercept)": np.ones(len(table))}
    for name, column in named_columns(table, of).items():
        if isinstance(column, Factor):
            levels = list(indicators(column, name=name).items())[1:]
            out |= {label: rows.astype(np.float64) for label, rows in levels}
        else:
            out[name] = measured(column, name=name)
    return out
