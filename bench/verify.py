"""What checking a wave costs: one frame as a bundle of either version, by `python -I`. Prints Markdown."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger import note, tree
from huying.ledger.keys import LOG, WITNESS, verifier_key
from survey import verify
from survey.drawing import (
    answers,
    attest,
    binding,
    design,
    draw_text,
    frame,
    grouped_tally,
    groups,
    parts,
    result_entries,
    sample,
    tally,
)
from survey.drawing.bundle import bundle_zip
from survey.drawing.canonical import canonical
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow

ORIGIN = "bench.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
DICE, THROWN = "dice:2026-12-01T10:00+08:00,20d10", "60417739025518840263"
PART = "11" * 32
STRATA, SAMPLE = 2_000, 4
FREEZE, EVENT = "2026-11-28T09:00:00+08:00", "2026-12-01T10:20:00+08:00"
DAYS = ("2026-12-02", "2026-12-03")
JUSTICE, AUDITOR = (Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at in (2, 3))
SLOTS = [[f"W{at}", "weekday", f"{7 + 3 * at:02}:00", f"{10 + 3 * at:02}:00"] for at in range(1, 5)]
UNNAMED = ("holidays", "workdays", "collapse", "margins", "gamma", "types", "sla", "classes")
NOTHING_ELSE = {"plan": "none", "most": "none", "item": "G1", "voice": "household"}
LIMIT = 1.4


def _frame(units: int) -> list[FrameRow]:
    digests = [sha256(f"{at}".encode()).hexdigest() for at in range(units)]
    return [FrameRow(f"H{c[:13].upper()}", f"G{at % STRATA:05d}", c) for at, c in enumerate(digests)]


def _opened(drawn: tuple[sample.DrawnUnit, ...]) -> list[answers.Opening]:
    """Of every stratum two answer, one of them with 5 and one with 2."""
    return [
        answers.Opening(each.stratum, f"{at:032x}", 5 if each.rank == 1 else 2)
        for at, each in enumerate(drawn)
        if each.rank <= 2
    ]


@dataclass
class _Wave:
    """A frame and its draw, the log up to the first call."""

    rows: list[FrameRow]
    plan: list[DesignRow]
    files: dict[str, bytes]
    draw: bytes
    drawn: tuple[sample.DrawnUnit, ...]
    told: list[answers.Opening]

    @property
    def counts(self) -> dict[str, tally.TallyCounts]:
        return tally.count((each.stratum, each.answer) for each in self.told)

    @property
    def sizes(self) -> dict[str, int]:
        return {row.stratum: row.units for row in self.plan}

    def batch(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self.told:
            found.setdefault(each.stratum, []).append(each.commitment())
        return found

    def opening(self) -> dict[str, object]:
        """What `frame` says in either version."""
        root = frame.frame_root(self.files["frame.tsv"])
        return {"t": "frame", "n": len(self.rows), "root": root, "wave": "w1"}

    def sealed(self) -> dict[str, object]:
        return {
            "t": "design",
            "attempts": 2,
            "sha256": design.digest(self.files["design.tsv"]),
            "beacon": DICE,
        }

    def ceremony(self, *, at: str | None) -> Iterator[dict[str, object]]:
        """From the sealed part to the draw; the second version writes times down."""
        when = {"at": at} if at else {}
        yield {"t": "commit", "by": "operator", "c": parts.seal(PART)} | when
        yield {"t": "beacon", "after": 3, "source": DICE, "value": THROWN} | ({"at": EVENT} if at else {})
        yield {"t": "reveal", "by": "operator", "r": PART}
        yield {"t": "draw", "key": draw_text.key(self.draw)}

    def field(self, *, bound: bool) -> Iterator[dict[str, object]]:
        """Two calls on two days and an outcome for each drawn unit."""
        for day in DAYS:
            for at, each in enumerate(self.drawn):
                yield _call(each.unit, at, day, bound=bound)
                if day == DAYS[-1]:
                    done = each.rank <= 2
                    more = {"a": sha256(each.unit.encode()).hexdigest()} if bound and done else {}
                    code = "complete" if done else "refusal_person"
                    yield {"t": "final", "u": each.unit, "code": code} | more
        yield {"t": "answers", "day": DAYS[-1], "c": {h: sorted(c) for h, c in sorted(self.batch().items())}}
        yield {"t": "close", "result": "done", "why": "all_worked"}


def _call(unit: str, at: int, day: str, *, bound: bool) -> dict[str, object]:
    made: dict[str, object] = {"t": "attempt", "u": unit, "by": f"{at % 40}"}
    if not bound:
        return made | {"at": f"{day}T{10 + at // 60 % 10}:{at % 60:02}"}
    return made | {"day": day, "w": f"W{1 + at % 4}", "m": sha256(f"{unit}{day}".encode()).hexdigest()}


def _wave(units: int) -> _Wave:
    rows = _frame(units)
    plan = [DesignRow(stratum, size, SAMPLE, 0) for stratum, size in frame.sizes(rows).items()]
    files = {"frame.tsv": frame.build(rows), "design.tsv": design.build(plan)}
    root, digest = frame.frame_root(files["frame.tsv"]), design.digest(files["design.tsv"])
    draw = draw_text.build(draw_text.DrawText("w1", units, root, digest, DICE, THROWN, {"operator": PART}))
    drawn = sample.draw(rows, design=plan, key=draw_text.key(draw))
    files |= {"draw.txt": draw, "sample.tsv": sample.sample_tsv(drawn)}
    return _Wave(rows, plan, files, draw, drawn, _opened(drawn))


def _first(wave: _Wave) -> tuple[dict[str, bytes], int]:
    """Version 1: a tally by stratum, a mean as a fraction, no witness."""
    mean = tally.mean_text(tally.mean(wave.counts, design=wave.plan))
    entries = [
        wave.opening(), wave.sealed(), *wave.ceremony(at=None), *wave.field(bound=False),
        {"t": "score", "mean": mean},
    ]  # fmt: skip
    log = [canonical(entry) + b"\n" for entry in entries]
    more = {"log.txt": b"".join(log), "tally.tsv": tally.build(wave.counts, design=wave.plan)}
    return wave.files | more | {"checkpoint": _signed(log, len(log), at="")}, len(log)


def _second(wave: _Wave) -> tuple[dict[str, bytes], int]:
    """Version 2: sealed groups, terms and codes; an auditor; a witness at the freeze, each day, the end."""
    strata = [row.stratum for row in wave.plan]
    grouping = {
        f"street{at:02}": strata[at :: len(strata) // 100 or 1] for at in range(len(strata) // 100 or 1)
    }
    tallied = grouped_tally.count(wave.counts, groups=grouping, sizes=wave.sizes)
    done = {h: sum(c) for h, c in wave.counts.items()}
    files = wave.files | {
        "groups.tsv": groups.build(grouping),
        "terms.json": canonical({"slots": SLOTS, **dict.fromkeys(UNNAMED, binding.NOTHING)}) + b"\n",
        "codes.txt": binding.codes_txt(["complete", "refusal_person"]),
        "tally.tsv": tallied.tsv(),
    }
    said = attest.statement(
        "w1", tally=files["tally.tsv"], openings=answers.openings_tsv(wave.told), corrections=[]
    )
    entries = [
        wave.opening() | {"at": FREEZE, "nophone": [], "optout": []},
        wave.sealed() | NOTHING_ELSE | _bound(files).as_fields(),
        *wave.ceremony(at=FREEZE),
        *wave.field(bound=True),
    ]
    log = [canonical(entry) + b"\n" for entry in entries]
    calls = [at for at, entry in enumerate(entries) if entry["t"] == "attempt" and entry["day"] == DAYS[-1]]
    log += [
        result_entries.attest(by=_vkey("audit.example", AUDITOR), said=said, sig=said.sign(AUDITOR)) + b"\n",
        result_entries.score(
            score=grouped_tally.score(tallied, groups=grouping, sizes=wave.sizes, completes=done),
            state=tallied.state,
            direct="50.0",
        )
        + b"\n",
    ]
    sizes = {3: FREEZE, calls[0]: f"{DAYS[0]}T22:00:00+08:00", len(log) - 2: f"{DAYS[1]}T22:00:00+08:00"}
    sizes[len(log)] = "2026-12-21T09:00:00+08:00"
    kept = {f"checkpoints/{size}": _signed(log, size, at=at) for size, at in sizes.items()}
    return files | kept | {"log.txt": b"".join(log), "checkpoint": kept[f"checkpoints/{len(log)}"]}, len(log)


def _bound(files: dict[str, bytes]) -> binding.Binding:
    return binding.Binding(
        first=DAYS[0], last=DAYS[-1], lastrelease=binding.NOTHING, hours=("09:00-21:00",), days=range(1, 8),
        leastwindows=1, unworked=20, armcap=200, auditors=[_vkey("audit.example", AUDITOR)], quorum=1,
        groups=binding.digest(files["groups.tsv"]), terms=binding.digest(files["terms.json"]),
        codes=binding.digest(files["codes.txt"]),
    )  # fmt: skip


def _vkey(name: str, key: Ed25519PrivateKey, kind: int = LOG) -> str:
    return verifier_key(name, key=key, kind=kind).text


def _signed(log: list[bytes], size: int, *, at: str) -> bytes:
    """A checkpoint of so many lines, cosigned at that time if one is told."""
    root = tree.root(tree.leaf_hash(line[:-1]) for line in log[:size])
    text = note.sign_checkpoint(note.Checkpoint(ORIGIN, size, root), key=KEY)
    if at:
        text = note.cosign(text, name="justice", key=JUSTICE, at=datetime.fromisoformat(at))
    return text.encode()


def _store(folder: Path, units: int) -> int:
    """Write a bundle of either version; return the number of their logs' entries."""
    wave, lengths = _wave(units), set()
    for name, (files, length) in {"v1": _first(wave), "v2": _second(wave)}.items():
        (folder / f"{name}.zip").write_bytes(bundle_zip(files))
        lengths.add(length)
    return max(lengths)


