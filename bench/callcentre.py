"""A shift of the call centre over HTTP: real server processes, seats at a pace, kills. Markdown.

python -m bench.callcentre [--seats 20] [--pace 1] [--minutes 10] [--processes N] [--postgresql] [--seed 1]
       [--short]

Exit status 1 if a guarantee failed or a gate wasn't held.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from bench.contest import machine
from bench.seats import checks, costs, field
from bench.seats.field import Field, Server
from bench.seats.seat import Load, Seat, until
from bench.seats.shift import Options, Shift, table
from tests.support import postgres

KILL_EVERY = 60.0
LADDER = tuple((pace, seats) for pace in (1.0, 3.0) for seats in (20, 100, 300))
CASES_A_SEAT_MINUTE = 0.25
"""Half of what is claimed: households are called again."""
ROLE = "huying_survey"


def main() -> int:
    """Run shifts and print what they measured, in one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seats", type=int, default=20)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--short", action="store_true", help="a minute at 20, 100, 300 seats, paces 1 and 3")
    given = vars(parser.parse_args())
    own, short = given.pop("postgresql"), given.pop("short")
    one = Options(**given)
    ladder = [replace(one, seats=seats, pace=pace, minutes=1.0) for pace, seats in LADDER] if short else [one]
    print(f"{machine()}; {'PostgreSQL' if own else 'SQLite'}; {one.processes} processes, seed {one.seed}\n")
    shifts = [_measured(each, own=own) for each in ladder]
    table(shifts)
    return 0 if all(each.is_good for each in shifts) else 1


def _measured(options: Options, *, own: bool) -> Shift:
    before = os.getloadavg()[0]
    cases = max(field.GRIDS, int(options.seats * options.pace * options.minutes * CASES_A_SEAT_MINUTE))
    with tempfile.TemporaryDirectory() as folder, _database(own=own) as url:
        # As many more as are claimed at the end, to see what a claim costs.
        made = field.prepare(
            Path(folder), url, seats=options.seats + costs.LOGINS, cases=cases + 2 * costs.SEATS
        )
        with field.serving(made, processes=options.processes) as server:
            load, spent = _shift(options, made, server)
            background = server.background_cpu()
            found = checks.faults(made.database, load.said)
            repeats = checks.repeats(made.database)
            cost = costs.costs(made, server)
    loads = (before, os.getloadavg()[0])
    return Shift(options, load, spent, background, found, repeats, cost, loads)


def _shift(options: Options, made: Field, server: Server) -> tuple[Load, float]:
    """Let everybody work; return what was measured and the CPU seconds that the server spent meanwhile."""
    load = Load(server.port, options.pace, options.seed)
    seats = [Seat(load, login, field.PASSWORD) for login in made.logins[: options.seats]]
    for each in seats:
        each.sign_in()
    load.times.clear()
    before = server.cpu()
    for each in seats:
        each.start()
    slots = field.SLOTS if options.pace > 1 else field.SLOTS[::2]
    stretch = options.minutes * 60 / len(slots)
    kills, next_kill = count(), time.monotonic() + KILL_EVERY
    for slot in slots:
        _drain(load, seats)
        made.set_window(slot)
        load.drained.clear()
        ends = time.monotonic() + stretch
        while time.monotonic() < ends:
            if time.monotonic() >= next_kill:
                next_kill += KILL_EVERY
                load.kills.append(time.monotonic())
                server.kill_one(next(kills))
            time.sleep(0.1)
    _drain(load, seats)
    spent = server.cpu() - before
    load.stopped.set()
    for each in seats:
        each.join(10)
    return load, spent


def _drain(load: Load, seats: Sequence[Seat]) -> None:
    load.drained.set()
    if not until(lambda: not any(each.has_case for each in seats), seconds=120):
        load.odd.append("somebody didn't come to an end before the clock was moved")


@contextmanager
def _database(*, own: bool) -> Iterator[str]:
    if not own:
        yield ""
        return
    with postgres.cluster(durable=True) as cluster:
        yield cluster.url(cluster.create(ROLE), ROLE)


if __name__ == "__main__":
    sys.exit(main())
