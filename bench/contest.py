"""A contest: each contestant in a process and an environment of its own; seconds, peak memory, failures."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent / "contestants"
MIB = 1024
PATIENCE = 300


@dataclass(frozen=True)
class Outcome:
    """What came of one contestant: seconds and MiB, or why it failed."""

    name: str
    seconds: dict[str, float]
    peak: float
    failure: str = ""

    @property
    def total(self) -> float:
        """Seconds in all."""
        return sum(self.seconds.values())


def command(script: str, *, peers: Path, environment: str = "") -> list[str] | None:
    """Return how to run a contestant's script, or None where its environment isn't there."""
    if script.endswith(".R"):
        return [found, str(HERE / script)] if (found := shutil.which("Rscript")) else None
    if not environment:
        return [sys.executable, str(HERE / script)]
    python = peers / environment / "bin" / "python"
    return [str(python), str(HERE / script)] if python.exists() else None


def run(name: str, words: Sequence[str] | None) -> Outcome:
    """Run one contestant to its end, or for five minutes at most."""
    if words is None:
        return Outcome(name, {}, 0, "not installed here")
    paths = {"PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"}
    process = subprocess.Popen(  # noqa: S603
        words, env={**os.environ, **paths}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    said, complaint = (pipe.read() if pipe else "" for pipe in (process.stdout, process.stderr))
    _pid, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss / MIB
    if process.returncode != 0:
        return Outcome(name, {}, peak, _why(process.returncode, complaint))
    return Outcome(name, json.loads(said.strip().splitlines()[-1]), peak)


def _why(status: int, complaint: str) -> str:
    if status < 0:
        return f"killed after {PATIENCE} s" if status == -9 else f"ended by signal {-status}"
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    told = next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no word")
    return told[:120].replace("|", "/")


def machine() -> str:
    """Return what the figures were measured on."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"
    )