@dataclass
class _Checked:
    status: int
    cpu: float
    peak: int
    verdict: str


def _checked(path: Path, *more: str) -> _Checked:
    """Let a fresh interpreter check a bundle."""
    words = [sys.executable, "-I", verify.__file__, str(path), "--key", _vkey(ORIGIN, KEY), *more]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603  (our own words)
    said = child.stdout.read() if child.stdout else ""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    lines = said.splitlines()
    failed = [line for line in lines if line.startswith("FAIL")]
    return _Checked(
        child.returncode,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss // 1024,
        "; ".join([*failed, lines[-1]]),
    )


HOW = {
    "v1": ("--quorum", "0"),
    "v2": ("--wave", "w1", "--key", _vkey("justice", JUSTICE, WITNESS)),
}


def main() -> int:
    """Check the same units as either version, in turns; print CPU seconds, memory, the ratio of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Made by another process: a child's peak memory counts what its parent held when it forked.
        with ProcessPoolExecutor(1) as pool:
            entries = pool.submit(_store, Path(folder), said.units).result()
        turns = [
            {name: _checked(Path(folder) / f"{name}.zip", *more) for name, more in HOW.items()}
            for _ in range(said.runs)
        ]
        sizes = {name: (Path(folder) / f"{name}.zip").stat().st_size / 2**20 for name in HOW}
    print(
        f"Python {platform.python_version()}, {said.units:,} units, {STRATA:,} strata, {entries:,} entries\n"
    )
    print("| version | exit status | CPU s | peak MiB | bundle MiB |\n|---|---|---|---|---|")
    cpu = {name: statistics.median(turn[name].cpu for turn in turns) for name in HOW}
    for name, last in turns[-1].items():
        print(f"| {name} | {last.status} | {cpu[name]:.2f} | {last.peak} | {sizes[name]:.0f} |")
    for name, last in turns[-1].items():
        print(f"\n{name}: {last.verdict}")
    ratio = cpu["v2"] / cpu["v1"]
    print(f"\nv2 / v1: {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT or any(last.status for last in turns[-1].values()))


if __name__ == "__main__":
    sys.exit(main())
