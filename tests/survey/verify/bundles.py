"""A small honest wave with everything that a bundle can hold, and how to bend it and seal it again."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger import note, tree
from huying.ledger.keys import WITNESS, verifier_key
from survey import verify
from survey.drawing import answers, design, draw_text, exclude, frame, parts, sample, tally
from survey.drawing.bundle import bundle_zip
from survey.drawing.canonical import canonical
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow

ORIGIN = "street.example/log"
LOG = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
WITNESSES = {
    name: Ed25519PrivateKey.from_private_bytes(name.encode() * 4) for name in ("justice1", "records2")
}
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
KEYS = [
    verifier_key(ORIGIN, key=LOG).text,
    *(verifier_key(name, key=key, kind=WITNESS).text for name, key in WITNESSES.items()),
]
NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
SIG = "ab" * 48
DRAND = "drand:52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971,657413"
PARTIES = {"operator": "11" * 32, "justice": "22" * 32}

Entry = dict[str, Any]
Files = dict[str, bytes]


@dataclass
class Bundle:
    """A bundle's files, and beside them what an auditor has kept or was given."""

    files: Files
    seen: bytes
    openings: bytes
    earlier: Files = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        return [json.loads(line) for line in self.files["log.txt"].splitlines()]

    @entries.setter
    def entries(self, entries: Iterable[Entry]) -> None:
        self.files["log.txt"] = log_of(entries)

    def rows(self, name: str) -> list[list[str]]:
        return [line.split("\t") for line in self.files[name].decode().splitlines()]

    def put(self, name: str, rows: Iterable[Iterable[object]]) -> None:
        lines = ("\t".join(map(str, row)) for row in rows)
        self.files[name] = "".join(f"{line}\n" for line in lines).encode()

    def at(self, kind: str, nth: int = -1, **fields: object) -> int:
        """The place in the log of a type's entry of the later wave, the last one unless told."""
        start = max(i for i, each in enumerate(self.entries) if each["t"] == "frame")
        found = [
            i
            for i, each in enumerate(self.entries)
            if i >= start and each["t"] == kind and fields.items() <= each.items()
        ]
        return found[nth]

    def change(self, place: int, **fields: object) -> None:
        entries = self.entries
        entries[place] |= fields
        self.entries = entries

    def drop(self, place: int) -> None:
        entries = self.entries
        del entries[place]
        self.entries = entries

    def insert(self, place: int, **entry: object) -> None:
        entries = self.entries
        entries.insert(place, entry)
        self.entries = entries

    def seal(self) -> None:
        """Sign the log as it now stands, all witnesses included."""
        self.files["checkpoint"] = checkpoint(self.files["log.txt"])

    def key(self) -> str:
        return draw_text.key(self.files["draw.txt"])


def log_of(entries: Iterable[Entry]) -> bytes:
    return b"".join(canonical(each) + b"\n" for each in entries)


def root_of(data: bytes) -> bytes:
    return tree.root(tree.leaf_hash(line) for line in data.splitlines())


def checkpoint(log: bytes, *, origin: str = ORIGIN, witnesses: Iterable[str] = tuple(WITNESSES)) -> bytes:
    text = note.sign_checkpoint(note.Checkpoint(origin, len(log.splitlines()), root_of(log)), key=LOG)
    for name in witnesses:
        text = note.cosign(text, name=name, key=WITNESSES[name], at=NOON)
    return text.encode()


def unit(wave: str, number: int) -> str:
    return "H" + hashlib.sha256(f"{wave}/{number}".encode()).hexdigest()[:13].upper()


def households(wave: str, sizes: dict[str, int]) -> list[FrameRow]:
    strata = [h for h, size in sizes.items() for _ in range(size)]
    return [
        FrameRow(unit(wave, at), h, hashlib.sha256(f"{wave}{at}".encode()).hexdigest())
        for at, h in enumerate(strata)
    ]


@dataclass
class Ceremony:
    """A wave from its freeze to its draw, its entries added to a log."""

    label: str
    log: list[Entry]
    plan: list[DesignRow]
    rows: list[FrameRow]
    rules: Entry
    excluded: bytes | None = None
    after: int = 0
    draw: bytes = b""

    def run(self) -> Ceremony:
        frame_tsv, design_tsv = frame.build(self.rows), design.build(self.plan)
        root, digest = frame.frame_root(frame_tsv), design.digest(design_tsv)
        self.log.append({"t": "frame", "n": len(self.rows), "root": root, "wave": self.label})
        if self.excluded is not None:
            n, sha = len(self.excluded.splitlines()), exclude.digest(self.excluded)
            self.log.append({"t": "exclude", "n": n, "sha256": sha, "waves": ["w1"]})
        self.log.append({"t": "design", "sha256": digest, "attempts": 2, "beacon": DRAND, **self.rules})
        self.log.extend({"t": "commit", "by": by, "c": parts.seal(r)} for by, r in PARTIES.items())
        self.after = len(self.log)
        value = hashlib.sha256(bytes.fromhex(SIG)).hexdigest()
        text = draw_text.DrawText(self.label, len(self.rows), root, digest, DRAND, value, PARTIES)
        self.draw = draw_text.build(text)
        self.log.append({"t": "beacon", "after": self.after, "source": DRAND, "value": value, "sig": SIG})
        self.log.extend({"t": "reveal", "by": by, "r": r} for by, r in PARTIES.items())
        self.log.append({"t": "draw", "key": draw_text.key(self.draw)})
        return self

    def ranked(self, *, replicates: int = 0) -> list[sample.DrawnUnit]:
        return list(
            sample.draw(self.rows, design=self.plan, key=draw_text.key(self.draw), replicates=replicates)
        )

    def files(self, *, out: dict[str, int], tally_tsv: bytes) -> Files:
        most = max(out.values(), default=0)
        released = sample.released(self.ranked(replicates=most), design=self.plan, releases=out)
        log = log_of(self.log)
        found = {
            "checkpoint": checkpoint(log),
            "log.txt": log,
            "frame.tsv": frame.build(self.rows),
            "design.tsv": design.build(self.plan),
            "draw.txt": self.draw,
            "sample.tsv": sample.sample_tsv(released),
            "tally.tsv": tally_tsv,
            "vkeys": "".join(f"{key}\n" for key in KEYS).encode(),
        }
        return found if self.excluded is None else {**found, "exclude.tsv": self.excluded}


