"""What came of a run: a line a module, then every survivor; two rates, so that neither can hide."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import NormalDist

from bench.mutation.verdicts import SURVIVED, TIMED_OUT, UNTESTED, Verdict

ALIVE = frozenset({SURVIVED, UNTESTED})
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Why a survivor is left alone: it is `equivalent`, which is proven, or `accepted`, which is a choice."""

    verdict: str
    reason: str


def report(
    judged: Iterable[tuple[str, list[Verdict]]], *, accepted: Path, least: float, sampled: bool = False
) -> int:
    """Print the result, of a sample with its interval; return 1 below `least` of the mutants that differ."""
    known = _known(accepted)
    everything: list[Verdict] = []
    print(f"{'module':30}  mutants  killed  survived  timed out       %")
    for name, verdicts in judged:
        print(_row(name, verdicts), flush=True)
        everything += verdicts
    print(_row("all", everything))
    survivors = [verdict for verdict in everything if verdict.fate in ALIVE]
    for verdict in sorted(survivors, key=lambda each: (each.mutant.file, each.mutant.line)):
        print(_survivor(verdict, known.get(verdict.mutant.key)))
    for needless in sorted({each.mutant.key for each in everything if each.fate not in ALIVE} & set(known)):
        print(f"\nno survivor any more, though {accepted.name} says so: {needless}")
    return _total(everything, survivors, known, least=least, sampled=sampled)


def _total(
    everything: list[Verdict],
    survivors: list[Verdict],
    known: dict[Key, Known],
    *,
    least: float,
    sampled: bool,
) -> int:
    verdicts = Counter(known[each.mutant.key].verdict for each in survivors if each.mutant.key in known)
    dead, same = len(everything) - len(survivors), verdicts["equivalent"]
    differing = len(everything) - same
    print(f"\nkilled {dead} of {len(everything)}: {_percent(dead, len(everything))}")
    print(f"without {same} equivalent: {_percent(dead, differing)}; accepted: {verdicts['accepted']}")
    if sampled and differing:
        low, high = interval(dead, differing)
        print(f"of all mutants, with 95 % confidence: {100 * low:.1f} to {100 * high:.1f} %")
    return int(dead < least * differing)


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the bounds of a share by Wilson's score, 95 %; spreading the sample evenly only narrows it.

    Source: E. B. Wilson, JASA 22 (1927) 209-212.
    """
    z = NormalDist().inv_cdf(0.975)
    share, spread = part / whole, z * z / whole
    middle = share + spread / 2
    width = z * sqrt((share * (1 - share) + spread / 4) / whole)
    return (middle - width) / (1 + spread), (middle + width) / (1 + spread)


def _row(name: str, verdicts: Iterable[Verdict]) -> str:
    fates = Counter(verdict.fate for verdict in verdicts)
    alive, total = sum(fates[fate] for fate in ALIVE), fates.total()
    rate = _percent(total - alive, total)
    return f"{name:30}  {total:7}  {total - alive:6}  {alive:8}  {fates[TIMED_OUT]:9}  {rate:>6}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _survivor(verdict: Verdict, known: Known | None) -> str:
    mutant = verdict.mutant
    note = (
        f"  [{known.verdict}: {known.reason}]"
        if known
        else "  [no test runs it]" * (verdict.fate == UNTESTED)
    )
    return (
        f"\n{mutant.file}:{mutant.line}: {mutant.operator} in {mutant.where}{note}\n"
        f"  - {mutant.before}\n  + {mutant.after or '(nothing)'}"
    )


def _known(path: Path) -> dict[Key, Known]:
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        (each["where"], each["before"], each["after"]): Known(verdict, each["reason"])
        for verdict in ("equivalent", "accepted")
        for each in table.get(verdict, ())
    }
