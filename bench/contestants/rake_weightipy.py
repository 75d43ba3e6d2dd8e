"""weightipy: shares of each margin; it knows no weights to begin with."""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import weightipy
from result import weights

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
names = [f"m{place}" for place in range(4)]
data = {name: np.load(folder / f"{name}.npy") for name in ("weight", *names)}
totals = {name: np.fromfile(folder / f"{name}.total") for name in names}
frame = pd.DataFrame({name: data[name] for name in names})
shares = {name: dict(enumerate((100 * totals[name] / totals[name].sum()).tolist())) for name in names}
begin = time.perf_counter()
raked = weightipy.weight_dataframe(frame, weightipy.scheme_from_dict(shares), "raked")
end = time.perf_counter()
weights(raked["raked"].to_numpy() * data["weight"].sum() / len(frame), data, totals, seconds=end - begin)
