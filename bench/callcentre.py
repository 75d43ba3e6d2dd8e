"""A shift of the call centre over HTTP: real server processes, seats at a pace, kills. Markdown.

python -m bench.callcentre [--seats 20] [--pace 1] [--minutes 10] [--processes N] [--postgresql] [--seed 1]

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
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles

from bench.contest import machine
from bench.seats import checks, field
from bench.seats.field import Field, Server
from bench.seats.seat import Load, Seat, until
from tests.support import postgres

GATES = {"next": 0.150, "save": 0.100}
"""Seconds within which 99 of 100 presses must be answered."""
SHOWN = ("next", "save", "dial", "reached", "code", "page")
KILL_EVERY, NEAR_A_KILL, SERVED_WITHIN = 60.0, 5.0, 5.0
CASES_A_SEAT_MINUTE = 0.25
"""Half of what is claimed: households are called again."""
PRESSES = 50
ROLE = "huying_survey"


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a run."""

    seats: int
    pace: float
    minutes: float
    processes: int
    seed: int


def main() -> int:
    """Run a shift and print what it measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seats", type=int, default=20)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    given = vars(parser.parse_args())
    own = given.pop("postgresql")
    options = Options(**given)
    print(
        f"{machine()}; load before {os.getloadavg()[0]:.1f}; {'PostgreSQL' if own else 'SQLite'}; {options}\n"
    )
    cases = max(field.GRIDS, int(options.seats * options.pace * options.minutes * CASES_A_SEAT_MINUTE))
    with tempfile.TemporaryDirectory() as folder, _database(own=own) as url:
        made = field.prepare(Path(folder), url, seats=options.seats, cases=cases)
        with field.serving(made, processes=options.processes) as server:
            made.set_clock(field.at(field.START))
            return _report(options, made, *_shift(options, made, server), server=server)


def _shift(options: Options, made: Field, server: Server) -> tuple[Load, float]:
    """Let everybody work; return what was measured and the CPU seconds that the server spent meanwhile."""
    load = Load(server.port, options.pace, options.seed)
    seats = [Seat(load, login, field.PASSWORD) for login in made.logins]
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
        made.set_clock(field.at(slot))
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


def _report(options: Options, made: Field, load: Load, spent: float, *, server: Server) -> int:
    print("| request | times | per s | p50 ms | p99 ms | gate |\n|---|---|---|---|---|---|")
    held = True
    seconds = options.minutes * 60
    for what in SHOWN:
        apart = [took for began, took in load.times[what] if not _near(began, load.kills)]
        if len(apart) > 1:
            p99 = quantiles(apart, n=100)[98]
            gate = GATES.get(what)
            held = held and (gate is None or p99 < gate)
            told = "" if gate is None else f"{gate * 1e3:.0f}"
            middle = quantiles(apart, n=2)[0] * 1e3
            print(
                f"| {what} | {len(apart):,} | {len(apart) / seconds:.2f} | {middle:.1f} | {p99 * 1e3:.0f} "
                f"| {told} |"
            )
    all_requests = sum(map(len, load.times.values()))
    print(f"\nServer: {spent:,.1f} CPU s, {spent / max(1, all_requests) * 1e3:.1f} ms a request")
    print(f"({spent / seconds:.2f} cores); an empty queue: {_empty(made, server) * 1e3:.1f} ms CPU a press.")
    print(
        f"{len(load.kills)} kills; requests cut off and sent again: {len(load.retried)}, "
        f"the slowest served after {max(load.retried, default=0.0):.2f} s (limit {SERVED_WITHIN:.0f})."
    )
    print(f"{checks.repeats(made.database):,} repeated attempts; load after {os.getloadavg()[0]:.1f}.\n")
    print("| must not happen | times |\n|---|---|")
    found = checks.faults(made.database, load.said)
    for what, times in found.items():
        print(f"| {what} | {times} |")
    print(f"\n{len(load.said):,} answers were acknowledged.")
    for line in load.odd[:20]:
        print(f"ODD {line}", file=sys.stderr)
    if load.odd:
        print(f"\n{len(load.odd)} requests were refused or failed; the first stand on standard error.")
    late = max(load.retried, default=0.0) > SERVED_WITHIN
    return 1 if any(found.values()) or not held or late else 0


def _empty(made: Field, server: Server) -> float:
    """Return CPU seconds of a press of "next" where nothing may be called now: at night."""
    made.set_clock(field.at("2026-11-30T23:10"))
    seat = Seat(Load(server.port, 1.0, 0), made.logins[0], field.PASSWORD)
    seat.sign_in()
    seat.get("/interview/")
    before = server.cpu()
    for _press in range(PRESSES):
        seat.post("/interview/next", once=seat.once)
    return (server.cpu() - before) / PRESSES


def _near(began: float, kills: Sequence[float]) -> bool:
    return any(kill - NEAR_A_KILL / 5 <= began <= kill + NEAR_A_KILL for kill in kills)


@contextmanager
def _database(*, own: bool) -> Iterator[str]:
    if not own:
        yield ""
        return
    with postgres.cluster(durable=True) as cluster:
        yield cluster.url(cluster.create(ROLE), ROLE)


if __name__ == "__main__":
    sys.exit(main())
