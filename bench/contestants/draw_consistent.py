"""consistent_sampler's sample of every stratum."""

import sys
import time
from collections import defaultdict
from pathlib import Path

from consistent_sampler import sampler

from bench.contestants.result import drawn
from bench.frame import KEY, SAMPLE


def main():
    """Draw and print."""
    strata = defaultdict(list)
    with (Path(sys.argv[1]) / "frame.tsv").open(encoding="ascii") as lines:
        for line in lines:
            strata[line[15:21]].append(line[:14])
    begin = time.process_time()
    for units in strata.values():
        list(sampler(units, seed=KEY, take=SAMPLE))
    drawn(time.process_time() - begin)


main()
