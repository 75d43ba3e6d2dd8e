"""svy."""

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import svy
from result import weights

folder = Path(sys.argv[1])
names = [f"m{place}" for place in range(4)]
data = {name: np.load(folder / f"{name}.npy") for name in ("weight", *names)}
totals = {name: np.fromfile(folder / f"{name}.total") for name in names}
sample = svy.Sample(pl.DataFrame(data), svy.Design(wgt="weight"))
controls = {name: dict(enumerate(totals[name].tolist())) for name in names}
begin = time.perf_counter()
raked = sample.weighting.rake(controls=controls, tol=1e-10, max_iter=500)
end = time.perf_counter()
weights(raked.data["rk_wgt"].to_numpy(), data, totals, seconds=end - begin)
