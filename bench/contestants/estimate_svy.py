"""svy (Python, polars and Rust)."""

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import svy
from result import finish

folder = Path(sys.argv[1])
domain = sys.argv[2]
data = pl.DataFrame(
    {name: np.load(folder / f"{name}.npy") for name in ("grid", "street", "size", "weight", "score")}
)
begin = time.perf_counter()
sample = svy.Sample(data, svy.Design(stratum="grid", wgt="weight", pop_size="size"))
designed = time.perf_counter()
found = sample.estimation.mean("score", by=domain)
end = time.perf_counter()
rows = sorted((int(cell.by_level[0]), cell.se) for cell in found.estimates)
finish(
    folder,
    "svy",
    **{f"{domain}s": np.array([se for _, se in rows])},
    design=designed - begin,
    estimate=end - designed,
)
