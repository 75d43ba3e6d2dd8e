"""What became of each mutant, kept on disk: a run that ends early goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.mutation.covering import Coverage
from bench.mutation.planting import Mutant
from bench.mutation.source import Source

SURVIVED, KILLED, TIMED_OUT, UNTESTED = "survived", "killed", "timed out", "untested"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant, and by which test."""

    mutant: Mutant
    fate: str
    killer: str = ""


@dataclass(frozen=True)
class Task:
    """One mutant that is to be tried, and the tests that may notice it, the likeliest first."""

    source: Source
    mutant: Mutant
    tests: tuple[str, ...]
    live: bool
    """Whether the fault can be put into loaded functions; else the module is imported afresh."""

    @property
    def key(self) -> str:
        """What stays as long as the module and the fault are the same."""
        told = repr((self.source.name, self.source.digest, self.mutant.edit))
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def verdict(self, fate: str, killer: str = "") -> Verdict:
        """Say what became of it."""
        return Verdict(self.mutant, fate, killer)


class Known:
    """Verdicts of former runs: a kill holds as long as its test's file, another as long as all judges'."""

    def __init__(self, path: Path, coverage: Coverage) -> None:
        self._path, self._coverage = path, coverage
        self._lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self._known = {line["key"]: line for line in map(json.loads, self._lines)}

    def of(self, task: Task) -> Verdict | None:
        """Return a former verdict that still holds."""
        known = self._known.get(task.key)
        if known is None or known["judges"] != self._judges(task, known["killer"]):
            return None
        return task.verdict(known["fate"], known["killer"])

    def killers(self) -> Iterable[str]:
        """Yield each test that killed, as often as it did."""
        return (line["killer"] for line in self._known.values() if line["killer"])

    def keep(self, task: Task, verdict: Verdict) -> None:
        """Write a verdict down at once."""
        line = {
            "key": task.key,
            "fate": verdict.fate,
            "killer": verdict.killer,
            "judges": self._judges(task, verdict.killer),
        }
        self._known[task.key] = line
        with self._path.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(line) + "\n")

    def _judges(self, task: Task, killer: str) -> str:
        files = {test.partition("::")[0] for test in ([killer] if killer else task.tests)}
        records = self._coverage.records
        told = ",".join(f"{file}={records[file].own}" for file in sorted(files) if file in records)
        return hashlib.sha256(told.encode()).hexdigest()[:32]
