"""The answers that the contestants work on: 50 of each grid, four margins; equal everywhere by their seed.

python bench/answers.py --grids 20000 --out FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PER_GRID, GRIDS_PER_STREET = 50, 100
MARGINS = (2, 6, 5, 20)

Columns = dict[str, NDArray[np.generic]]


def answers(grids: int) -> Columns:
    """Return the columns of `grids` × 50 answers, with weights, sizes of grids, and four margins."""
    random = np.random.default_rng(1)
    sizes = random.integers(250, 500, grids)
    streets = -(-grids // GRIDS_PER_STREET)
    street_effect = random.normal(0, 0.35, streets)
    grid_effect = random.normal(0, 0.4, grids)
    grid = np.repeat(np.arange(grids), PER_GRID)
    street = grid // GRIDS_PER_STREET
    latent = 3.4 + street_effect[street] + grid_effect[grid] + random.normal(0, 1, len(grid))
    weight = sizes[grid] / PER_GRID * random.choice([1, 2, 3], len(grid), p=[0.4, 0.45, 0.15])
    margins = {f"m{place}": random.integers(0, k, len(grid)) for place, k in enumerate(MARGINS)}
    return {
        "grid": grid,
        "street": street,
        "size": sizes[grid].astype(np.float64),
        "weight": weight,
        "score": np.clip(np.round(latent), 1, 5),
        **margins,
    }


def targets(columns: Columns) -> dict[str, NDArray[np.float64]]:
    """Return the totals of each margin: tilted, scaled to the weights' sum."""
    weight = columns["weight"].astype(np.float64)
    every_third = np.arange(len(weight)) % 3 != 0
    found = {}
    for place, k in enumerate(MARGINS):
        code = columns[f"m{place}"].astype(np.int64)
        tilt = 1 + 0.25 * np.sin(code + 1) * every_third
        total = np.bincount(code, weights=weight * tilt, minlength=k)
        found[f"m{place}"] = total * weight.sum() / total.sum()
    return found


def load(folder: Path) -> Columns:
    """Return the columns that lie in a folder."""
    return {path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))}


def store(columns: Columns, folder: Path) -> None:
    """Write columns as .npy, and as raw doubles for readers that have no numpy."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, column in columns.items():
        np.save(folder / f"{name}.npy", column)
        column.astype("<f8").tofile(folder / f"{name}.f64")
    for name, total in targets(columns).items():
        total.astype("<f8").tofile(folder / f"{name}.total")


def main() -> None:
    """Write the answers of one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grids", type=int, default=20_000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    store(answers(options.grids), options.out)


if __name__ == "__main__":
    main()
