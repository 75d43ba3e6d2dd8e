"""A small honest wave of version 2, from its freeze to its score, and how to bend it and seal it again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger import note
from huying.ledger.keys import WITNESS, verifier_key
from survey.drawing import (
    answers,
    attest,
    binding,
    design,
    draw_text,
    entries,
    frame,
    grouped_tally,
    groups,
    late_difference,
    parts,
    result_entries,
    sample,
    tally,
    work,
)
from survey.drawing.bundle import bundle_zip
from survey.drawing.canonical import canonical
from survey.drawing.design import DesignRow
from survey.waves.rules.final_codes import FINAL, UNREACHED
from survey.waves.rules.release_terms import TERMS as TERMS_OF_RELEASE
from survey.waves.rules.slots import SLOTS
from tests.survey.verify.bundles import (
    LOG,
    ORIGIN,
    PARTIES,
    Entry,
    Files,
    households,
    log_of,
    root_of,
    run,
)

WAVE = "w7"
EVENT = "dice:2026-12-01T10:00:00+08:00,20d10"
THROWN = "60417739025518840263"
FREEZE, COMMIT, BEACON = (f"2026-{at}:00+08:00" for at in ("11-28T09:00", "11-28T09:30", "12-01T10:20"))
AUDITOR = Ed25519PrivateKey.from_private_bytes(b"\4" * 32)
AUDITOR_KEY = verifier_key("audit.example", key=AUDITOR).text
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
KEYS = [verifier_key(ORIGIN, key=LOG).text, verifier_key("justice", key=WITNESS_KEY, kind=WITNESS).text]
PLAN = [
    DesignRow("A", 60, 16, 4),
    DesignRow("B", 40, 14, 4),
    DesignRow("D.L", 100, 12, 0),
    DesignRow("D.U", 50, 12, 0),
]
GROUPS = {"east": ["A", "B"], "west": ["D.L", "D.U"]}
LATE = ("2026-12-07", 3)
LATE_ANSWERS = (3, 5, 4, 3, 5, 3, 4, 5, 3, 4, 3, 5)
EFFORT = work.SealedEffort(6, 3, UNREACHED)
CALLS = (("02", "W1"), ("03", "W2"), ("04", "W3"), ("05", "W4"), ("06", "W4"), ("06", "X"))
"""When a household that nobody reaches is called: six times on five days in four windows."""
CLOCK = {"W1": "09:40", "W2": "14:40", "W3": "18:40", "W4": "15:10", "X": "20:20"}
TERMS = {
    "slots": [
        [s.window, "weekday" if s.weekday else "weekend", f"{s.start:%H:%M}", f"{s.stop:%H:%M}"]
        for s in SLOTS
    ],
    "holidays": [],
    "workdays": [],
    "split": ["D"],
    "types": {"A": "residential"},
    **TERMS_OF_RELEASE,
}


@dataclass(repr=False)
class Bound:
    """A bundle of version 2, and beside it what a stranger has kept and an auditor was given."""

    files: Files
    openings: list[answers.Opening]
    minutes: list[tuple[str, int, str, str]]
    seen: bytes = b""
    witnessed: bool = True

    @property
    def log(self) -> list[Entry]:
        return [json.loads(line) for line in self.files["log.txt"].splitlines()]

    @log.setter
    def log(self, found: Iterable[Entry]) -> None:
        self.files["log.txt"] = log_of(found)

    def copy(self) -> Bound:
        return Bound(dict(self.files), list(self.openings), list(self.minutes), self.seen, self.witnessed)

    def at(self, kind: str, nth: int = -1, **fields: object) -> int:
        places = [
            i for i, each in enumerate(self.log) if each["t"] == kind and fields.items() <= each.items()
        ]
        return places[nth]

    def change(self, place: int, **fields: object) -> None:
        found = self.log
        found[place] |= fields
        self.log = found

    def drop(self, *places: int) -> None:
        self.log = [each for i, each in enumerate(self.log) if i not in places]

    def insert(self, place: int, *more: Entry) -> None:
        found = self.log
        found[place:place] = more
        self.log = found

    def rows(self, name: str) -> list[list[str]]:
        return [line.split("\t") for line in self.files[name].decode().splitlines()]

    def put(self, name: str, rows: Iterable[Iterable[object]]) -> None:
        self.files[name] = "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()

    def unit(self, stratum: str, rank: int) -> str:
        return next(row[3] for row in self.rows("sample.tsv") if row[:2] == [stratum, str(rank)])

    def first(self, code: str) -> str:
        """A unit with this outcome."""
        return str(self.log[self.at("final", 0, code=code)]["u"])

    def sealed(self) -> Bound:
        """Let log and witness sign what now stands, day by day, as if it had always been so."""
        for name in [name for name in self.files if name.startswith("checkpoints/")]:
            del self.files[name]
        found, last = self.log, ""
        sizes = {next(each["after"] for each in found if each["t"] == "beacon"): FREEZE}
        for i, each in enumerate(found):
            if each["t"] == "attempt" and each["day"] != last:
                if last:
                    sizes[i] = f"{last}T21:30:00+08:00"
                last = str(each["day"])
            if each["t"] == "close" and last:
                sizes[i] = f"{last}T22:00:00+08:00"
        sizes[len(found)] = "2026-12-21T09:00:00+08:00"
        for size, at in sizes.items():
            self.files[f"checkpoints/{size}"] = self.signed(size, at)
        self.files["checkpoint"] = self.files[f"checkpoints/{len(found)}"]
        return self

    def signed(self, size: int, at: str) -> bytes:
        lines = self.files["log.txt"].splitlines(keepends=True)[:size]
        text = note.sign_checkpoint(note.Checkpoint(ORIGIN, size, root_of(b"".join(lines))), key=LOG)
        if self.witnessed:
            text = note.cosign(
                text, name="justice", key=WITNESS_KEY, at=datetime.fromisoformat(at) + timedelta(minutes=40)
            )
        return text.encode()

    def openings_tsv(self) -> bytes:
        return answers.openings_tsv(self.openings)

    def minutes_tsv(self) -> bytes:
        return "".join(sorted("\t".join(map(str, row)) + "\n" for row in self.minutes)).encode()


def minute_digest(nonce: str, clock: str) -> str:
    return sha256(bytes.fromhex(nonce) + clock.encode()).hexdigest()


@dataclass
class _Field:
    log: list[Entry] = field(default_factory=list)
    minutes: list[tuple[str, int, str, str]] = field(default_factory=list)
    openings: list[answers.Opening] = field(default_factory=list)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)

    def write(self, *lines: bytes) -> None:
        self.log.extend(json.loads(line) for line in lines)

    def call(self, unit: str, day: str, window: str) -> None:
        self.called[unit] += 1
        nonce = sha256(f"{unit}{self.called[unit]}".encode()).hexdigest()[:32]
        self.minutes.append((unit, self.called[unit], nonce, CLOCK[window]))
        digest = minute_digest(nonce, CLOCK[window])
        self.write(entries.call(u=unit, day=f"2026-12-{day}", w=window, m=digest, by="801", s=nonce))

    def complete(self, unit: str, stratum: str, answer: int) -> None:
        opening = answers.Opening(stratum, sha256(f"nonce{unit}".encode()).hexdigest()[:32], answer)
        self.openings.append(opening)
        self.waiting.setdefault(stratum, []).append(opening.commitment())
        bound = sha256(f"all answers of {unit}".encode()).hexdigest()
        self.write(entries.final(u=unit, code="complete", a=bound, s="ab" * 16))

    def day_ends(self, day: str) -> None:
        if self.waiting:
            self.write(entries.answers(day=f"2026-12-{day}", c=self.waiting))
        self.waiting = {}


def _freeze(made: _Field, files: Files) -> None:
    rows = households(WAVE, {row.stratum: row.units for row in PLAN})
    files |= {
        "frame.tsv": frame.build(rows),
        "design.tsv": design.build(PLAN),
        "groups.tsv": groups.build(GROUPS),
        "terms.json": canonical(TERMS) + b"\n",
        "codes.txt": binding.codes_txt(FINAL),
    }
    bound = binding.Binding(
        first="2026-12-02",
        last="2026-12-10",
        lastrelease="2026-12-08",
        hours=("09:00-12:00", "14:30-21:00"),
        days=range(1, 8),
        leastwindows=3,
        unworked=20,
        armcap=200,
        groups=binding.digest(files["groups.tsv"]),
        terms=binding.digest(files["terms.json"]),
        codes=binding.digest(files["codes.txt"]),
        late=binding.LateReplicate(*LATE),
        auditors=[AUDITOR_KEY],
        quorum=1,
    )
    made.write(
        entries.frame(
            n=len(rows),
            root=frame.frame_root(files["frame.tsv"]),
            wave=WAVE,
            at=FREEZE,
            nophone={"A": 1},
            optout={"B": 1},
        ),
        entries.design(
            attempts=EFFORT.attempts,
            sha256=design.digest(files["design.tsv"]),
            beacon=EVENT,
            plan=14,
            most=1,
            item="G1",
            voice="household",
            binding=bound,
        ),
        *(entries.commit(by=by, c=parts.seal(r), at=COMMIT) for by, r in PARTIES.items()),
    )


def _draw(made: _Field, files: Files) -> None:
    made.write(
        entries.beacon(after=len(made.log), source=EVENT, value=THROWN, at=BEACON),
        *(entries.reveal(by=by, r=r) for by, r in PARTIES.items()),
    )
    said = made.log[0]
    text = draw_text.DrawText(WAVE, said["n"], said["root"], made.log[1]["sha256"], EVENT, THROWN, PARTIES)
    files["draw.txt"] = draw_text.build(text)
    made.write(entries.draw(key=draw_text.key(files["draw.txt"])))


def _works(made: _Field, units: dict[str, list[sample.DrawnUnit]]) -> dict[str, list[sample.DrawnUnit]]:
    """Call everybody; return by stratum the released ones."""
    main = {h: [each for each in held if each.replicate == 0] for h, held in units.items()}
    absent = {h: held[-2:] for h, held in main.items()}
    spared = {main["A"][0].unit: entries.final(u=main["A"][0].unit, code="frame_bad_contact", s="ab" * 16)}
    spared[main["B"][0].unit] = entries.final(u=main["B"][0].unit, code="refusal_person", how="dnc")
    _main_sample(made, main, absent=absent, spared=spared)
    for each in (each for held in absent.values() for each in held):
        made.write(entries.final(u=each.unit, code="no_answer"))
    made.write(entries.release(h="A"), entries.release(h="B"))
    more = {h: [each for each in units[h] if each.replicate == 1][:4] for h in "AB"}
    late = {
        h: [each for each in held if each not in main[h] + more.get(h, [])][: LATE[1]]
        for h, held in units.items()
    }
    _replicate(made, more["A"] + more["B"], day="06", window="X")
    made.write(*(entries.release(h=h, late=True) for h in units))
    _late_replicate(made, [each for held in late.values() for each in held])
    return {h: main[h] + more.get(h, []) + late[h] for h in units}


def _main_sample(
    made: _Field,
    main: dict[str, list[sample.DrawnUnit]],
    *,
    absent: dict[str, list[sample.DrawnUnit]],
    spared: dict[str, bytes],
) -> None:
    for day, window in CALLS:
        if day != "02" and made.waiting:
            made.day_ends("02")
        for h, held in main.items():
            for place, each in enumerate(held):
                if each in absent[h]:
                    made.call(each.unit, day, window)
                elif day == "02" and each.unit in spared:
                    made.write(spared[each.unit])
                elif day == "02":
                    made.call(each.unit, day, window)
                    _ends(made, each, place)


def _late_replicate(made: _Field, units: list[sample.DrawnUnit]) -> None:
    for each, answer in zip(units, LATE_ANSWERS, strict=True):
        made.call(each.unit, "07", "W1")
        made.complete(each.unit, each.stratum, answer)
    made.day_ends("07")


def _replicate(made: _Field, units: list[sample.DrawnUnit], *, day: str, window: str) -> None:
    for each in units:
        made.call(each.unit, day, window)
        _ends(made, each, each.rank)
    made.day_ends(day)


def _ends(made: _Field, each: sample.DrawnUnit, place: int) -> None:
    if place == 5:
        made.write(entries.final(u=each.unit, code="refusal_person"))
    else:
        made.complete(each.unit, each.stratum, (5, 4, 5, 4, 3)[place % 5])


def _ranked(files: Files) -> dict[str, list[sample.DrawnUnit]]:
    plan = [DesignRow(row.stratum, row.units, row.sample, row.replicate or 3) for row in PLAN]
    drawn = sample.draw(
        frame.parse(files["frame.tsv"]), design=plan, key=draw_text.key(files["draw.txt"]), replicates=2
    )
    found: dict[str, list[sample.DrawnUnit]] = {}
    for each in drawn:
        found.setdefault(each.stratum, []).append(each)
    return found


def score_fields(b: Bound, *, direct: str = "81.5") -> None:
    """Put the tally that the openings give into the bundle, and let auditor and score follow it."""
    tallied, score = scores(b)
    b.files |= {"tally.tsv": tallied.tsv(), late_difference.NAME: late_difference.tsv(late_rows(b, tallied))}
    found = [each for each in b.log if each["t"] not in {"attest", "score"}]
    found.append(attested(b, found))
    line = result_entries.score(
        score=score, state=tallied.state, direct=direct, late=binding.digest(b.files["late.tsv"])
    )
    b.log = [*found, json.loads(line)]


def scores(b: Bound) -> tuple[grouped_tally.GroupedTally, grouped_tally.Score]:
    sizes = {row.stratum: row.units for row in PLAN}
    counts = tally.count((each.stratum, each.answer) for each in b.openings)
    tallied = grouped_tally.count(counts, groups=GROUPS, sizes=sizes)
    done = {h: sum(c) for h, c in counts.items()}
    return tallied, grouped_tally.score(tallied, groups=GROUPS, sizes=sizes, completes=done)


def late_rows(b: Bound, tallied: grouped_tally.GroupedTally) -> tuple[late_difference.LateRow, ...]:
    """What the late replicate of the wave adds up to: the openings of the last day's batch, by stratum."""
    releases = [each for each in b.log if each["t"] == "release"]
    ranks = late_difference.late_ranks(releases, design=PLAN, size=LATE[1])
    late = {row[3] for row in b.rows("sample.tsv") if int(row[1]) in ranks.get(row[0], ())}
    done = {each["u"] for each in b.log if each["t"] == "final" and each["code"] == "complete"}
    nonces = {sha256(f"nonce{unit}".encode()).hexdigest()[:32] for unit in late & done}
    given = [(each.stratum, each.answer, each.nonce in nonces) for each in b.openings]
    return late_difference.count(given, tally=tallied, groups=GROUPS)


