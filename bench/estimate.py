"""Means and standard errors of 20,000 grids and 200 streets from a million answers, beside peers. Markdown.

python bench/estimate.py --peers FOLDER     # FOLDER/svy, FOLDER/samplics: environments with these
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.contest import ROOT, Outcome, command, machine, run

OURS, YARDSTICK = "sampling", "numpy bincount (yardstick)"
SIZES = (200, 2_000, 20_000, 200_000)
PEER_SIZES = (1_000, 2_000, 20_000)
FILES = {OURS: "sampling", YARDSTICK: "bincount", "svy": "svy", "samplics": "samplics", "R survey": "survey"}


def main() -> None:
    """Run the contest and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=ROOT / "var" / "peers")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as folder:
        _growth(Path(folder), rounds=options.rounds)
        for grids in PEER_SIZES:
            _beside_peers(Path(folder), grids=grids, peers=options.peers, rounds=options.rounds)


def _data(folder: Path, grids: int) -> Path:
    made = folder / str(grids)
    if not made.exists():
        words = [str(ROOT / "bench" / "answers.py"), "--grids", str(grids), "--out", str(made)]
        subprocess.run([sys.executable, *words], check=True, cwd=ROOT)  # noqa: S603
    return made


def _best(name: str, script: str, data: Path, *, rounds: int) -> Outcome:
    words = command(script, peers=data)
    found = [run(name, words and [*words, str(data)]) for _ in range(rounds)]
    return min(found, key=lambda each: each.total or float("inf"))


def _growth(folder: Path, *, rounds: int) -> None:
    print("| answers | grids | yardstick s | sampling s | ratio | sampling MiB | largest error |")
    print("|---|---|---|---|---|---|---|")
    for grids in SIZES:
        data = _data(folder, grids)
        yard = _best(YARDSTICK, "estimate_bincount.py", data, rounds=rounds)
        ours = _best(OURS, "estimate_sampling.py", data, rounds=rounds)
        ratio = ours.total / yard.total
        error = max(_error(data, domain, "sampling") for domain in ("grids", "streets"))
        print(
            f"| {grids * 50:,} | {grids:,} | {yard.total:.3f} | {ours.total:.3f} | {ratio:.2f} "
            f"| {ours.peak:.0f} | {error:.0e} |"
        )


def _error(data: Path, domain: str, name: str) -> float:
    """Return the largest relative difference of standard errors from the yardstick's."""
    right = np.fromfile(data / f"bincount-{domain}.se")
    found = np.fromfile(data / f"{name}-{domain}.se")
    return float(np.max(np.abs(found / right - 1))) if found.shape == right.shape else float("nan")


def _beside_peers(folder: Path, *, grids: int, peers: Path, rounds: int) -> None:
    data = _data(folder, grids)
    yard = _best(YARDSTICK, "estimate_bincount.py", data, rounds=rounds)
    ours = _best(OURS, "estimate_sampling.py", data, rounds=rounds)
    print(f"\n{grids * 50:,} answers, {grids:,} grids (each a stratum), {-(-grids // 100):,} streets\n")
    print("| who | domains | design s | estimate s | × sampling | MiB | largest error |")
    print("|---|---|---|---|---|---|---|")
    for each in (yard, ours):
        _row(each, "grids and streets", beside=ours.total, error="–")
    for name, script, environment in (
        ("svy", "estimate_svy.py", "svy"),
        ("samplics", "estimate_samplics.py", "samplics"),
        ("R survey", "estimate_survey.R", ""),
    ):
        for domain in ("street", "grid"):
            words = command(script, peers=peers, environment=environment)
            outcome = run(name, words and [*words, str(data), domain])
            error = "" if outcome.failure else f"{_error(data, f'{domain}s', FILES[name]):.0e}"
            _row(outcome, f"{domain}s", beside=ours.total, error=error)


def _row(outcome: Outcome, domains: str, *, beside: float, error: str) -> None:
    if outcome.failure:
        print(
            f"| {outcome.name} | {domains} | fails: {outcome.failure} | | | {outcome.peak:.0f} | |",
            flush=True,
        )
        return
    design, estimate = outcome.seconds["design"], outcome.seconds["estimate"]
    print(
        f"| {outcome.name} | {domains} | {design:.3f} | {estimate:.3f} | {outcome.total / beside:.1f} "
        f"| {outcome.peak:.0f} | {error} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
