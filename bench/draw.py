"""Five of each of 20,000 strata from ten million units, beside a bare loop of SHA-256 and peers. Markdown.

python bench/draw.py --peers FOLDER     # FOLDER/draw: an environment with cryptorandom, consistent_sampler
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.contest import ROOT, Outcome, command, machine, run

FULL, SMALL = (10_000_000, 20_000), (1_000_000, 2_000)
OURS = ("python", "sqlite", "duckdb")
CONTESTANTS = (
    ("bare loop of hashlib on the same codes", "draw_bare.py", "", ()),
    *((f"huying survey draw --engine {name}", "draw_engine.py", "", (name,)) for name in OURS),
    ("numpy keys (nobody can check them)", "draw_numpy.py", "", ()),
    ("cryptorandom, by stratum", "draw_cryptorandom.py", "draw", ()),
    ("consistent_sampler, by stratum", "draw_consistent.py", "draw", ()),
)
R = ("R sampling::strata", "draw_strata.R", "", ())


def main() -> None:
    """Run the contest and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=ROOT / "var" / "peers")
    options = parser.parse_args()
    print(f"{machine()}; CPU seconds of one process each, reading the frame where it must\n")
    with tempfile.TemporaryDirectory() as folder:
        for units, strata in (SMALL, FULL):
            made = Path(folder) / str(units)
            words = [str(ROOT / "bench" / "frame.py"), str(units), str(strata), str(made)]
            subprocess.run([sys.executable, *words], check=True, cwd=ROOT)  # noqa: S603
            print(f"\n{units:,} units, 5 of each of {strata:,} strata\n")
            _contest(made, peers=options.peers, more=(R,) if units == SMALL[0] else ())


def _contest(data: Path, *, peers: Path, more: tuple[tuple[str, str, str, tuple[str, ...]], ...]) -> None:
    print("| who | CPU s | × bare loop | MiB | the sample of this key |\n|---|---|---|---|---|")
    bare, right = 0.0, 0.0
    for name, script, environment, words in (*CONTESTANTS, *more):
        start = command(script, peers=peers, environment=environment)
        found = run(name, start and [*start, str(data), *words])
        bare = bare or found.seconds.get("draw", 0.0)
        right = right or found.seconds.get("digest", 0.0)
        _row(found, bare=bare, right=right)


def _row(outcome: Outcome, *, bare: float, right: float) -> None:
    if outcome.failure:
        print(f"| {outcome.name} | fails: {outcome.failure} | | {outcome.peak:.0f} | |", flush=True)
        return
    seconds = outcome.seconds["draw"]
    same = {None: "–", right: "yes"}.get(outcome.seconds.get("digest"), "no")
    print(
        f"| {outcome.name} | {seconds:.2f} | {seconds / bare:.2f} | {outcome.peak:.0f} | {same} |", flush=True
    )


if __name__ == "__main__":
    main()
