"""The draw of a wave beside the least it must do: one SHA-256 a unit in a bare loop. Prints Markdown."""

from __future__ import annotations

import hashlib
import platform
import resource
import time
from collections.abc import Callable

from survey.drawing import sample
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow

STRATA, UNITS, SAMPLE = 1_000, 250, 5
ROUNDS = 5
KEY = hashlib.sha256(b"bench").hexdigest()


def _frame() -> list[FrameRow]:
    return [
        FrameRow(f"H{stratum:05d}{unit:08d}", f"G{stratum:05d}", "0" * 64)
        for stratum in range(STRATA)
        for unit in range(UNITS)
    ]


def _bare(units: list[str]) -> None:
    for unit in units:
        hashlib.sha256(f"{KEY}{unit}".encode()).digest()


def _cpu(call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        call()
        best = min(best, time.process_time() - begin)
    return best


def main() -> None:
    """Draw and hash the same frame in turn; print the least CPU seconds of each and their ratio."""
    frame = _frame()
    design = [DesignRow(f"G{stratum:05d}", UNITS, SAMPLE, 0) for stratum in range(STRATA)]
    units = [row.unit for row in frame]
    bare = _cpu(lambda: _bare(units))
    ours = _cpu(lambda: sample.draw(frame, design=design, key=KEY))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"Python {platform.python_version()}, {len(units):,} units, {SAMPLE} of each of {STRATA:,} strata\n"
    )
    print("| what | CPU s | ratio |\n|---|---|---|")
    print(f"| bare loop of hashlib | {bare:.3f} | 1.0 |")
    print(f"| survey.drawing.sample.draw | {ours:.3f} | {ours / bare:.2f} |")
    print(f"\npeak memory of both {peak} MiB")


if __name__ == "__main__":
    main()
