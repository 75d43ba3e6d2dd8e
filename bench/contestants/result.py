"""How a contestant reports: its standard errors as raw doubles, its seconds as JSON."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np


def finish(
    folder: Path, name: str, grids: Any = None, streets: Any = None, *, design: float, estimate: float
) -> None:
    """Write the standard errors and print the seconds."""
    for domain, se in (("grids", grids), ("streets", streets)):
        if se is not None:
            se.astype("<f8").tofile(folder / f"{name}-{domain}.se")
    print(json.dumps({"design": design, "estimate": estimate}))


def weights(raked: Any, data: dict[str, Any], totals: dict[str, Any], *, seconds: float) -> None:
    """Print the seconds and the largest misfit of a margin, relative to 1 + its total."""
    misfit = max(
        float(np.max(np.abs(np.bincount(data[name], weights=raked) - total) / (1 + np.abs(total))))
        for name, total in totals.items()
    )
    print(json.dumps({"rake": seconds, "misfit": misfit}))


def drawn(seconds: float, rows: str = "") -> None:
    """Print the CPU seconds, and a digest of the drawn units where they are those of the key."""
    digest = {"digest": float(int(sha256(rows.encode()).hexdigest()[:12], 16))} if rows else {}
    print(json.dumps({"draw": seconds, **digest}))
