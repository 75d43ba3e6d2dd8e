"""What came of a run: a line a module, then every survivor; two rates, so that neither can hide."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.mutation.judging import SURVIVED, TIMED_OUT, UNTESTED, Verdict

ALIVE = frozenset({SURVIVED, UNTESTED})
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Why a survivor is left alone: it is `equivalent`, which is proven, or `accepted`, which is a choice."""

    verdict: str
    reason: str


def report(judged: Iterable[tuple[str, list[Verdict]]], *, accepted: Path, least: float) -> int:
    """Print the result; return 1 where fewer than `least` of the mutants that differ were killed."""
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
    return _total(everything, survivors, known, least)


def _total(everything: list[Verdict], survivors: list[Verdict], known: dict[Key, Known], least: float) -> int:
    verdicts = Counter(known[each.mutant.key].verdict for each in survivors if each.mutant.key in known)
    dead, same = len(everything) - len(survivors), verdicts["equivalent"]
    differing = len(everything) - same
    print(f"\nkilled {dead} of {len(everything)}: {_percent(dead, len(everything))}")
    print(f"without {same} equivalent: {_percent(dead, differing)}; accepted: {verdicts['accepted']}")
    return int(dead < least * differing)


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
