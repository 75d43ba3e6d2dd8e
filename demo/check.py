"""`python -m demo.check`: do published intervals hold the truth? Invented cities, by the scores' own way.

Exit code 1 where anything that is promised isn't held.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from demo.study.city import SCENARIOS
from demo.study.judging import BASE, FAILING, HONEST, SIZES, judge
from demo.study.kinds import SEED, CityChecked, checked
from demo.study.verdict_tables import section, with_section

Checked = dict[tuple[str, int], list[CityChecked]]


def replicate(number: int, *, scenarios: Sequence[str]) -> dict[tuple[str, int], CityChecked]:
    """Return what came of the city of a number in each scenario and number of answers a grid."""
    return {(each, n): checked(each, n, number) for each in scenarios for n in SIZES}


def run(
    scenarios: Sequence[str], replicates: int, *, processes: int
) -> Iterator[dict[tuple[str, int], CityChecked]]:
    """Yield the cities one after the other, each of them in all scenarios."""
    work = partial(replicate, scenarios=scenarios)
    if processes == 1:
        yield from map(work, range(replicates))
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, range(replicates))


def collected(scenarios: Sequence[str], replicates: int, *, processes: int, minutes: float) -> Checked:
    """Return all cities, or those that were done after so many minutes or at Ctrl-C."""
    found: Checked = {(each, n): [] for each in scenarios for n in SIZES}
    begin = time.monotonic()
    with suppress(KeyboardInterrupt):
        for number, cities in enumerate(run(scenarios, replicates, processes=processes), start=1):
            for key, city in cities.items():
                found[key].append(city)
            took = time.monotonic() - begin
            print(f"{number} of {replicates} cities, {took:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
            if took >= 60 * minutes:
                break
    return found


def main(words: list[str] | None = None) -> int:
    """Run the check, print it and write it, say whether it held."""
    options = _options().parse_args(words)
    begin = time.monotonic()
    scenarios = options.scenario or [BASE, HONEST, FAILING]
    how = {"processes": options.processes, "minutes": options.minutes}
    cities = collected(scenarios, options.replicates, **how)
    verdicts = judge(cities)
    text = section(verdicts, seed=SEED, took=time.monotonic() - begin)
    print(text)  # noqa: T201  (this is a command)
    if options.out is not None:
        options.out.write_text(with_section(options.out.read_text(encoding="utf-8"), text), encoding="utf-8")
    return 0 if verdicts.hold else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.check", description=__doc__)
    add = parser.add_argument
    add("--replicates", type=int, default=100, help="invented cities (default: 100)")
    add("--scenario", action="append", choices=sorted(SCENARIOS), default=[])
    add("--processes", type=int, default=min(2, os.cpu_count() or 1))
    add(
        "--minutes", type=float, default=float("inf"), help="stop after so many, with the cities done by then"
    )
    add("--out", type=Path, help="a document whose last section this becomes (docs/study.md)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
