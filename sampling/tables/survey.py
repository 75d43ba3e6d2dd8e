"""A table together with how its rows were drawn: what every function under R's names takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.design import Lonely, SurveyDesign
from sampling.errors import BadInput, named
from sampling.tables.formulas import categories, measured, model_matrix, named_columns, one_column
from sampling.tables.table import Table
from sampling.weights import calibration
from sampling.weights.bounds import Bounds
from sampling.weights.trimming import trim


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """A sample: its `table`, a row per sampled unit, and its `design`. Made by `svydesign`.

    Columns are named as in `sampling.tables.formulas.named_columns`: "a", "a + b", ["a", "b"], or an array.
    """

    table: Table
    design: SurveyDesign

    @property
    def df(self) -> int:
        """Primary units with weight, less the strata they lie in. R's degf."""
        return self.design.df

    @property
    def weights(self) -> Floats:
        """How many units of the population each row stands for (n,)."""
        return self.design.weights

    def __len__(self) -> int:
        return self.design.n

    def __getitem__(self, name: str) -> Any:
        """A column's numbers or labels (n,)."""
        return self.table[name]

    def __str__(self) -> str:
        steps = ", ".join(step.id for step in self.design.calibrations) or "as drawn"
        held = f"{self.weights.sum():,.0f}"
        number = len(set(self.design.strata.tolist()))
        strata = "1 stratum" if number == 1 else f"{number} strata"
        rows = f"{len(self)} rows for {held} units, {strata}, {self.df} degrees of freedom"
        return f"{rows}; weights {steps}"

    def update(self, columns: Mapping[str, Any] | None = None, /, **more: Any) -> Survey:
        """Return the survey with columns added or replaced. R's update."""
        return replace(self, table=self.table.update(columns, **more))

    def subset(self, mask: Any) -> Survey:
        """Return the rows where `mask` (n,) is true as a domain, the others as zeros. R's subset."""
        return replace(self, design=self.design.subset(mask))

    def poststratify(self, cells: Any, totals: Mapping[Any, float], *, source: str = "") -> Survey:
        """Return the survey with each cell's known total, see `sampling.poststratify`. R's postStratify.

        `cells` are names of columns, a label or a tuple of them each cell of `totals`.
        """
        made = calibration.poststratify(self.design, self.labels(cells), totals, source=source)
        return replace(self, design=made)

    def rake(
        self, margins: Sequence[Any], totals: Sequence[Mapping[Any, float]], *, source: str = ""
    ) -> Survey:
        """Return the survey with the totals of several margins, see `sampling.rake`. R's rake."""
        labels = [self.labels(margin) for margin in margins]
        return replace(self, design=calibration.rake(self.design, labels, totals, source=source))

    def calibrate(
        self,
        formula: Any,
        totals: Mapping[str, float],
        *,
        method: calibration.Method = "linear",
        bounds: Bounds | None = None,
        source: str = "",
    ) -> Survey:
        """Return the survey whose weights meet the totals of an intercept and columns. R's calibrate.

        `totals` has R's names: "(Intercept)", "stypeH" for the level H of stype but for its first, "api99".
        See `sampling.calibrate`. Raises BadInput for names that aren't those of the columns.
        """
        columns = model_matrix(self.table, formula)
        if wrong := sorted(set(columns) ^ set(totals)):
            text = f"The 'totals' parameter must have the names {', '.join(columns)}."
            raise BadInput(f"{text} See {named(wrong)}.", items=wrong)
        made = calibration.calibrate(
            self.design,
            np.column_stack(list(columns.values())),
            [totals[name] for name in columns],
            method=method,
            bounds=bounds,
            source=source,
        )
        return replace(self, design=made)

    def trim(self, *, low: float | None = None, high: float | None = None, strict: bool = True) -> Survey:
        """Return the survey with weights within limits, see `sampling.trim`. R's trimWeights."""
        return replace(self, design=trim(self.design, low=low, high=high, strict=strict))

    def labels(self, of: Any) -> Any:
        """Return the labels (n,) of a column, or a tuple of such arrays for the crossing of several."""
        found = tuple(categories(column).labels for column in named_columns(self.table, of).values())
        return found if len(found) > 1 else found[0]


def svydesign(
    data: Any,
    *,
    ids: Any = None,
    strata: Any = None,
    weights: Any = None,
    fpc: Any = None,
    lonely: Lonely = "fail",
) -> Survey:
    """Return a sample from its table. R's svydesign(ids, strata, weights, fpc, data).

    Parameters
    ----------
    data : a `Table`, or what one is made of: a mapping of columns, a frame of pandas or polars.
    ids : the column of primary units, or of each stage, "dnum + snum"; without it, or for ~1, every row is
        a unit.
    strata : the column of strata.
    weights : the column of weights; without it they are frame over sampled, the product of the stages, by
        `fpc`.
    fpc : the column of primary units in the stratum's frame, or a column for each stage.
    lonely : as for `SurveyDesign`.

    Raises BadInput for a name that isn't there and where neither weights nor fpc are; as `SurveyDesign`.

    >>> svydesign({"y": [1, 3], "pw": [10, 10]}, weights="pw").df
    1
    """
    table = data if isinstance(data, Table) else Table(data)
    alone = ids is None or (isinstance(ids, str) and ids.removeprefix("~") == "1")
    units = None if alone else _labels(table, ids)
    frames = None if fpc is None else _numbers(table, fpc)
    kinds = None if strata is None else _labels(table, strata)
    if weights is None and frames is None:
        raise BadInput("The 'weights' or the 'fpc' parameter of svydesign must be given.")
    given = SurveyDesign(np.ones(len(table)), strata=kinds, psu=units, fpc=frames, lonely=lonely)
    known = _drawn(given) if weights is None else measured(one_column(table, weights)[1], name="weights")
    return Survey(table, SurveyDesign(known, strata=kinds, psu=units, fpc=frames, lonely=lonely))


def _labels(table: Table, of: Any) -> Any:
    found = [categories(column).labels for column in named_columns(table, of).values()]
    return found[0] if len(found) == 1 else np.column_stack(found)


def _numbers(table: Table, of: Any) -> Floats:
    found = [measured(column, name=name) for name, column in named_columns(table, of).items()]
    return found[0] if len(found) == 1 else np.column_stack(found)


def _drawn(design: SurveyDesign) -> Floats:
    """1 over each row's chance, the product of the stages; or BadInput where a frame isn't told."""
    stage = design.structure
    out = np.ones(design.n)
    told = True
    while True:
        told = told and bool(np.isfinite(stage.frame).all())
        out *= (stage.frame / stage.sampled)[stage.strata.codes]
        if stage.further is None:
            break
        stage = stage.further
    if not told:
        raise BadInput("The 'fpc' parameter must tell the frame of each stage where 'weights' doesn't.")
    return out
