"""Invented fields with planted fabricators and slow but honest seats: who stands in the top decile of flags.

python -m bench.flags [--fields 20] [--seats 200] [--completes 40] [--first 1]; exit 1 where the bar
is missed: at least 90 % of the fabricators in the top decile, the slow no oftener than other honest seats
and two Monte-Carlo errors.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from survey.fieldwork.rules.flags import TalkTrace, signs

BAR, ERRORS = 0.9, 2.0
FABRICATORS, SLOW = 0.05, 0.1
HONEST, FABRICATOR, SLOW_SEAT = "honest", "fabricator", "slow"


@dataclass(frozen=True, slots=True)
class MadeUp:
    """How a made-up interview differs, and how many of a fabricator's interviews are made up.

    Factors on length, pauses, odds of a don't-know or refusal and of a gate that opens; shares of even
    scales, of answers typed within two seconds, of odd hours. `recorded` is the share of made-up calls that
    the telephone system knows all the same, None where no records were taken in.
    """

    share: float = 0.7
    length: float = 0.6
    pause: float = 0.7
    silence: float = 0.35
    gates: float = 0.55
    even: float = 0.22
    hasty: float = 0.05
    odd_hour: float = 0.1
    recorded: float | None = None


SCENARIOS: Mapping[str, MadeUp] = {
    "plain": MadeUp(),
    "half made up": MadeUp(share=0.5),
    "careful": MadeUp(length=0.8, pause=0.9, silence=0.6, gates=0.75, even=0.15, hasty=0.02, odd_hour=0.05),
    "careful, with call records": MadeUp(
        length=0.8, pause=0.9, silence=0.6, gates=0.75, even=0.15, hasty=0.02, odd_hour=0.05, recorded=0.3
    ),
}


@dataclass(frozen=True, slots=True)
class InventedSeat:
    """What is somebody's own at work: speed, pauses, and what people tell them."""

    code: str
    kind: str
    length: float
    pause: float
    unknown: float
    refused: float
    gates: float
    even: float
    odd_hour: float


@dataclass(slots=True)
class TopShares:
    """How many of each kind there were, and how many of them stood in the top decile."""

    seats: dict[str, int] = field(default_factory=dict)
    top: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, *, in_top: bool) -> None:
        """Count a seat."""
        self.seats[kind] = self.seats.get(kind, 0) + 1
        self.top[kind] = self.top.get(kind, 0) + in_top

    def share(self, kind: str) -> float:
        """The share of a kind that stands in the top decile."""
        return self.top[kind] / self.seats[kind]

    @property
    def error(self) -> float:
        """The Monte-Carlo error of the difference between slow and other honest seats."""
        return math.sqrt(
            sum(self.share(kind) * (1 - self.share(kind)) / self.seats[kind] for kind in (SLOW_SEAT, HONEST))
        )

    @property
    def passes(self) -> bool:
        """Whether the bar is met."""
        slow = self.share(SLOW_SEAT) <= self.share(HONEST) + ERRORS * self.error
        return self.share(FABRICATOR) >= BAR and slow


def seats(random: np.random.Generator, *, count: int) -> list[InventedSeat]:
    """Return the seats of a field: five in a hundred make interviews up, ten are slow and honest."""
    kinds = [FABRICATOR] * round(FABRICATORS * count) + [SLOW_SEAT] * round(SLOW * count)
    kinds += [HONEST] * (count - len(kinds))
    return [_seat(random, f"{number:03d}", kind) for number, kind in enumerate(random.permutation(kinds))]


def _seat(random: np.random.Generator, code: str, kind: str) -> InventedSeat:
    slow = kind == SLOW_SEAT
    return InventedSeat(
        code,
        kind,
        length=float(random.lognormal(math.log(1.6 if slow else 1.0), 0.15)),
        pause=float(random.lognormal(math.log(1.5 if slow else 1.0), 0.25)),
        unknown=_odds(0.06 * (1.3 if slow else 1.0), random.normal(0, 0.35)),
        refused=_odds(0.02, random.normal(0, 0.35)),
        gates=_odds(0.35, random.normal(0, 0.2)),
        even=_odds(0.1, random.normal(0, 0.3)),
        odd_hour=_odds(0.05, random.normal(0, 0.5)),
    )


