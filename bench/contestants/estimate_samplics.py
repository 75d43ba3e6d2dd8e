"""samplics (Python, archived)."""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
from result import finish

warnings.simplefilter("ignore")
from samplics.estimation import TaylorEstimator  # noqa: E402
from samplics.utils.types import PopParam  # noqa: E402

folder = Path(sys.argv[1])
domain = sys.argv[2]
data = {name: np.load(folder / f"{name}.npy") for name in ("grid", "street", "size", "weight", "score")}
begin = time.perf_counter()
counts = np.bincount(data["grid"])
size = np.zeros(len(counts))
size[data["grid"]] = data["size"]
fpc = {int(grid): float(1 - counts[grid] / size[grid]) for grid in range(len(counts))}
made = TaylorEstimator(PopParam.mean)
made.estimate(y=data["score"], samp_weight=data["weight"], stratum=data["grid"], domain=data[domain], fpc=fpc)
end = time.perf_counter()
se = np.array([made.stderror[key] for key in sorted(made.stderror)])
finish(folder, "samplics", **{f"{domain}s": se}, design=0.0, estimate=end - begin)
