"""`sampling.calibration.rake`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from bench.answers import MARGINS, load, targets
from bench.contestants.result import weights
from sampling.designs.design import SurveyDesign
from sampling.weights.calibration import rake


def main() -> None:
    """Rake and print."""
    folder = Path(sys.argv[1])
    data = load(folder)
    totals = targets(data)
    names = [f"m{place}" for place in range(len(MARGINS))]
    design = SurveyDesign(data["weight"])
    begin = time.perf_counter()
    raked = rake(
        design, [data[name] for name in names], [dict(enumerate(totals[name].tolist())) for name in names]
    )
    end = time.perf_counter()
    weights(np.asarray(raked.weights), data, totals, seconds=end - begin)


main()
