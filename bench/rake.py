"""A million rows raked to four margins, beside peers. Prints Markdown.

python bench/rake.py --peers FOLDER     # FOLDER/svy, FOLDER/weightipy: environments with these
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.contest import ROOT, Outcome, command, machine, run

GRIDS = 20_000
CONTESTANTS = (
    ("sampling.weights.rake", "rake_sampling.py", ""),
    ("weightipy (no base weights)", "rake_weightipy.py", "weightipy"),
    ("svy", "rake_svy.py", "svy"),
    ("R survey", "rake_survey.R", ""),
)


def main() -> None:
    """Run the contest and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=ROOT / "var" / "peers")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{machine()}; {GRIDS * 50:,} rows, margins of 2, 6, 5 and 20\n")
    print("| who | s | × sampling | largest misfit | MiB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        made = [str(ROOT / "bench" / "answers.py"), "--grids", str(GRIDS), "--out", folder]
        subprocess.run([sys.executable, *made], check=True, cwd=ROOT)  # noqa: S603
        _contest(Path(folder), peers=options.peers, rounds=options.rounds)


def _contest(data: Path, *, peers: Path, rounds: int) -> None:
    beside = 0.0
    for name, script, environment in CONTESTANTS:
        words = command(script, peers=peers, environment=environment)
        found = [run(name, words and [*words, str(data)]) for _ in range(rounds)]
        best = min(found, key=lambda each: each.seconds.get("rake", float("inf")))
        beside = beside or best.seconds.get("rake", 0.0)
        _row(best, beside=beside)


def _row(outcome: Outcome, *, beside: float) -> None:
    if outcome.failure:
        print(f"| {outcome.name} | fails: {outcome.failure} | | | {outcome.peak:.0f} |", flush=True)
        return
    seconds, misfit = outcome.seconds["rake"], outcome.seconds["misfit"]
    print(
        f"| {outcome.name} | {seconds:.3f} | {seconds / beside:.1f} | {misfit:.0e} | {outcome.peak:.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
