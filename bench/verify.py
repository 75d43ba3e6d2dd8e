"""What checking a wave costs: a synthetic bundle, checked by a fresh `python -I`. Prints Markdown."""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger import note, tree
from huying.ledger.keys import verifier_key
from survey import verify
from survey.drawing import answers, design, draw_text, frame, parts, sample, tally
from survey.drawing.bundle import bundle_zip
from survey.drawing.canonical import canonical
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow

ORIGIN = "bench.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
DICE, THROWN = "dice:2026-12-01T10:00+08:00,20d10", "60417739025518840263"
PART = "11" * 32
STRATA, SAMPLE = 2_000, 4
START = datetime(2026, 12, 2, 10, tzinfo=UTC)


def _frame(units: int) -> list[FrameRow]:
    digests = [hashlib.sha256(f"{at}".encode()).hexdigest() for at in range(units)]
    return [FrameRow(f"H{c[:13].upper()}", f"G{at % STRATA:05d}", c) for at, c in enumerate(digests)]


def _opened(drawn: tuple[sample.DrawnUnit, ...]) -> list[answers.Opening]:
    """Of every stratum two answer, one of them with 5 and one with 2."""
    return [
        answers.Opening(each.stratum, f"{at:032x}", 5 if each.rank == 1 else 2)
        for at, each in enumerate(drawn)
        if each.rank <= 2
    ]


def _field(drawn: tuple[sample.DrawnUnit, ...]) -> Iterator[dict[str, object]]:
    """Two attempts and an outcome for each drawn unit."""
    for at, each in enumerate(drawn):
        for attempt in range(2):
            when = START + timedelta(minutes=at, days=attempt)
            yield {"t": "attempt", "u": each.unit, "at": when.strftime("%Y-%m-%dT%H:%M"), "by": f"{at % 40}"}
        yield {"t": "final", "u": each.unit, "code": "complete" if each.rank <= 2 else "noncontact"}


def _bundle(units: int) -> tuple[bytes, int]:
    """Return a whole bundle as a zip, and the number of its log's entries."""
    rows = _frame(units)
    sizes = frame.sizes(rows)
    plan = [DesignRow(stratum, size, SAMPLE, 0) for stratum, size in sizes.items()]
    frame_tsv, design_tsv = frame.build(rows), design.build(plan)
    root, digest = frame.frame_root(frame_tsv), design.digest(design_tsv)
    draw = draw_text.build(draw_text.DrawText("w1", units, root, digest, DICE, THROWN, {"operator": PART}))
    drawn = sample.draw(rows, design=plan, key=draw_text.key(draw))
    told = _opened(drawn)
    counts = tally.count((each.stratum, each.answer) for each in told)
    batch: dict[str, list[str]] = {}
    for each in told:
        batch.setdefault(each.stratum, []).append(each.commitment())
    log = [
        canonical(entry) + b"\n"
        for entry in (
            {"t": "frame", "n": units, "root": root, "wave": "w1"},
            {"t": "design", "attempts": 2, "sha256": digest, "beacon": DICE},
            {"t": "commit", "by": "operator", "c": parts.seal(PART)},
            {"t": "beacon", "after": 3, "source": DICE, "value": THROWN},
            {"t": "reveal", "by": "operator", "r": PART},
            {"t": "draw", "key": draw_text.key(draw)},
            *_field(drawn),
            {"t": "answers", "day": "2026-12-31", "c": {h: sorted(c) for h, c in sorted(batch.items())}},
            {"t": "close", "result": "done", "why": "all_worked"},
            {"t": "score", "mean": tally.mean_text(tally.mean(counts, design=plan))},
        )
    ]
    root_of_log = tree.root(tree.leaf_hash(line[:-1]) for line in log)
    files = {
        "checkpoint": note.sign_checkpoint(note.Checkpoint(ORIGIN, len(log), root_of_log), key=KEY).encode(),
        "log.txt": b"".join(log),
        "frame.tsv": frame_tsv,
        "design.tsv": design_tsv,
        "draw.txt": draw,
        "sample.tsv": sample.sample_tsv(drawn),
        "tally.tsv": tally.build(counts, design=plan),
    }
    return bundle_zip(files), len(log)


def _store(path: Path, units: int) -> int:
    """Write a bundle of so many units; return the number of its log's entries."""
    data, entries = _bundle(units)
    path.write_bytes(data)
    return entries


def main() -> None:
    """Check a bundle of so many units; print CPU seconds and memory, and whether it was accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    units = parser.parse_args().units
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        # Made by another process: a child's peak memory counts what its parent held when it forked.
        with ProcessPoolExecutor(1) as pool:
            entries = pool.submit(_store, path, units).result()
        vkey = verifier_key(ORIGIN, key=KEY).text
        words = [sys.executable, "-I", verify.__file__, str(path), "--key", vkey, "--quorum", "0"]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603  (our own words)
        said = child.stdout.read() if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)
        size = path.stat().st_size / 2**20
    print(
        f"Python {platform.python_version()}, {units:,} units, {STRATA:,} strata, {entries:,} log entries\n"
    )
    print("| exit status | CPU s | peak MiB | bundle MiB |\n|---|---|---|---|")
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    print(f"| {os.waitstatus_to_exitcode(status)} | {cpu:.2f} | {peak} | {size:.0f} |")
    print(f"\n{said.splitlines()[-1]}")


if __name__ == "__main__":
    main()