def calls(log: list[Entry], unit: str, code: str, *, times: int = 2) -> None:
    hours = (f"2026-12-02T1{hour}:30" for hour in range(times))
    log.extend({"t": "attempt", "u": unit, "at": at, "by": "801"} for at in hours)
    log.append({"t": "final", "u": unit, "code": code})


def opening(h: str, answer: int, number: int) -> answers.Opening:
    return answers.Opening(h, f"{number:032x}", answer)


def first_wave(log: list[Entry]) -> Files:
    """Wave w1: nobody answers."""
    plan = [DesignRow("A", 10, 2, 0)]
    wave = Ceremony("w1", log, plan, households("w1", {"A": 10}), {}).run()
    for drawn in wave.ranked():
        calls(log, drawn.unit, "noncontact")
    log.append({"t": "close", "result": "done", "why": "all_worked"})
    log.append({"t": "score", "mean": "none"})
    return wave.files(out={}, tally_tsv=tally.build({}, design=plan))


def second_wave(log: list[Entry], *, excluded: bytes) -> Bundle:
    """Wave w2: three strata, a replicate, persons, a correction, a short stratum, an unworked household."""
    plan = [DesignRow("A", 30, 4, 2), DesignRow("B", 20, 3, 1), DesignRow("C", 1, 1, 0)]
    rows = households("w2", {"A": 30, "B": 20, "C": 1})
    wave = Ceremony("w2", log, plan, rows, {"plan": 3, "most": 1, "voice": "household"}, excluded).run()
    kept = checkpoint(log_of(log[: wave.after]))
    key, drawn = draw_text.key(wave.draw), wave.ranked(replicates=1)
    of = {h: [each.unit for each in drawn if each.stratum == h] for h in "ABC"}
    for code, each in zip(("complete", "complete", "complete", "noncontact"), of["A"], strict=False):
        person = sample.person(key, unit=each, adults=3)
        log.append({"t": "person", "u": each, "m": 3, "k": person})
        calls(log, each, code, times=1)
    for code, each in zip(("complete", "refused", "noncontact"), of["B"], strict=False):
        calls(log, each, code)
    log.append({"t": "release", "h": "B", "why": "response < plan"})
    calls(log, of["B"][3], "complete")
    calls(log, of["C"][0], "complete", times=1)
    told = [
        opening(h, k, i)
        for i, (h, k) in enumerate([("A", 5), ("A", 4), ("A", 1), ("B", 2), ("B", 3), ("C", 5)])
    ]
    batch = {h: sorted(each.commitment() for each in told if each.stratum == h) for h in "ABC"}
    log.append({"t": "answers", "day": "2026-12-09", "c": batch})
    voided = {
        "from": "complete",
        "to": "complete_other",
        "why": "wrong_person",
        "drop": [told[2].commitment()],
    }
    log.append({"t": "correction", "u": of["A"][0], **voided})
    log.append(
        {"t": "close", "result": "done", "why": "field_ended", "short": ["A"], "unworked": [of["A"][3]]}
    )
    del told[2]
    counts = tally.count((each.stratum, each.answer) for each in told)
    mean = tally.mean(counts, design=plan)
    assert mean == (30 * Fraction(9, 2) + 20 * Fraction(5, 2) + 5) / 51
    log.append({"t": "score", "mean": tally.mean_text(mean)})
    files = wave.files(out={"B": 1}, tally_tsv=tally.build(counts, design=plan))
    return Bundle(files, kept, answers.openings_tsv(told))


def honest() -> Bundle:
    """The bundle of w2 in the log that also holds w1, whose sample was left out."""
    log: list[Entry] = []
    earlier = first_wave(log)
    units = [line.split("\t")[3] for line in earlier["sample.tsv"].decode().splitlines()]
    excluded = exclude.build(exclude.Excluded(each, "w1") for each in units)
    bundle = second_wave(log, excluded=excluded)
    bundle.earlier = earlier
    return bundle


def store(bundle: Bundle, folder: Path) -> list[str]:
    """Write the bundle as a zip and the rest beside it; return the command line that checks it."""
    (folder / "bundle.zip").write_bytes(bundle_zip(bundle.files))
    (folder / "earlier.zip").write_bytes(bundle_zip(bundle.earlier))
    (folder / "seen").write_bytes(bundle.seen)
    (folder / "openings.tsv").write_bytes(bundle.openings)
    keys = [word for key in KEYS for word in ("--key", key)]
    given = {"--seen": "seen", "--openings": "openings.tsv", "--earlier": "earlier.zip"}
    return [
        str(folder / "bundle.zip"), *keys, "--quorum", "2",
        *(word for name, file in given.items() for word in (name, str(folder / file))),
    ]  # fmt: skip


def run(words: list[str]) -> tuple[int, str]:
    """Run the checker here; return its exit status and what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = verify.main(words)
    return status, said.getvalue()


def numbers(said: str, word: str) -> list[int]:
    """The numbers of the checks that ended in a word."""
    return [int(line.split()[1]) for line in said.splitlines() if line.startswith(f"{word:<5}")]


Tamper = Callable[[Bundle], None]
