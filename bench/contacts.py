"""A year of 400 invented grids: how long a page shows somebody who isn't there, beside a printed number.

python bench/contacts.py [--grids 400] [--years 5]
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

from bench.contest import machine
from bench.habits import Habits
from bench.year import Grid, Year

ROWS = (
    ("the page: somebody whom the roster doesn't name then", "not_by_register"),
    ("the page: a number past its validity", "past_validity"),
    ("the page: somebody who isn't there (the office forgot to say)", "not_really_there"),
    ("the page: a number that has died", "dead_number"),
    ("a printed number: somebody who isn't there", "printed_not_there"),
    ("a printed number: one that has died", "printed_dead"),
)
HOURS = (("vacant: nobody on the roster", "vacant"), ("stale: on duty, number unproven", "stale"))


def main() -> None:
    """Run the year and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grids", type=int, default=400)
    parser.add_argument("--years", type=int, default=5)
    options = parser.parse_args()
    habits, began = Habits(), time.process_time()
    total: dict[str, float] = dict.fromkeys(asdict(Year()), 0.0)
    count = options.grids * options.years
    for seed in range(count):
        for name, minutes in asdict(Grid(seed, habits).live_through()).items():
            total[name] += minutes
    print(f"{machine()}; {count:,} invented grid-years, {time.process_time() - began:.0f} CPU s\n")
    print(", ".join(f"{name} {value:g}" for name, value in asdict(habits).items()) + "\n")
    print("| what a scan would meet | minutes a grid-year |\n|---|---|")
    for label, name in ROWS:
        print(f"| {label} | {total[name] / count:,.1f} |")
    print("\n| what the unit answers for | hours a grid-year |\n|---|---|")
    for label, name in HOURS:
        print(f"| {label} | {total[name] / count / 60:,.1f} |")


if __name__ == "__main__":
    main()
