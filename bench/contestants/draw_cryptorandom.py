"""cryptorandom's sample of every stratum."""

import sys
import time
from collections import defaultdict
from pathlib import Path

from cryptorandom.cryptorandom import SHA256
from cryptorandom.sample import random_sample

from bench.contestants.result import drawn
from bench.frame import KEY, SAMPLE


def main():
    """Draw and print."""
    strata = defaultdict(list)
    with (Path(sys.argv[1]) / "frame.tsv").open("rb") as lines:
        for line in lines:
            strata[line[15:21]].append(line[:14])
    begin = time.process_time()
    chance = SHA256(KEY)
    for units in strata.values():
        random_sample(units, SAMPLE, method="PIKK", prng=chance)
    drawn(time.process_time() - begin)


main()
