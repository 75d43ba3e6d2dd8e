"""`sampling`: mean and standard error of every grid and every street."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.answers import load
from bench.contestants.result import finish
from sampling.designs.design import SurveyDesign
from sampling.estimates.estimators import mean


def main() -> None:
    """Estimate and print."""
    folder = Path(sys.argv[1])
    data = load(folder)
    begin = time.perf_counter()
    design = SurveyDesign(data["weight"], strata=data["grid"], fpc=data["size"])
    designed = time.perf_counter()
    grids = mean(design, data["score"], by=data["grid"])
    streets = mean(design, data["score"], by=data["street"])
    end = time.perf_counter()
    finish(folder, "sampling", grids.se, streets.se, design=designed - begin, estimate=end - designed)


main()
