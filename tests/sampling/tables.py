"""The tables and numbers of tests/reference, as arrays."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling import SurveyDesign

REFERENCE = Path(__file__).parents[1] / "reference"
Table = dict[str, NDArray[Any]]


@cache
def table(name: str) -> Table:
    """Columns of a CSV file; numbers where all cells are, with NaN for empty ones."""
    with (REFERENCE / "data" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: _column([row[name] for row in rows]) for name in rows[0]}


def _column(cells: list[str]) -> NDArray[Any]:
    try:
        return np.array([float(cell or "nan") for cell in cells])
    except ValueError:
        return np.array(cells)


@cache
def cases(name: str) -> dict[str, dict[str, Any]]:
    """The cases of a JSON file by their id."""
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return {case["id"]: case for case in json.load(file)["cases"]}


def document(name: str) -> dict[str, Any]:
    """A JSON file."""
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return json.load(file)


def design_of(columns: dict[str, Any]) -> tuple[Table, SurveyDesign]:
    """The table and the design that a case names by columns; without weights they are frame / sampled."""
    data = table(columns["data"])
    found = {name: _stages(data, columns[name]) for name in ("strata", "psu", "fpc") if name in columns}
    weights = data[columns["weights"]] if "weights" in columns else _weights(found)
    return data, SurveyDesign(weights, **found)


def _stages(data: Table, names: str | list[str]) -> NDArray[Any]:
    if isinstance(names, str):
        return data[names]
    return np.column_stack([data[name] for name in names])


def _weights(found: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """The product over stages of frame / sampled."""
    frame = found["fpc"].reshape(len(found["fpc"]), -1)
    psu = found.get("psu", np.arange(len(frame))).reshape(len(frame), -1)
    out, within = np.ones(len(frame)), np.zeros(len(frame), dtype=np.int64)
    for stage in range(frame.shape[1]):
        unit = np.unique(np.column_stack([within, psu[:, stage]]), axis=0, return_inverse=True)[1].ravel()
        held = np.bincount(within[np.unique(unit, return_index=True)[1]])
        out, within = out * frame[:, stage] / held[within], unit
    return out


def near(found: Any, expected: Any, *, rel: float = 1e-10) -> bool:
    """Whether all numbers agree to `rel`, zeros to 1e-12."""
    want = np.array([np.nan if x is None else x for x in np.ravel(np.array(expected, dtype=object))], float)
    return bool(np.allclose(np.ravel(found), want, rtol=rel, atol=1e-12, equal_nan=True))
