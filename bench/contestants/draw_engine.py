"""An engine of the product, from the frame on disk to the rows."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.contestants.result import drawn
from bench.frame import KEY, SAMPLE
from survey import engines
from survey.drawing.design import DesignRow
from survey.engines import bounds


def main() -> None:
    """Draw and print."""
    folder, engine = Path(sys.argv[1]), sys.argv[2]
    units, strata = int(folder.name), int(folder.name) // 500
    design = [DesignRow(f"G{place:05d}", units // strata, SAMPLE, 0) for place in range(strata)]
    frame = folder / ("frame.parquet" if engine == "duckdb" else "frame.tsv")
    begin = time.process_time()
    with engines.open_scan(engine, frame, key=KEY) as scan:
        found = bounds.draw(scan, design=design, within=bounds.bounds(design))
    drawn(time.process_time() - begin, "".join(row.unit for row in found))


main()