def _odds(share: float, shift: float) -> float:
    return 1 / (1 + math.exp(-(math.log(share / (1 - share)) + shift)))


def completes(
    random: np.random.Generator, seat: InventedSeat, *, count: int, made_up: MadeUp
) -> list[TalkTrace]:
    """Return the completes of a seat."""
    honest = MadeUp(share=0, length=1, pause=1, silence=1, gates=1, hasty=0.01)
    return [
        _talk(
            random,
            seat,
            made_up if seat.kind == FABRICATOR and random.random() < made_up.share else honest,
            records=made_up.recorded is not None,
        )
        for _ in range(count)
    ]


def _talk(random: np.random.Generator, seat: InventedSeat, how: MadeUp, *, records: bool) -> TalkTrace:
    honest = how.share == 0
    asked, gates = int(random.integers(17, 26)), 4
    known = 0.99 if honest else how.recorded
    return TalkTrace(
        by=seat.code,
        seconds=330 * seat.length * how.length * float(random.lognormal(0, 0.35)),
        steps=asked,
        hasty=int(random.binomial(asked, how.hasty)),
        asked=asked,
        unknown=int(random.binomial(asked, seat.unknown * how.silence)),
        refused=int(random.binomial(asked, seat.refused * how.silence)),
        gates=gates,
        opened=int(random.binomial(gates, seat.gates * how.gates)),
        even=bool(random.random() < (seat.even if honest else how.even)) if random.random() < 0.8 else None,
        odd_hour=bool(random.random() < (seat.odd_hour if honest else how.odd_hour)),
        gap=90 * seat.pause * how.pause * float(random.lognormal(0, 0.7)) if random.random() < 0.8 else None,
        recorded=bool(random.random() < known) if records and known is not None else None,
    )


def field_of(seed: int, *, count: int, each: int, made_up: MadeUp) -> TopShares:
    """Return who of one field stands in its top decile."""
    random, found = np.random.default_rng(seed), TopShares()
    people = seats(random, count=count)
    talks = [talk for seat in people for talk in completes(random, seat, count=each, made_up=made_up)]
    ranked = sorted(signs(talks), key=lambda of: of.score, reverse=True)
    top = {of.by for of in ranked[: count // 10]}
    for seat in people:
        found.add(seat.kind, in_top=seat.code in top)
    return found


def fields(seeds: Sequence[int], *, count: int, each: int, made_up: MadeUp) -> TopShares:
    """Return who stands in the top decile over several fields."""
    whole = TopShares()
    for seed in seeds:
        one = field_of(seed, count=count, each=each, made_up=made_up)
        for kind, number in one.seats.items():
            whole.seats[kind] = whole.seats.get(kind, 0) + number
            whole.top[kind] = whole.top.get(kind, 0) + one.top[kind]
    return whole


def main() -> int:
    """Run the fields of every scenario and print a line of each; the first one is the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("fields", 20), ("seats", 200), ("completes", 40), ("first", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    seeds, passed = range(given.first, given.first + given.fields), []
    for name, made_up in SCENARIOS.items():
        found = fields(seeds, count=given.seats, each=given.completes, made_up=made_up)
        told = "  ".join(f"{kind} {found.share(kind):.3f}" for kind in (FABRICATOR, SLOW_SEAT, HONEST))
        print(f"{name:28s} {told}  error {found.error:.4f}  {'pass' if found.passes else 'miss'}")
        passed.append(found.passes)
    return 0 if passed[0] else 1


if __name__ == "__main__":
    sys.exit(main())