def attested(
    b: Bound, found: list[Entry], *, key: Ed25519PrivateKey = AUDITOR, by: str = AUDITOR_KEY
) -> Entry:
    said = attest.statement(
        WAVE,
        tally=b.files["tally.tsv"],
        openings=b.openings_tsv(),
        corrections=[canonical(each) for each in found if each["t"] == "correction"],
    )
    entry: Entry = json.loads(result_entries.attest(by=by, said=said, sig=said.sign(key)))
    return entry


def honest() -> Bound:
    made, files = _Field(), Files()
    _freeze(made, files)
    _draw(made, files)
    released = _works(made, _ranked(files))
    files["sample.tsv"] = sample.sample_tsv([each for held in released.values() for each in held])
    made.write(entries.close(result="done", why="all_worked", short=None))
    b = Bound(files, made.openings, made.minutes)
    b.log = made.log
    closes_as_computed(b)
    score_fields(b)
    b.sealed()
    b.seen = b.files[f"checkpoints/{b.log[b.at('beacon')]['after']}"]
    return b


def closes_as_computed(b: Bound) -> None:
    """Let the close name who wasn't worked and which strata ended short, as the log has it."""
    stratum_of = {row[3]: row[0] for row in b.rows("sample.tsv")}
    left = work.unworked(b.log, stratum_of=stratum_of, effort=EFFORT, nophone={"A": 1}, optout={"B": 1})
    place = b.at("close")
    b.change(place, unworked=left) if left else None


def words(b: Bound, folder: Path, *, auditor: bool, wave: str = WAVE) -> list[str]:
    """Store the bundle; return the command line by which the public, or an auditor, checks it."""
    (folder / "bundle.zip").write_bytes(bundle_zip(b.files))
    (folder / "seen").write_bytes(b.seen)
    (folder / "openings.tsv").write_bytes(b.openings_tsv())
    (folder / "minutes.tsv").write_bytes(b.minutes_tsv())
    said = [str(folder / "bundle.zip"), "--wave", wave, *(w for key in KEYS for w in ("--key", key))]
    more = {"--openings": "openings.tsv", "--minutes": "minutes.tsv"} if auditor else {}
    return said + [word for name, file in more.items() for word in (name, str(folder / file))]


def checked(b: Bound, folder: Path, *, auditor: bool = False, kept: bool = False) -> tuple[int, str]:
    more = ["--seen", str(folder / "seen")] if kept else []
    return run(words(b, folder, auditor=auditor) + more)
