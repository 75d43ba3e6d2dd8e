"""用这一个文件核查一轮公布的抽样。 Check a published wave with this file alone: Python 3.11 or later is all it needs.

    python3 -I verify.py bundle.zip --wave LABEL --key VKEY [--key VKEY ...] [--quorum K] [--seen FILE]
        [--openings FILE] [--minutes FILE] [--earlier BUNDLE]

It shares no code with the program that drew the sample, on purpose: read it, copy it, run it anywhere.
In order: signatures, checkpoint, log entries, files, the wave, what a wave of version 2 binds beyond one of
version 1 (its score too), the checks, notes, the command line.
"""

# Set tightly, to be printed and read in an evening:
# fmt: off
import argparse, base64, hashlib, io, itertools, json, operator, re, struct, sys, time, zipfile, zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import Any

class Bad(ValueError): """A check failed: in which file, where and why."""
class Skip(Exception): """A check doesn't apply, and why."""
class Usage(argparse.ArgumentTypeError): """The command line is wrong."""

def need(condition: object, reason: str) -> None:
    if not condition: raise Bad(reason)

def hexsha(data: bytes) -> str: return hashlib.sha256(data).hexdigest()

def unbase64(text: str) -> bytes:
    need(base64.b64encode(data := base64.b64decode(text, validate=True)).decode() == text, "not base64")
    return data

# --- Ed25519 (RFC 8032, 5.1), plain and slow. A point is (X, Y, Z, T): x = X/Z, y = Y/Z, T = XY/Z --------------------
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]

def plus(a: Point, b: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    m, n, c, d = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2), 2 * t1 * t2 * D, 2 * z1 * z2
    e, f, g, h = (n - m) % P, (d - c) % P, (d + c) % P, (n + m) % P
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(k: int, point: Point) -> Point:
    if k == 0: return 0, 1, 1, 0
    even = times(k // 2, plus(point, point))
    return plus(even, point) if k % 2 else even

def decode(data: bytes) -> Point:
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square: x = x * ROOT % P
    need(len(data) == 32 and y < P and x * x % P == square and (x or not sign), "not a point of the curve")
    return (x := x if x % 2 == sign else P - x), y, 1, x * y % P

BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether R = s·B - k·A, where the signature is R ‖ s, A the public key and k = SHA-512(R ‖ A ‖ message)."""
    if len(signature) != 64 or (s := int.from_bytes(signature[32:], "little")) >= L: return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, t = decode(public)
    x, y, z, _ = plus(times(s, BASE), times(k, (P - x, y, z, P - t)))
    return (y * pow(z, -1, P) % P + (x * pow(z, -1, P) % P % 2 << 255)).to_bytes(32, "little") == signature[:32]

# --- The checkpoint: the log's name, size and root; signed by the log (key type 1) and its witnesses (type 4) --------
Key = tuple[str, int, bytes, bytes]  # name, type, id, public key

def read_key(vkey: str) -> Key:
    """Read `<name>+<8 hex digits>+<base64>`, as an office publishes it."""
    try:
        name, ident, coded = vkey.strip().split("+", 2)
        kind, public = (raw := unbase64(coded))[0], raw[1:]
        need(name and hexsha(name.encode() + b"\n" + raw)[:8] == ident and (kind not in {1, 4} or decode(public)), "")
    except (ValueError, IndexError): raise Usage(f"不是公钥 not a key: {vkey!a}") from None
    if kind not in {1, 4}: raise Usage(f"不支持这种公钥 a key of type 0x{kind:02x} is not supported: {name!a}")
    return name, kind, bytes.fromhex(ident), public

def read_note(data: bytes, file: str) -> tuple[bytes, str, int, bytes, list[tuple[str, bytes]]]:
    """Return text, origin, size, root and, not yet checked, the signatures by name."""
    try:
        head, tail = data.decode().rsplit("\n\n", 1)
        origin, size, root = head.split("\n")
        lines = [re.fullmatch(r"— ([^\s+]+) (\S+)", line) for line in tail.removesuffix("\n").split("\n")]
        need(all(lines) and tail.endswith("\n") and origin and origin.isprintable() and len(unbase64(root)) == 32, "")
        need(re.fullmatch("0|[1-9][0-9]{0,15}", size), "")
        return f"{head}\n".encode(), origin, int(size), unbase64(root), [(n[1], unbase64(n[2])) for n in lines if n]
    except ValueError: raise Bad(f"{file}: not a checkpoint") from None

def signers(data: bytes, keys: list[Key], file: str) -> dict[bytes, int]:
    """Return the witnesses (public key: time); fail unless the log signed, and if a given key's signature is bad."""
    (text, origin, _, _, signatures), found = read_note(data, file), (dict[bytes, int](), dict[bytes, int]())
    known = ((rest, key) for signer, rest in signatures for key in keys if key[::2] == (signer, rest[:4]))
    for rest, (name, kind, _, public) in known:
        when = int.from_bytes(rest[4:12], "big")
        head, start = (f"cosignature/v1\ntime {when}\n".encode(), 12) if kind == 4 else (b"", 4)
        need(signed(public, rest[start:], head + text), f"{file}: bad signature of {name}")
        if (name == origin) == (kind == 1): found[kind // 4][public] = when
    need(found[0], f"{file}: not signed by the log, {origin}, with a given --key")
    return {public: when for public, when in found[1].items() if public not in found[0]}

def tree(lines: list[bytes]) -> bytes:
    """Return the root of the hash tree over the lines without LF (RFC 6962, 2.1)."""
    sha, root, level = hashlib.sha256, b"", [hashlib.sha256(b"\0" + line).digest() for line in lines]
    while level:
        if len(level) % 2: root = sha(b"\1" + level.pop() + root).digest() if root else level.pop()
        level = [sha(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
    return root or sha(b"").digest()

def subtrees(lines: list[bytes]) -> list[list[bytes]]:
    """Return the hashes of all whole subtrees by level, from which the root of every earlier size follows."""
    level = [hashlib.sha256(b"\0" + line).digest() for line in lines]
    levels = [level]
    while len(level) > 1:
        level = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        levels.append(level)
    return levels

def root_at(levels: list[list[bytes]], size: int) -> bytes:
    """Return the root of the first lines, one at least: the subtrees of its binary digits, from right to left."""
    root = b""
    for at, level in enumerate(levels):
        if size >> at & 1: root = hashlib.sha256(b"\1" + level[(size >> at) - 1] + root).digest() if root else level[(size >> at) - 1]
    return root

# --- The log's entries: name=form of each type's fields; a field with ? may be left out, a form with * is a list -----
FIELDS = {
    "frame": "n=int root=hash wave=label", "exclude": "n=int sha256=hash waves=label*", "draw": "key=hash",
    "design": "attempts=int sha256=hash beacon?=public plan?=int most?=int item?=text voice?=household|adults",
    "commit": "by=party c=hash", "reveal": "by=party r=hash", "release": "h=label why=text",
    "beacon": "after=int source=public value=public sig?=hex at?=instant", "person": "u=unit m=int k=int s?=salt",
    "attempt": "u=unit at=minute by?=text s?=salt", "final": "u=unit code=code s?=salt", "answers": "day=day c=batch",
    "correction": "u=unit from=code to=code why=text drop?=hash* s?=salt", "score": "mean=mean tally?=withheld",
    "close": "result=done|early|void why=text by?=text* short?=label* unworked?=unit*",
    "key": "op=add|drop role=log|witness vkey=text"}
# Of version 2. What its design must name is checked by 4; `none` is a word that some fields may hold instead.
FIELDS_2 = FIELDS | {
    "frame": "n=int root=hash wave=label at=instant nophone=counts optout=counts",
    "design": "attempts=int sha256=hash beacon?=public plan?=int|none most?=int|none item?=text voice?=household|adults|none"
              " from?=date until?=date lastrelease?=date|none hours?=span* days?=weekday* leastwindows?=int unworked?=int"
              " armcap?=int late?=late|none groups?=hash terms?=hash codes?=hash auditors?=text*|none quorum?=int",
    "commit": "by=party c=hash at=instant", "beacon": "after=int source=public value=public sig?=hex at=instant",
    "attempt": "u=unit day=date w=window m=hash in?=one by?=text s?=salt",
    "final": "u=unit code=code how?=code a?=hash s?=salt", "answers": "day=date c=batch",
    "correction": "u=unit from=code to=code why=text by=text* drop?=hash* s?=salt",
    "call_backs": "after=int size=int root=hash u=unit* more=int s=salt",
    "attest": "by=text tally=hash openings=hash corrections?=hash sig=text",
    "score": "mean=mean3|none share=share1|none covered=int direct=text tally=full|few|none late?=hash|none release?=hash|none",
    "calendar": "year=int dates=date*", "attribution": "period=text n=int sha256=hash former?=hash", "erase": "wave=label n=int", "release_made": "sha256=hash direct=text wave?=label n?=int former?=hash drop?=hash*",
    "preview": "wave=label sha256=hash until=date", "appeal": "wave=label n=int why=code until=date",
    "appeal_decided": "wave=label n=int how=code by=text*"}
NAMED = [field.split("?")[0] for field in FIELDS_2["design"].split() if "?" in field]
TERMS = ["slots", "holidays", "workdays", "collapse", "margins", "gamma", "types", "sla", "classes"]  # of terms.json
NO_WAVE = {"attribution", "deposit", "discard", "recipient", "depositor", "calendar", "key", "erase", "release_made", "registry",
           "preview", "appeal", "appeal_decided"}
FORMS = {
    "hash": "[0-9a-f]{64}", "salt": "[0-9a-f]{32}", "hex": "(?:[0-9a-f]{2})+", "unit": "[0-9A-Z]{14}",
    "label": "[0-9A-Za-z._-]{1,32}", "party": "[a-z0-9-]{1,64}", "public": "[!-~]{1,200}", "text": "(?s:.*)",
    "code": "[a-z][a-z0-9_]{0,31}", "mean": "none|(?:0|[1-9][0-9]*)/[1-9][0-9]*", "count": "0|[1-9][0-9]{0,14}",
    "mean3": r"[1-5]\.[0-9]{3}", "share1": r"[0-9]{1,3}\.[0-9]", "window": "W[1-4]|X", "clock": "[0-2][0-9]:[0-5][0-9]",
    "span": "[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]", "joined": "[0-9A-Za-z._+-]+", "date": "2[01][0-9]{2}-[0-9]{2}-[0-9]{2}",
    "instant": "2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}",
    "day": "[0-9]{4}-[0-9]{2}-[0-9]{2}", "minute": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"}
UNREACHED = {"noncontact", "never_available", "household_machine", "no_answer", "always_busy", "machine_unknown",
             "blocked", "technical"}
Entry = dict[str, Any]

NUMBERS = {"int": range(2**53), "one": range(1, 2), "weekday": range(1, 8)}

def real(text: str) -> bool:
    """Whether a date or an instant of the right form exists."""
    try: return bool(datetime.fromisoformat(text))
    except ValueError: return False

def fits(value: object, form: str) -> bool:
    if form[-5:] == "|none": return value == "none" or fits(value, form[:-5])
    if form in NUMBERS: return type(value) is int and value in NUMBERS[form]
    if form == "late": return isinstance(value, dict) and fits(value.get("day"), "date") and fits(value.get("r"), "int")
    if form == "counts": return isinstance(value, list) and all(map(counts, value)) and len({h for h, _ in value}) == len(value)
    if form[-1] == "*": return isinstance(value, list) and all(fits(each, form[:-1]) for each in value)
    if form == "batch": return isinstance(value, dict) and all(fits(h, "label") and c and fits(c, "hash*") for h, c in value.items())
    text = isinstance(value, str) and re.fullmatch(FORMS.get(form, form), value) is not None
    return text and (form not in {"date", "instant"} or real(str(value)))

def counts(value: object) -> bool: return isinstance(value, list) and len(value) == 2 and fits(value[0], "label") and fits(value[1], "int")

def plain(value: object) -> bool:
    """Whether there are only strings, integers below 2^53, lists, and objects with ASCII names."""
    if isinstance(value, dict): return all(name.isascii() and plain(each) for name, each in value.items())
    if isinstance(value, list): return all(map(plain, value))
    return isinstance(value, str) or (type(value) is int and abs(value) < 2**53)

def read_object(line: bytes) -> Entry | Bad:
    """Return the object of a canonical line, or what is wrong with it."""
    try:
        found: Entry = json.loads(line)
        # Written again it must be the same bytes: no name stands twice, nothing is spaced or ordered otherwise.
        again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        need(again == line and isinstance(found, dict) and plain(found), "")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError): return Bad("not canonical JSON (or a name twice)")
    return found

FORMS_OF = {version: {kind: [(pair.split("=")[0].rstrip("?"), pair.split("=")[1], "?" in pair) for pair in text.split()]
                      for kind, text in table.items()} for version, table in ((1, FIELDS), (2, FIELDS_2))}

def read_entry(found: Entry | Bad, version: int) -> Entry | Bad:
    """Return an entry whose fields are as its type asks, or what is wrong with it."""
    if isinstance(found, Bad): return found
    if not isinstance(found.get("t"), str): return Bad("not canonical JSON (or a name twice)")
    for name, form, optional in FORMS_OF[version].get(found["t"], ()):
        if not (fits(found[name], form) if name in found else optional):
            return Bad(f"{found['t']}: field {name} is wrong or missing")
    return found

# --- The files: from a directory or a zip, none above its limit; what can't be read stands as the reason -------------
LIMITS = {"checkpoint": 2**16, "draw.txt": 2**16, "codes.txt": 2**16, "early.json": 2**16, "groups.tsv": 2**24, "terms.json": 2**24} | dict.fromkeys(
    ("log.txt", "frame.tsv", "design.tsv", "exclude.tsv", "sample.tsv", "tally.tsv", "late.tsv"), 2**31)
KEPT = re.compile("checkpoints/([1-9][0-9]{0,15})")
MOST_KEPT = 10_000
FAULTS = (OSError, EOFError, ValueError, RuntimeError, ArithmeticError, MemoryError, struct.error, zlib.error,
          zipfile.BadZipFile)

def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    need(info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}, "packed in a way that may never end")
    return archive.open(info).read(info.file_size)  # whatever is packed, no more than was declared

def read_bundle(path: Path) -> dict[str, bytes | Bad]:
    files: dict[str, bytes | Bad] = {}
    try:
        kept = sorted(f"checkpoints/{each.name}" for each in (path / "checkpoints").glob("*"))
        paths = [(name, path / name) for name in (*LIMITS, *filter(KEPT.fullmatch, kept)) if (path / name).is_file()]
        found: list[tuple[str, int, Any]] = [(name, each.stat().st_size, each.read_bytes) for name, each in paths]
        if not path.is_dir():
            archive = zipfile.ZipFile(path)
            inside = (info for info in archive.infolist() if info.filename in LIMITS or KEPT.fullmatch(info.filename))
            found = [(info.filename, info.file_size, partial(unpack, archive, info)) for info in inside]
    except FAULTS as fault: return dict.fromkeys(LIMITS, Bad(f"{path.name}: not a bundle: {fault}"))
    for name, size, read in found[: MOST_KEPT + len(LIMITS)]:
        try:
            limit = LIMITS.get(name, 2**16)
            need(size <= limit and name not in files, "too large" if size > limit else "stands twice")
            files[name] = read()
        except FAULTS as fault: files[name] = Bad(f"{name}: can't be read: {fault}")
    return files

def lines_of(data: bytes, file: str) -> list[bytes]:
    need(data.endswith(b"\n") and b"\r" not in data, f"{file}: every line must end in LF, without CR")
    return data[:-1].split(b"\n")

def table(data: bytes, file: str, *forms: str, unique: bool = True) -> list[Any]:
    """Return a sorted table's rows, every field checked; where unique, no first field may stand twice."""
    lines, row = lines_of(data, file), "\t".join(f"({FORMS.get(form, form)})" for form in forms)
    rows = re.findall(f"^{row}$", data.decode("latin-1"), re.MULTILINE)
    for i, line in enumerate(lines if len(rows) != len(lines) else (), 1):
        need(re.fullmatch(row, line.decode("latin-1")), f"{file}: line {i}: a wrong field")
    keys = [fields[0] for fields in rows] if unique else lines
    need(all(map(operator.lt, keys, keys[1:])), f"{file}: not sorted, or something stands twice")
    return rows

# --- The wave: each part is read from the bundle when a check first asks for it --------------------------------------
class Wave:
    """A bundle, and what the command line gave beside it."""
    options = argparse.Namespace()

    def __init__(self, path: str, files: Mapping[str, bytes | Bad] | None = None) -> None:
        if files is None and not Path(path).exists(): raise Usage(f"没有这个文件 no such file: {path!a}")
        self.files = dict(files) if files is not None else read_bundle(Path(path))

    def file(self, name: str) -> bytes:
        found = self.files.get(name, Bad(f"not checked: {name} is missing"))
        if isinstance(found, Bad): raise found
        return found

    def lines(self, name: str) -> list[bytes]: return lines_of(self.file(name), name)

    def rows(self, name: str, *forms: str) -> list[Any]: return table(self.file(name), name, *forms)

    @cached_property
    def log(self) -> list[Entry | Bad]:
        """The entries in order, each read by the version of its wave, which the wave's design tells."""
        found, version, at = [read_object(line) for line in self.lines("log.txt")], 1, 0
        kinds = [each.get("t") if isinstance(each, dict) else None for each in found]
        starts = [*(i for i, kind in enumerate(kinds) if kind == "frame"), len(found)]
        read = [read_entry(each, 1) for each in found[: starts[0]]]
        for at, stop in itertools.pairwise(starts):
            version = 2 if any(isinstance(found[i], dict) and found[i].get("v") == 2  # type: ignore[union-attr]
                               for i in range(at, stop) if kinds[i] == "design") else 1
            read += [read_entry(each, version) for each in found[at:stop]]
        return read

    @cached_property
    def v2(self) -> bool:
        """Whether this is a wave of version 2, by its design."""
        try: return any(each.get("v") == 2 for _, each in self.all("design"))
        except Bad: return False

    @cached_property
    def said(self) -> Entry:
        missing = [name for name in NAMED if name not in self.one("design")]
        need(not missing, f"log.txt: the design doesn't name {' '.join(missing)}")
        return self.one("design")

    @cached_property
    def segment(self) -> list[tuple[int, Entry]]:
        """The wave's own entries with their numbers: from its `frame` to before the next one."""
        log, draw = [(i, each) for i, each in enumerate(self.log) if isinstance(each, dict)], self.files.get("draw.txt")
        starts = [(i, each["wave"].encode()) for i, each in log if each["t"] == "frame"]
        need(starts, "log.txt: no entry of type frame")
        named = re.search(b"\nwave ([^\n]*)\n", draw) if isinstance(draw, bytes) else None
        start = next((i for i, label in starts if named and label == named[1]), starts[-1][0])
        stop = min((i for i, _ in starts if i > start), default=len(self.log))
        return [(i, each) for i, each in log if start <= i < stop]

    def all(self, *kinds: str) -> list[tuple[int, Entry]]: return [e for e in self.segment if e[1]["t"] in kinds]

    def one(self, kind: str) -> Entry:
        need(len(found := self.all(kind)) == 1, f"log.txt: {len(found)} entries of type {kind}, not one")
        return found[0][1]

    # (unit, stratum) of each line; a form that begins with ?: is checked and not kept.
    frame = cached_property(lambda w: w.rows("frame.tsv", "unit", "label", "?:[0-9a-f]{64}"))
    # By stratum: its units, how many are drawn, how many more a replicate brings.
    design = cached_property(lambda w: {
        h: (int(size), int(n), int(r)) for h, size, n, r in w.rows("design.tsv", "label", *["count"] * 3)})

    @cached_property
    def late(self) -> int:
        """How many units of each stratum the late replicate brings: none before version 2."""
        return 0 if not self.v2 or self.said["late"] == "none" else int(self.said["late"]["r"])

    @cached_property
    def drawn(self) -> dict[str, list[tuple[str, str]]]:
        """By stratum: (ticket, unit) of the released units, drawn here once more."""
        out, key = Counter(each["h"] for _, each in self.all("release")), hexsha(self.file("draw.txt"))
        late = Counter(each["h"] for _, each in self.all("release") if self.v2 and each["why"] == "late")
        out.subtract(late)
        need(out.keys() <= self.design.keys(), "log.txt: a release of an unknown stratum")
        tickets: dict[str, list[str]] = {h: [] for h in self.design}
        for unit, h in self.frame:
            if h in tickets: tickets[h].append(hashlib.sha256((key + unit).encode()).hexdigest() + unit)
        ranked = {h: sorted(tickets[h])[: n + out[h] * r + late[h] * self.late] for h, (_, n, r) in self.design.items()}
        return {h: [(each[:64], each[64:]) for each in units] for h, units in ranked.items()}

    @cached_property
    def late_units(self) -> set[str]:
        """The units that the late replicate brought: the next ones after those released by then."""
        out, found, drawn = Counter[str](), set[str](), self.drawn
        for _, each in self.all("release"):
            _, n, r = self.design[h := each["h"]]
            if each["why"] != "late": out[h] += 1
            else: found.update(unit for _, unit in drawn[h][n + out[h] * r:][: self.late])
        return found

    sample = cached_property(lambda w: {unit: h for h, units in w.drawn.items() for _, unit in units})
    # Of each released unit the outcome in force: a correction's comes after the final one.
    outcomes = cached_property(lambda w: {
        each["u"]: outcome(each)
        for kind in ("final", "correction") for _, each in w.all(kind) if each["u"] in w.sample})
    completes = cached_property(lambda w: Counter(w.sample[u] for u, code in w.outcomes.items() if code == "complete"))
    sealed = cached_property(lambda w: [
        (h, c) for _, each in w.all("answers") for h, listed in each["c"].items() for c in listed])
    dropped = cached_property(lambda w: {c for _, each in w.all("correction") for c in each.get("drop", ())})
    answers = cached_property(lambda w: [(h, c) for h, c in w.sealed if c not in w.dropped])

    @cached_property
    def tally(self) -> dict[str, list[int]]:
        """By stratum: how many answered 1, 2, 3, 4, 5 (of version 1)."""
        withheld = "tally.tsv" not in self.files and self.one("score").get("tally") == "withheld"
        if withheld: raise Skip("the tally is withheld: it could tell what somebody answered")
        return {h: [int(count) for count in counts] for h, *counts in self.rows("tally.tsv", "label", *["count"] * 5)}

    # --- Of version 2: groups of strata, the sealed terms and codes, what was opened, who attested ---
    groups = cached_property(lambda w: grouped(table(w.file("groups.tsv"), "groups.tsv", "label", "label", unique=False)))
    codes = cached_property(lambda w: {line.decode("latin-1") for line in w.lines("codes.txt")})
    covered = cached_property(lambda w: {g: sum(w.design[h][0] for h in hs if w.completes[h]) for g, hs in w.groups.items()})

    @cached_property
    def terms(self) -> Entry:
        """What the sealed terms say of hours and of grids drawn in two."""
        try: found = json.loads(self.file("terms.json"))
        except (ValueError, RecursionError) as fault:
            raise fault if isinstance(fault, Bad) else Bad("terms.json: no JSON") from None
        need(isinstance(found, dict), "terms.json: no object")
        slots = [isinstance(slot, list) and len(slot) == 4 and all(map(fits, slot, ("W[1-4]", "weekday|weekend", "clock", "clock")))
                 for slot in (found.get("slots") if isinstance(found.get("slots"), list) else [0])]
        need(all(slots), "terms.json: slots are wrong or missing")
        spans = sorted(slot[1:] for slot in found["slots"])
        need(all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(spans)), "terms.json: slots of one hour are two windows")
        for name, form in (("holidays", "date*|none"), ("workdays", "date*|none"), ("split", "label*")):
            need(fits(found.get(name, []), form), f"terms.json: {name} is wrong")
        return {"holidays": [], "workdays": [], "split": [], **found, "named": found.keys()}

    def windows(self, day: str, clock: str = "") -> set[str]:
        """Return the calling windows of a day, or those that are open at a time of it."""
        if day in self.terms["holidays"]: return set()
        working = date.fromisoformat(day).isoweekday() < 6 or day in self.terms["workdays"]
        kind = "weekday" if working else "weekend"
        return {w for w, of, start, stop in self.terms["slots"] if of == kind and (not clock or start <= clock < stop)}

    # By stratum: how many opened answers there are of each option.
    opened = cached_property(lambda w: Counter((h, int(k)) for h, _, k in openings_of(w)))

    # The published tally: of each row its group, answers by option, households by option.
    grouped = cached_property(lambda w: [(g, int(n), [*map(int, ks[:5])], [*map(int, ks[5:])]) for g, n, *ks in (
        w.rows("tally.tsv", "joined", *["count"] * 11) if w.file("tally.tsv") else ())])
    quorum = cached_property(lambda w: max(w.said["quorum"], w.options.quorum or 0) if w.v2
                             else 1 if w.options.quorum is None else w.options.quorum)
    after = cached_property(lambda w: w.one("beacon")["after"])
    kept = cached_property(lambda w: sorted(int(m[1]) for m in map(KEPT.fullmatch, w.files) if m))

    @cached_property
    def attested(self) -> list[Entry]:
        """The valid words of auditors whom the design names."""
        named = self.said["auditors"] if self.said["auditors"] != "none" else []
        return [each for _, each in self.all("attest") if each["by"] in named and self.vouches(each)]

    def vouches(self, each: Entry) -> bool:
        """Whether an auditor's signature stands under this wave, this tally and (where named) these corrections."""
        lines = sorted(self.lines("log.txt")[i] for i, _ in self.all("correction"))
        seen = hexsha(b"".join(line + b"\n" for line in lines))
        text = "".join(f"{word}\n" for word in (
            "huying-attest/v1", self.one("frame")["wave"], each["tally"], each["openings"],
            *([each["corrections"]] if "corrections" in each else [])))
        try: (_, kind, _, public), sig = read_key(each["by"]), unbase64(each["sig"])
        except (Usage, ValueError): return False
        good = each["tally"] == hexsha(self.file("tally.tsv")) and each.get("corrections", seen) == seen and kind == 1
        return good and signed(public, sig, text.encode())

    def unwitnessed(self, signed_at: Mapping[int, float]) -> list[str]:
        """Return the days of the field whose end no checkpoint covers that was witnessed within two days."""
        calls, missing = self.all("attempt"), []
        zone = datetime.fromisoformat(self.one("frame")["at"]).tzinfo
        end = self.all(self.one("score")["t"])[0][0]  # the close may follow the last call at once
        for day in sorted({each["day"] for _, each in calls}):
            last = max(i for i, each in calls if each["day"] == day)
            later = min((i for i, each in calls if each["day"] > day), default=end)
            until = (datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=zone) + timedelta(days=3)).timestamp()
            if not any(last < size <= later and when <= until for size, when in signed_at.items()): missing.append(day)
        return missing

    @cached_property
    def uncalled(self) -> list[tuple[int, Entry, str]]:
        """Outcomes before any call: line, entry, and how the final one says that they came."""
        called, how, found = set[str](), dict[str, str](), []
        for i, each in self.all("attempt", "final", "correction"):
            if each["t"] == "attempt": called.add(each["u"])
            elif each["t"] == "final": how[each["u"]] = each.get("how", "")
            if each["t"] != "attempt" and each["u"] not in called: found.append((i, each, how.get(each["u"], "")))
        return found

    def by_the_close(self, *kinds: str) -> list[tuple[int, Entry]]:
        """The entries that stand before the close, which says how things stood at its place."""
        end = min((i for i, _ in self.all("close")), default=len(self.log))
        return [(i, each) for i, each in self.all(*kinds) if i < end]

    @cached_property
    def unworked(self) -> set[str]:
        """Released units that nobody was sure to find: not called, or not often enough at different times."""
        calls, bad, d = dict[str, set[tuple[str, str]]](), set[str](), self.said
        for _, each in self.by_the_close("attempt", "final", "correction"):
            done = calls.setdefault(each["u"], set())
            if each["t"] == "attempt": done.update({(each["day"], each["w"])} if "in" not in each else ())  # they rang us
            else:
                days, windows, code = {day for day, _ in done}, {w for _, w in done} - {"X"}, outcome(each)
                enough = len(done) >= d["attempts"] and len(windows) >= d["leastwindows"] and len(days) >= LEAST_DAYS
                (bad.add if code in UNTRIED or (code in UNREACHED and not enough) else bad.discard)(each["u"])
        for code, name in (("frame_bad_contact", "nophone"), ("refusal_person", "optout")):
            left = Counter(dict(self.one("frame")[name]))
            for _, each, _ in self.uncalled:
                if outcome(each) == code:
                    left[h := self.sample.get(each["u"])] -= 1
                    if left[h] < 0: bad.add(each["u"])
        return (bad | (self.sample.keys() - self.outcomes.keys())) & self.sample.keys()

def outcome(entry: Entry) -> str: return str(entry["code" if entry["t"] == "final" else "to"])

# --- Version 2: the event's instant, and the tally of groups from which the score follows ----------------------------
UNTRIED, LEAST_DAYS = {"not_attempted", "unknown_if_household"}, 5
NOT_ELIGIBLE = {"out_of_sample", "not_resident", "no_eligible", "duplicate", "other_not_eligible"}
CODES = UNREACHED | UNTRIED | NOT_ELIGIBLE | set(re.findall("[a-z_]+",  # the others say that somebody was reached
    "complete complete_other partial refusal refusal_household refusal_person break_off away_field_period other_eligible"
    " dead_after_draw unable language_household language_respondent language_no_interviewer audio_quality place_unfit"
    " miscellaneous ambiguous_message unknown_respondent no_screener unknown_resident other_unknown frame_bad_contact"))
CHAINS = {  # drand: when a chain began, and how many seconds a round takes
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": (1692803367, 3),
    "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": (1595431050, 30)}
DICE = re.compile(r"dice:([^,]+),([1-9][0-9]{0,2})d(6|10)")

def civil(source: str) -> datetime | None:
    """Return the time in the name of an event of dice or a lottery."""
    time_of = re.fullmatch(r"(?:dice:([^,]+),[0-9]+d[0-9]+|lottery:[^,]+,[^,]+,([^,]+))", source)
    try: at = datetime.fromisoformat((time_of[1] or time_of[2]) if time_of else "")
    except ValueError: return None
    return at if at.tzinfo and 2000 <= at.year < 2200 else None

def instant(source: str) -> float | None:
    """Return when a named event happens, as POSIX time; None where its name doesn't tell."""
    if drand := re.fullmatch("drand:([0-9a-f]{64}),([1-9][0-9]{0,11})", source):
        start, period = CHAINS.get(drand[1], (0, 0))
        return start + (int(drand[2]) - 1) * period if period else None
    return at.timestamp() if (at := civil(source)) else None

def stamp(text: str) -> float: return datetime.fromisoformat(text).timestamp()

def grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group, h in rows: found.setdefault(group, []).append(h)
    return found

def openings_of(w: "Wave") -> list[Any]:
    if w.options.openings is None: raise Skip("no --openings")
    data = w.options.openings[1]
    return table(data, "openings", "label", "salt", "[1-5]", unique=False) if data or not w.v2 else []

Row = tuple[str, list[int], list[int]]  # a group, answers by option, households by option

def tells(c: list[int]) -> bool: return sum(c) < 10 or any(0 < k < 5 for k in c)

def decimals(x: Fraction, digits: int) -> str:
    """Write a number with that many digits after the point, ties to the even one."""
    whole, rest = divmod(round(x * 10**digits), 10**digits)
    return f"{whole}.{rest:0{digits}d}"

def tally_rows(groups: Mapping[str, list[str]], sizes: Mapping[str, int], count: Mapping[tuple[str, int], int]) -> tuple[list[Row], str]:
    """Join groups, then options, until no cell tells of few people; return the rows, and `full`, `few` or `none`."""
    held = [(g, list(hs), [sum(count.get((h, o), 0) for h in hs) for o in range(1, 6)]) for g, hs in sorted(groups.items())]
    while len(held) > 1 and (bad := next((i for i, each in enumerate(held) if tells(each[2])), None)) is not None:
        (a, x, c), (b, y, d) = held[at := min(bad, len(held) - 2)], held[at + 1]
        held[at:at + 2] = [(f"{a}+{b}", x + y, list(map(operator.add, c, d)))]
    def households(hs: list[str]) -> list[int]:
        all_of = {h: n for h in hs if (n := sum(count.get((h, o), 0) for o in range(1, 6)))}
        return [10 * round(sum((Fraction(sizes.get(h, 0) * count.get((h, o), 0), n) for h, n in all_of.items()), Fraction(0)) / 10)
                for o in range(1, 6)]
    rows = [(g, c, households(hs)) for g, hs, c in held]
    if not any(tells(c) for _, c, _ in rows): return rows, "full"
    rows = [(g, *([k[0] + k[1], 0, k[2], k[3] + k[4], 0] for k in (c, of))) for g, c, of in rows]  # type: ignore[misc]
    return (rows, "few") if not any(tells(c) for _, c, _ in rows) else ([], "none")

def score_of(rows: Iterable[Row], covered: Mapping[str, int]) -> tuple[str, str]:
    """Return mean and share; `covered` tells of each group how many households its answered strata have."""
    total, mean, share = 0, Fraction(0), Fraction(0)
    for group, c, households in rows:
        of, size = households if sum(households) else c, sum(covered[g] for g in group.split("+"))
        total, mean = total + size, mean + size * Fraction(sum(k * n for k, n in enumerate(of, 1)), sum(of) or 1)
        share += size * Fraction(of[3] + of[4], sum(of) or 1)
    return (decimals(mean / total, 3), decimals(100 * share / total, 1)) if total else ("none", "none")

# --- The checks: each passes, tells something more, or fails by need(); its title is printed -------------------------
def check_1(w: Wave) -> None:
    """检查点有签名和见证 the checkpoint is signed and witnessed"""
    count, quorum = len(signers(w.file("checkpoint"), w.options.key, "checkpoint")), w.quorum
    need(count >= quorum, f"checkpoint: {count} witnesses, {quorum} asked")

def check_2(w: Wave) -> None:
    """日志就是签过的 the log is the signed one"""
    for i, each in enumerate(w.log, 1): need(isinstance(each, dict), f"log.txt: line {i}: {each}")
    _, _, size, root, _ = read_note(w.file("checkpoint"), "checkpoint")
    need(len(w.log) == size, f"log.txt: {len(w.log)} lines, the checkpoint says {size}")
    need(tree(w.lines("log.txt")) == root, "log.txt: not the lines of the checkpoint's root")
    foreign = {each["t"] for _, each in w.segment if w.v2} - FIELDS_2.keys() - NO_WAVE
    need(not foreign, f"log.txt: entries of a type that doesn't belong here: {sorted(foreign)[:9]}")

def check_3(w: Wave) -> None:
    """历史没有改写 the log continues what was kept"""
    if not w.options.seen: raise Skip("no --seen")
    lines, (_, origin, *_) = w.lines("log.txt"), read_note(w.file("checkpoint"), "checkpoint")
    for file, data in w.options.seen:
        (_, name, size, root, _), _ = read_note(data, file), signers(data, w.options.key, file)
        need(name == origin and size <= len(lines) and tree(lines[:size]) == root, f"log.txt: doesn't continue {file}")

def check_4(w: Wave) -> None:
    """只抽过一次 one frame, design, value, draw and score"""
    for kind in ("design", "beacon", "draw", "score"): w.one(kind)
    label = w.one("frame")["wave"]
    times = sum(isinstance(each, dict) and (each["t"], each.get("wave")) == ("frame", label) for each in w.log)
    need(times == 1, f"log.txt: wave {label} stands {times} times")
    start = w.segment[0][0]
    before = any(isinstance(each, dict) and (each["t"], each.get("v")) == ("design", 2) for each in w.log[:start])
    need(w.one("design").get("v", 1 if not before else 0) == 1 + w.v2, "log.txt: a version before the last one, or unknown")
    if not w.v2: return
    need(fits(w.said["hours"], "span*"), "")
    missing = [name for name in TERMS if name not in w.terms["named"]]
    need(not missing, f"terms.json: doesn't name {' '.join(missing)}")

def check_5(w: Wave) -> None:
    """名单就是冻结的 the frame is the frozen one"""
    count, said = len(w.frame), w.one("frame")
    need(count == said["n"], f"frame.tsv: {count} units, {said['n']} were frozen")
    need(tree(w.lines("frame.tsv")).hex() == said["root"], "frame.tsv: not the frozen list")

def check_6(w: Wave) -> None:
    """各方打开了密封值 the opened parts are the sealed ones"""
    sealed = sorted((each["by"], each["c"]) for _, each in w.all("commit"))
    need(sealed and len(dict(sealed)) == len(sealed), "log.txt: no sealed part, or two of a party")
    opened = sorted((each["by"], hexsha(bytes.fromhex(each["r"]))) for _, each in w.all("reveal"))
    need(sealed == opened, "log.txt: the opened parts are not the sealed ones")
    if w.v2:
        earlier = {value for each in w.log[:w.segment[0][0]] if isinstance(each, dict) and each["t"] in {"commit", "reveal"}
                   for value in (each.get("c"), hexsha(bytes.fromhex(each["r"])) if "r" in each else None)}
        digests = [c for _, c in sealed]
        need(len(set(digests)) == len(digests) and not earlier.intersection(digests), "log.txt: a part that was used before")

def check_7(w: Wave) -> None:
    """先封后抽再访 sealed, then the value, then the draw, then the calls"""
    after = w.one("beacon")["after"]
    beacon, draw, score = (w.all(w.one(kind)["t"])[0][0] for kind in ("beacon", "draw", "score"))
    need(after <= beacon < draw, "log.txt: the draw comes before the public value, or that before the freeze")
    for i, _ in w.all("frame", "exclude", "design", "commit"):
        need(i < after, f"log.txt: line {i + 1} comes after the freeze")
    for i, _ in w.all("reveal"): need(after <= i < draw, f"log.txt: line {i + 1}: opened too early or too late")
    for i, _ in w.all("release", "person", "attempt", "final", "answers", "correction"):
        need(draw < i < score, f"log.txt: line {i + 1} comes before the draw or after the score")

def check_8(w: Wave) -> str:
    """钥匙来自公共数字 the key follows from the public value"""
    frame, beacon, digest = w.one("frame"), w.one("beacon"), hexsha(w.file("design.tsv"))
    parts = "".join(sorted(f"part {each['by']} {each['r']}\n" for _, each in w.all("reveal")))
    text = (f"huying-draw/v1\nwave {frame['wave']}\nframe {frame['n']} {frame['root']}\ndesign {digest}\n"
            f"beacon {beacon['source']} {beacon['value']}\n{parts}")
    need(digest == w.one("design")["sha256"], "design.tsv: not the sealed design")
    need(w.file("draw.txt") == text.encode(), "draw.txt: not what the log says")
    need(hexsha(w.file("draw.txt")) == w.one("draw")["key"], "draw.txt: not the key of the draw")
    for name, field in (("groups.tsv", "groups"), ("terms.json", "terms"), ("codes.txt", "codes")) if w.v2 else ():
        need(hexsha(w.file(name)) == w.said[field], f"{name}: not the sealed one")
    return f"{beacon['source']} = {beacon['value']}"

def check_9(w: Wave) -> None:
    """方案合乎名单 the design fits the frame"""
    sizes = {h: size for h, (size, _, _) in w.design.items()}
    need(sizes == Counter(h for _, h in w.frame), "design.tsv: strata or sizes are not the frame's")
    need(all(1 <= n <= size for size, n, _ in w.design.values()), "design.tsv: a sample of none, or of too many")
    if not w.v2: return
    most = 0 if w.said["most"] == "none" else w.said["most"]
    for grid in w.terms["split"]:
        size, n, r = w.design.get(f"{grid}.L", (0, 0, 0))
        cap = w.said["armcap"] * size // 1000
        need(10 <= cap >= n + most * r + w.late, f"design.tsv: {grid}.L: more than the cap of {cap}, or too few to be drawn apart")

def check_10(w: Wave) -> None:
    """样本就是抽中的 the sample is the drawn one"""
    rows = [f"{h}\t{rank}\t{ticket}\t{unit}\n" for h in w.drawn for rank, (ticket, unit) in enumerate(w.drawn[h], 1)]
    need(w.file("sample.tsv") == "".join(rows).encode(), "sample.tsv: not the drawn units")

def check_11(w: Wave) -> None:
    """抽中的都有结果 who was drawn was worked, and nobody else"""
    finals, calls = Counter(each["u"] for _, each in w.all("final")), [each["u"] for _, each in w.all("attempt")]
    odd = [*(finals.keys() ^ w.sample.keys()), *(finals - Counter(set(finals))), *set(calls).difference(w.sample)]
    need(not odd, f"log.txt: units without an outcome, with two, or worked though not drawn: {sorted(odd)[:9]}")

def check_12(w: Wave) -> str:
    """没打够不放弃 nobody was given up before the promised calls"""
    if w.v2: return check_work(w)
    early_end = any(each["result"] == "early" for _, each in w.all("close"))
    need(not early_end, "log.txt: the wave ended early")
    spared = {unit for _, each in w.all("close") for unit in each.get("unworked", ())}
    calls, early, asked = dict[str, set[str]](), set[str](), w.one("design")["attempts"]
    for unit, each in ((each["u"], each) for _, each in w.all("attempt", "final")):
        if each["t"] == "attempt": calls.setdefault(unit, set()).add(each["at"])
        elif w.outcomes.get(unit) in UNREACHED and len(calls.get(unit, ())) < asked: early.add(unit)
    need(early <= spared, f"log.txt: units given up before {asked} calls: {sorted(early - spared)[:9]}")
    return f"unworked at the end: {len(spared)} {' '.join(sorted(spared))}" if spared else ""

def check_work(w: Wave) -> str:
    """Of version 2: codes, times and effort are those that were sealed; who wasn't worked is computed."""
    d, today, closed = w.said, w.one("beacon")["at"][:10], w.one("close")
    need(w.codes <= CODES, f"codes.txt: outcomes that nobody else knows: {sorted(w.codes - CODES)[:9]}")
    for i, each in w.all("final", "correction"):
        need(outcome(each) in w.codes, f"log.txt: line {i + 1}: an outcome that wasn't sealed")
    for i, each in w.all("attempt", "answers"):
        need(each["day"] >= today, f"log.txt: line {i + 1}: time runs backwards")
        today = each["day"]
        if each["t"] == "answers": continue
        need(d["from"] <= today <= d["until"], f"log.txt: line {i + 1}: a call outside the field's days")
        free = "in" in each or (date.fromisoformat(today).isoweekday() in d["days"] and today not in w.terms["holidays"])
        need(free, f"log.txt: line {i + 1}: a call on a day on which nobody calls")
        need(each["w"] == "X" or each["w"] in w.windows(today), f"log.txt: line {i + 1}: no such window on that day")
    for i, each, how in w.uncalled:
        code = outcome(each)
        good = (code in {"not_attempted", "frame_bad_contact"} or how in {"web", "ivr"}
                or (code == "refusal_person" and how == "dnc") or (code in NOT_ELIGIBLE and how == "registry"))
        need(good, f"log.txt: line {i + 1}: an outcome without a call")
    check_minutes(w)
    named = closed.get("unworked", [])
    need(sorted(named) == sorted(w.unworked), f"log.txt: unworked are {len(w.unworked)} units, not those that close names")
    need(1000 * len(named) <= d["unworked"] * len(w.sample), f"log.txt: {len(named)} of {len(w.sample)} units were not worked")
    need(closed["result"] != "early", "log.txt: the wave ended early")
    return f"unworked at the end: {len(named)} of {len(w.sample)}"

def check_minutes(w: Wave) -> None:
    """Auditors: every call's minute opens, lies in its window and in the hours, and time runs forward."""
    if w.options.minutes is None: return
    rows = table(w.options.minutes[1], "minutes", "unit", "count", "salt", "clock", unique=False) if w.options.minutes[1] else []
    opened, number, last = {(u, int(n)): (nonce, at) for u, n, nonce, at in rows}, Counter[str](), ("", "")
    hours = [span.split("-") for span in w.said["hours"]]
    for i, each in w.all("attempt"):
        number[each["u"]] += 1
        nonce, at = opened.get((each["u"], number[each["u"]]), ("", ""))
        need(hexsha(bytes.fromhex(nonce) + at.encode()) == each["m"], f"minutes: line {i + 1} of log.txt isn't opened")
        need("in" in each or any(start <= at < stop for start, stop in hours), f"minutes: line {i + 1} of log.txt: out of hours")
        need(w.windows(each["day"], at) >= {each["w"]} - {"X"}, f"minutes: line {i + 1} of log.txt: another window")
        need(each["w"] != "X" or not w.windows(each["day"], at) or "in" in each, f"minutes: line {i + 1} of log.txt: in a window")
        need((each["day"], at) >= last, f"minutes: line {i + 1} of log.txt: time runs backwards")
        last = (each["day"], at)
    need(number.total() == len(rows), "minutes: more than there were calls")

def check_13(w: Wave) -> None:
    """每份完成的访问一份答卷 one sealed answer for each complete"""
    listed = [cs for _, each in w.all("answers") for cs in each["c"].values()]
    once = len({c for _, c in w.sealed}) == len(w.sealed)
    need(once and all(cs == sorted(cs) for cs in listed), "log.txt: answers not sorted, or one stands twice")
    need(w.completes == Counter(h for h, c in w.answers), "log.txt: sealed answers are not as many as completes")
    done, batched, day = Counter[str](), Counter[str](), ""
    for i, each in w.all("attempt", "final", "correction", "answers") if w.v2 else ():
        if each["t"] == "answers": batched.update({h: len(cs) for h, cs in each["c"].items()})
        elif each["t"] != "attempt": done[w.sample.get(each["u"], "")] += outcome(each) == "complete"
        elif each["day"] > day:
            need(+done == +batched, f"log.txt: line {i + 1}: a new day before the last day's answers are sealed")
            day = each["day"]
    if not w.v2: return
    bound = [each.get("a") for _, each in w.all("final") if each["code"] == "complete"]
    need(None not in bound and len(set(bound)) == len(bound), "log.txt: a complete interview whose answers aren't bound, or are another's")
    need(all(each["to"] != "complete" for _, each in w.all("correction")), "log.txt: a complete that a correction made: nothing binds it")

def check_14(w: Wave) -> None:
    """票数合乎完成数 the tally counts every complete"""
    if w.v2:
        check_groups(w)
        return
    need(list(w.tally) == list(w.design), "tally.tsv: not the strata of the design")
    sums = Counter({h: sum(counts) for h, counts in w.tally.items()})
    need(sums == w.completes, "tally.tsv: not as many answers as complete interviews")

def check_groups(w: Wave) -> None:
    """Of version 2: the tally's groups are the sealed ones joined, no cell tells of few, and it fits the log."""
    need(sorted(h for hs in w.groups.values() for h in hs) == list(w.design), "groups.tsv: not every stratum once")
    if (said := w.one("score")["tally"]) == "none":
        need(w.file("tally.tsv") == b"", "tally.tsv: not empty, though too few answered")
        if w.options.openings is None: raise Skip("too few answers")
        return
    need([g for row in w.grouped for g in row[0].split("+")] == sorted(w.groups), "tally.tsv: not the sealed groups")
    need(said == "full" or len(w.grouped) == 1, "tally.tsv: options are joined before the groups are")
    for group, n, c, of in w.grouped:
        strata = [h for g in group.split("+") for h in w.groups[g] if w.completes[h]]
        need(n == sum(c) == sum(w.completes[h] for h in strata), f"tally.tsv: {group}: not as many answers as complete interviews")
        need(not tells(c), f"tally.tsv: {group}: an answer of few people shows")
        need(said == "full" or c[1] == c[4] == 0, f"tally.tsv: {group}: options are not joined")
        # What an option stands for lies between the lightest and the heaviest answer, give or take the rounding.
        ratios = [Fraction(w.design[h][0], w.completes[h]) for h in strata]
        slack = 5 if said == "full" else 10
        good = all(k * min(ratios) - slack <= each <= k * max(ratios) + slack and each % 10 == 0 for k, each in zip(c, of, strict=True))
        size = sum(w.design[h][0] for h in strata)
        need(good and abs(sum(of) - size) <= 25, f"tally.tsv: {group}: households that its answers can't stand for")

def check_15(w: Wave) -> None:
    """答卷就是密封的 the opened answers are the sealed ones"""
    rows = openings_of(w)
    opened = Counter((h, hexsha(f"huying-answer/v1\n{h}\n{nonce}\n{answer}\n".encode())) for h, nonce, answer in rows)
    need(opened == Counter(w.answers), "openings: not the sealed answers")
    if w.v2: return
    counts, tally = Counter((h, int(k)) for h, _, k in rows), w.tally.items() if "tally.tsv" in w.files else ()
    need(all(counts[h, k] == c for h, cs in tally for k, c in enumerate(cs, 1)), "openings: not the tally's counts")

def check_16(w: Wave) -> str:
    """得分来自票数 the score follows from the tally"""
    if w.v2: return check_score(w)
    means = {h: Fraction(sum(k * c for k, c in enumerate(cs, 1)), sum(cs)) for h, cs in w.tally.items() if sum(cs)}
    need(means.keys() <= w.design.keys(), "tally.tsv: a stratum that the design lacks")
    weight, said = sum(w.design[h][0] for h in means), w.one("score")["mean"]
    mean = sum((w.design[h][0] * mean for h, mean in means.items()), Fraction(0)) / max(weight, 1)
    text = f"{mean.numerator}/{mean.denominator}" if weight else "none"
    need(said == text, f"log.txt: the score is {said}, the tally gives {text}")
    return f"{text} = {float(mean):.4f}"

def check_score(w: Wave) -> str:
    """Of version 2: mean, share and covered, from the tally; with the openings the tally too."""
    said, state = w.one("score"), w.one("score")["tally"]
    if w.options.openings is not None:
        rows, found = tally_rows(w.groups, {h: size for h, (size, _, _) in w.design.items()}, w.opened)
        text = "".join("\t".join(map(str, (g, sum(c), *c, *of))) + "\n" for g, c, of in rows)
        need((found, text.encode()) == (state, w.file("tally.tsv")), "tally.tsv: not what the openings give")
    mean, share = score_of([(g, c, of) for g, _, c, of in w.grouped], w.covered)
    if state != "full": mean = "none"
    covered = round(Fraction(1000 * sum(w.covered.values()), len(w.frame)))
    stated, computed = (said["mean"], said["share"], said["covered"]), (mean, share, covered)
    need(stated == computed, f"log.txt: the score is {stated}, the tally gives {computed}")
    label = w.one("frame")["wave"]
    tardy = any(each["t"] == "release_made" and each.get("wave", label) == label for _, each in w.segment)
    need(not tardy or said["direct"] == "none", "log.txt: a direct figure of a release that was made too late")
    check_late(w)
    if state == "none" and w.options.openings is None: raise Skip("too few answers")
    return f"share {share} %, mean {mean}, covered {covered} per mille; direct {said['direct']}"

def few(n: int, k: int) -> bool: return n < 10 or 0 < k < 5 or 0 < n - k < 5

def check_late(w: Wave) -> None:
    """Late minus the rest: of whom the log says, as many content as in the tally, and nothing of few people."""
    said = w.one("score").get("late")
    need(not w.late or said not in {None, "none"}, "log.txt: the score doesn't name late minus the rest")
    if not w.late: return
    data, content = w.file("late.tsv"), {g: c[3] + c[4] for g, _, c, _ in w.grouped}
    need(hexsha(data) == said, "late.tsv: not the one that the score names")
    rows = [(g, *map(int, ks)) for g, *ks in (w.rows("late.tsv", "joined", *["count"] * 4) if data else ())]
    need(not rows or [g for row in rows for g in row[0].split("+")] == sorted(w.groups), "late.tsv: not the sealed groups")
    done = Counter((w.sample[u], u in w.late_units) for u, code in w.outcomes.items() if code == "complete")
    least, most = late_limits(w)
    for group, n, k, m, j in rows:
        strata = [h for g in group.split("+") for h in w.groups[g]]
        counted = tuple(sum(done[h, late] for h in strata) for late in (True, False))
        need((n, m) == counted, f"late.tsv: {group}: not as many answers as complete interviews")
        inside = [each for row, each in content.items() if f"+{row}+" in f"+{group}+"]
        need(k + j == sum(inside), f"late.tsv: {group}: not as many content as in the tally")
        need(not few(n, k) and not few(m, j), f"late.tsv: {group}: an answer of few people shows")
        need(sum(least[h] for h in strata) <= k <= sum(most[h] for h in strata), f"late.tsv: {group}: not what was sealed day by day")
    n, m = (sum(done[h, late] for h in w.design) for late in (True, False))
    k, j = least.total(), sum(content.values()) - least.total()
    hidden = rows or not w.grouped or w.options.openings is None or least != most or few(n, k) or few(m, j)
    need(hidden, "late.tsv: empty, though it could be shown")

def late_limits(w: Wave) -> tuple[Counter[str], Counter[str]]:
    """By stratum, how few and how many of the late ones can be content: with the openings, by the days' batches."""
    if w.options.openings is None: return Counter(), Counter({h: len(w.sample) for h in w.design})
    of = {(h, hexsha(f"huying-answer/v1\n{h}\n{nonce}\n{k}\n".encode())): k > "3" for h, nonce, k in openings_of(w)}
    least, most, waits = Counter[str](), Counter[str](), Counter[str]()
    for _, each in w.all("final", "correction", "answers"):
        if each["t"] != "answers":
            unit = each["u"]
            if unit in w.late_units and outcome(each) == w.outcomes[unit] == "complete": waits[w.sample[unit]] += 1
            continue
        for h, listed in each["c"].items():
            good, late = [of[h, c] for c in listed if (h, c) in of], waits.pop(h, 0)
            least[h] += max(0, late - good.count(False))
            most[h] += min(late, good.count(True))
    return least, most

def check_17(w: Wave) -> str:
    """排除的是上几轮样本 those left out were drawn before"""
    if not w.all("exclude"): raise Skip("nobody was left out")
    said, data = w.one("exclude"), w.file("exclude.tsv")
    rows = table(data, "exclude.tsv", "unit", "label", unique=False) if data else []
    need((len(rows), hexsha(data)) == (said["n"], said["sha256"]), "exclude.tsv: not the logged one")
    old, now = {each.one("frame")["wave"]: set(each.sample) for each in w.options.earlier}, dict[str, set[str]]()
    for unit, label in rows: now.setdefault(label, set()).add(unit)
    for label in now.keys() | set(said["waves"]):
        good = label in said["waves"] and (label not in old or old[label] == now.get(label, set()))
        need(good, f"exclude.tsv: not the sample of wave {label}")
    return f"compared with --earlier: {' '.join(old.keys() & set(said['waves'])) or 'none'}"

def check_18(w: Wave) -> None:
    """补充批按规则 replicates by the sealed rule"""
    d = w.said if w.v2 else w.one("design")
    plan, most = (None if d.get(name) == "none" else d.get(name) for name in ("plan", "most"))
    if (plan is None or most is None) and not w.late: raise Skip("no rule was sealed")
    codes, out, late, today, waits = dict[str, str](), Counter[str](), Counter[str](), "", dict[str, str]()
    last, late_day = d.get("lastrelease", "none"), d["late"]["day"] if w.late else ""
    def due(h: str) -> bool:
        size, n, r = w.design[h]
        now = [codes.get(unit) for _, unit in w.drawn[h][: n + out[h] * r + late[h] * w.late]]
        asked = plan is not None and most is not None and out[h] < most and now.count("complete") < plan
        return asked and r > 0 and len(now) < size and None not in now
    entries = w.by_the_close if w.v2 else w.all
    for i, each in entries("release", "final", "correction", *(("attempt", "answers") if w.v2 else ())):
        if each["t"] in {"attempt", "answers"}:
            if each["day"] == today: continue
            for h in filter(lambda h: not due(h), list(waits)): del waits[h]
            lazy = [h for h, since in waits.items() if since < last and each["day"] > following(since)]
            need(not lazy, f"log.txt: line {i + 1}: strata that the rule would have released: {lazy[:9]}")
            need(not late.keys() or each["day"] >= late_day, f"log.txt: line {i + 1}: before the late replicate's day")
            need(not w.late or each["day"] <= late_day or len(late) == len(w.design), f"log.txt: line {i + 1}: no late replicate")
            today = each["day"]
        elif each["t"] != "release":
            codes[each["u"]] = outcome(each)
            if w.v2 and each["u"] in w.sample: waits.setdefault(w.sample[each["u"]], today)
        elif w.v2 and each["why"] == "late":
            good = w.late and each["h"] in w.design and each["h"] not in late and today <= late_day
            need(good, f"log.txt: line {i + 1}: a late replicate that wasn't sealed, or not for that day")
            owed = waits.get(each["h"], late_day) < min(last, late_day) and due(each["h"])
            need(not owed, f"log.txt: line {i + 1}: the rule asked for a replicate of {each['h']} before the late one")
            late[each["h"]] += 1
        else:
            good = each["h"] in w.drawn and due(each["h"]) and (last == "none" or today <= last)
            need(good, f"log.txt: line {i + 1}: a release against the rule")
            out[each["h"]] += 1
            waits.pop(each["h"], None)
    early = any(each["result"] == "early" for _, each in w.all("close"))  # then 12 and 23 fail
    need(not w.late or early or len(late) == len(w.design), "log.txt: strata without their late replicate")
    short = sorted(h for _, each in w.all("close") for h in each.get("short", ()))
    need(short == list(filter(due, w.design)), "log.txt: strata that ended short are not those that close names")

def following(day: str) -> str: return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else day

def check_19(w: Wave) -> None:
    """更正有据 corrections are in order"""
    if not w.all("correction"): raise Skip("no correction")
    codes, left = dict[str, str](), {c for _, c in w.sealed}
    for i, each in w.all("final", "correction"):
        if each["t"] == "correction":
            good = codes.get(each["u"]) == each["from"] and ("drop" in each) == (each["from"] == "complete")
            need(good and left.issuperset(each.get("drop", ())), f"log.txt: line {i + 1}: a wrong correction")
            left.difference_update(each.get("drop", ()))
        codes[each["u"]] = outcome(each)
    undone = [each for _, each in w.all("correction") if w.v2 and each["from"] == "complete"]
    roles = [{name.partition(":")[0] for name in each["by"]} for each in undone]
    need(all(len(held) > 1 for held in roles), "log.txt: a complete undone by one person, or by two of one role")
    allowed = max(Fraction(3), Fraction(sum(each["code"] == "complete" for _, each in w.all("final")), 50))
    many = w.v2 and len(undone) > allowed
    need(not many or any("corrections" in each for each in w.attested), f"log.txt: {len(undone)} completes undone, unseen by an auditor")

def check_20(w: Wave) -> None:
    """问的是抽中的人 the persons asked are the drawn ones"""
    if not w.all("person"): raise Skip("no person was drawn")
    key, called = hexsha(w.file("draw.txt")), set[str]()
    for i, each in w.all("person", *(("attempt",) if w.v2 else ())):
        if each["t"] == "attempt":
            called.add(each["u"])
            continue
        need(each["u"] not in called, f"log.txt: line {i + 1}: the person was named after a call")
        tickets = [(hexsha(f"{key}{each['u']}/{k}".encode()), k) for k in range(1, min(each["m"], 1000) + 1)]
        good = each["u"] in w.sample and min(tickets, default=("", -1))[1] == each["k"]
        need(good, f"log.txt: line {i + 1}: not the drawn person")

def check_21(w: Wave) -> None:
    """公共数字事先指定 the public value is the one named before"""
    beacon, named = w.one("beacon"), w.one("design").get("beacon")
    if named is None: raise Skip("the design named no public value")
    need(beacon["source"] == named, "log.txt: not the public value that was named before")
    good = "sig" not in beacon or hexsha(bytes.fromhex(beacon["sig"])) == beacon["value"]
    need(good, "log.txt: the public value is not its signature's")
    at, told = instant(named), beacon.get("at")
    if at is not None and told is not None:
        need(stamp(told) >= at, "log.txt: the public value was written down before its event")
        before = [(file, data) for file, data in w.options.seen if read_note(data, file)[2] == w.after]
        if w.v2 and (name := f"checkpoints/{w.after}") in w.files: before.append((name, w.file(name)))
        for file, data in before:
            times = sorted(signers(data, w.options.key, file).values())[: w.quorum]
            need(not times or times[-1] < at, f"{file}: witnessed after the event")
    if not w.v2: return
    if at is None: raise Bad("log.txt: the named event tells no instant")
    told, here = civil(named), datetime.fromisoformat(w.one("frame")["at"])
    need(told is None or told.utcoffset() == here.utcoffset(), "log.txt: the event is told by another clock than the freeze")
    order = [stamp(each["at"]) for _, each in w.all("frame", "commit")]
    need(order == sorted(order) and order[-1] < at, "log.txt: frozen or sealed after the event, or time runs backwards")
    dice = DICE.fullmatch(named)
    need(not dice or int(dice[3]) ** int(dice[2]) >= 2**64, "log.txt: so few dice that somebody can try all throws")
    thrown = not dice or re.fullmatch(f"[{'0-9' if dice[3] == '10' else '1-6'}]{{{dice[2]}}}", beacon["value"])
    need(thrown, "log.txt: not the digits of so many dice")

def check_22(w: Wave) -> str:
    """就是问的那一轮 the wave that was asked for, the log's last one"""
    label = w.one("frame")["wave"]
    need(w.v2, "log.txt: a wave of version 1, whose score isn't proved; an old one is checked without --wave")
    need(label == w.options.wave, f"log.txt: this is wave {label}, not {w.options.wave}")
    later = [i + 1 for i, each in enumerate(w.log) if isinstance(each, dict) and each["t"] == "frame" and i > w.segment[0][0]]
    need(not later, f"log.txt: a later wave begins in line {later[:1]}")
    return str(label)

def check_23(w: Wave) -> None:
    """先结束后计分 the field is closed, then counted, then scored"""
    close = w.one("close")
    (at, _), (end, _), log = w.all("close")[0], w.all(w.one("score")["t"])[0], w.all(*FIELDS_2.keys() - NO_WAVE)
    if "early.json" in w.files:
        words = read_object(w.file("early.json").removesuffix(b"\n"))
        text = "" if isinstance(words, Bad) else f"huying-early/v1\n{words.get('salt')}\n{words.get('why')}\n"
        need(hexsha(text.encode()) == close["why"], "early.json: not the words whose digest the log has")
    need(close["result"] == "done", f"log.txt: the wave ended {close['result']}")
    need(at < end == log[-1][0], "log.txt: the score comes before the close, or isn't the last entry")
    for i, _ in w.all("release", "person", "attempt", "final"): need(i < at, f"log.txt: line {i + 1} comes after the close")
    batches = [i for i, _ in w.all("answers")]
    for i, _ in w.all("attest"): need(max(at, *batches[-1:]) < i if batches else at < i, f"log.txt: line {i + 1} comes before the last answers")

def auditor(text: str) -> bytes:
    """Return an auditor's public key, nothing for what is none."""
    try: return read_key(text)[3]
    except Usage: return b""

def check_24(w: Wave) -> str:
    """审计员证明过 what auditors attest is what is published"""
    if w.one("score")["tally"] == "none" and w.options.openings is None: raise Skip("too few answers")
    named = w.said["auditors"] if w.said["auditors"] != "none" else []
    keys = [key for _, kind, _, key in w.options.key if kind == 1] + [key for text in named if (key := auditor(text))]
    need(len(set(keys)) == len(keys), "log.txt: two auditors with one key, or one with the log's own")
    for i, each in w.all("attest"):
        need(each["by"] in named, f"log.txt: line {i + 1}: nobody whom the design names")
        need(each in w.attested, f"log.txt: line {i + 1}: not signed, or of another tally than is published")
        good = w.options.openings is None or hexsha(w.options.openings[1]) == each["openings"]
        need(good, f"log.txt: line {i + 1}: of other openings")
    return f"{len({each['by'] for each in w.attested})} of {len(named)} auditors"

def check_25(w: Wave) -> str:
    """见证没有断过 witnesses signed from the freeze to the score"""
    if not w.quorum: raise Skip("this wave has no witnesses")
    lines, (_, origin, _, _, _) = w.lines("log.txt"), read_note(w.file("checkpoint"), "checkpoint")
    signed_at, levels = dict[int, float](), subtrees(lines)
    for size in w.kept:
        file = f"checkpoints/{size}"
        _, name, said, root, _ = read_note(w.file(file), file)
        need((name, said) == (origin, size) and size <= len(lines), f"{file}: of another log or size")
        need(root_at(levels, size) == root, f"{file}: the log doesn't continue it")
        times = sorted(signers(w.file(file), w.options.key, file).values())
        if len(times) >= w.quorum: signed_at[size] = times[w.quorum - 1]
    need(w.after in signed_at, f"checkpoints/{w.after}: the freeze isn't witnessed")
    need(max(signed_at, default=0) > w.all(w.one("score")["t"])[0][0], "checkpoints: none that is witnessed covers the score")
    missing, days = w.unwitnessed(signed_at), {each["day"] for _, each in w.all("attempt")}
    need(5 * len(missing) <= len(days), f"checkpoints: {len(missing)} of {len(days)} days of the field aren't witnessed")
    return f"{len(signed_at)} checkpoints; days without: {' '.join(missing) or 'none'}"

def check_26(w: Wave) -> str:
    """回访的户是抽出来的 who was called back about an interview was drawn"""
    if not w.all("call_backs"): raise Skip("nobody was drawn to be called back")
    levels, batches, by, finals = subtrees(w.lines("log.txt")), {at for at, _ in w.all("answers")}, dict[str, str](), []
    for i, each in w.all("attempt", "final"):
        if each["t"] == "attempt": by[each["u"]] = each.get("by", "")
        elif each["code"] in {"complete", "complete_other"}: finals.append((i, each["u"], by.get(each["u"], "")))
    before, drawn, more = -1, 0, 0
    for i, each in w.all("call_backs"):
        here, after, size = f"log.txt: line {i + 1}", each["after"], each["size"]
        need(before < after < size <= i and after in batches, f"{here}: not after a day's answers")
        need(root_at(levels, size).hex() == each["root"], f"{here}: not the root of so many lines")
        passed = [f"checkpoints/{at}" for at in w.kept if after < at < size]
        first = not any(len(signers(w.file(name), w.options.key, name)) >= w.quorum for name in passed)
        need(size in w.kept and first if w.quorum else size == after + 1, f"{here}: not the day's first checkpoint")
        kinds, key = dict[str, list[str]](), hexsha(f"huying-callbacks/v1\n{each['root']}\n".encode())
        for _, u, who in (final for final in finals if before < final[0] < after): kinds.setdefault(who, []).append(u)
        lots = [sorted(held, key=lambda u: hexsha((key + u).encode()))[: -(-len(held) // 10)] for held in kinds.values()]
        need(sorted(itertools.chain(*lots)) == each["u"], f"{here}: not who is drawn")
        before, drawn, more = after, drawn + len(each["u"]), more + each["more"]
    return f"{drawn} by lot, {more} for their talks"

# --- Notes and the command line --------------------------------------------------------------------------------------
def notes(w: Wave) -> Iterator[str]:
    for file, data in (seen for seen in w.options.seen if read_note(seen[1], seen[0])[2] == w.one("beacon")["after"]):
        for when in sorted(signers(data, w.options.key, file).values()):
            yield f"{file}: witnessed {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(min(when, 2**37)))}"
    if len(w.all("commit")) == 1: yield "a sole party sealed a part: the draw hangs on it and the public value alone"
    yield f"strata with a single drawn unit: {sum(n < 2 for _, n, _ in w.design.values())}"
    by, groups = {each["u"]: each.get("by") for _, each in w.all("attempt")}, dict[str, Counter[str]]()
    for u, code in [*w.outcomes.items(), *((each["u"], "units corrected") for _, each in w.all("correction"))]:
        for group in (f"stratum {w.sample.get(u)}", f"interviewer {by.get(u)}"):
            groups.setdefault(group, Counter())[code] += 1
    for group, codes in sorted(groups.items()):
        total = codes.total() - codes["units corrected"]
        yield f"{group}: " + ", ".join(f"{code} {n}/{total}" for code, n in codes.items() if n)
    log, last = [each for each in w.log if isinstance(each, dict)], None
    for each in [*(each for each in log if each["t"] in {"frame", "score"}), {"t": "end"}]:
        if last and each["t"] != "score": yield f"wave {last} has no score"
        last = each.get("wave")
    if not w.v2: yield "v1: the score is not proved"
    else: yield from itertools.chain(more_notes(w), late_notes(w), later_notes(w))
    unknown = Counter(each["t"] for each in log if each["t"] not in FIELDS_2.keys() | NO_WAVE)
    yield from (f"{n} entries of unknown type {kind}" for kind, n in unknown.items())

def more_notes(w: Wave) -> Iterator[str]:
    if not w.attested: yield "the score is stated by the operator alone"
    if not w.quorum: yield "no witness: whoever holds the log's key can write its history anew"
    yield from (f"the design names no {name}" for name in NAMED if w.said[name] == "none")
    yield from (f"the terms name no {name}" for name in TERMS if w.terms.get(name) == "none")
    if w.said["voice"] == "adults": yield "the tally counts households, whatever their size"
    if (at := instant(w.said["beacon"])) is not None: yield f"the event: {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(min(at, 2**37)))}"
    day, dates = w.one("frame")["at"][:10], [
        each.get("dates") for each in w.log[: w.segment[0][0]] if isinstance(each, dict) and each["t"] == "calendar"]
    if not any(isinstance(each, list) and day in each for each in dates): yield f"no calendar announced the freeze of {day}"
    if absent := w.one("frame").get("absent"): yield f"grids without households in the registry: {absent}"
    for how, n in sorted(Counter(how for _, _, how in w.uncalled if how).items()): yield f"outcomes without a call, by {how}: {n}"
    if w.options.minutes is None: yield "the minutes of calls are for auditors (--minutes)"
    if w.options.openings is not None:
        turns = Counter((each["from"], each["to"]) for _, each in w.all("correction"))
        yield from (f"corrected from {old} to {new}: {n}" for (old, new), n in sorted(turns.items()))

def late_notes(w: Wave) -> Iterator[str]:
    if not w.late: return
    if not w.file("late.tsv"): yield "late minus the rest: too few answers to be told"
    for group, *counts in w.rows("late.tsv", "joined", *["count"] * 4) if w.file("late.tsv") else ():
        n, k, m, j = map(int, counts)
        yield f"late minus the rest, {group}: {k}/{n} and {j}/{m} content, {100 * (k / max(n, 1) - j / max(m, 1)):+.1f} points"

def later_notes(w: Wave) -> Iterator[str]:
    words = read_object(w.file("early.json").rstrip()) if "early.json" in w.files else {}
    if isinstance(words, dict) and words: yield f"why it ended early, in words: {words.get('why')}"
    for _, each in w.all("release_made", "erase"):
        made = each["t"] == "release_made"
        yield f"a release was made later: direct {each['direct']}" if made else f"answers erased of wave {each['wave']}: {each['n']}"

def given(path: str) -> tuple[str, bytes]:
    try: return path, Path(path).read_bytes()
    except (OSError, ValueError) as fault: raise Usage(str(fault)) from None

def say(text: str) -> None:
    print("".join(sign if sign.isprintable() else "?" for sign in text))  # what a bundle says can't steer the terminal

def findings(w: Wave) -> Iterator[tuple[str, int, str]]:
    """Yield of each check how it ended (`ok`, `FAIL` or `skip`), its number, and what is to be said."""
    for number in range(1, 27 if w.v2 else 22 if w.options.wave is None else 23):
        check = globals()[f"check_{number}"]
        title = check.__doc__.split("\n")[0]
        try: yield "ok", number, f"{title}{f': {more}' if (more := check(w)) else ''}"
        except Skip as why: yield "skip", number, f"{title}: {why}"
        except (Bad, MemoryError) as why: yield "FAIL", number, f"{why or 'not enough memory'} [{title}]"

def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verify.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("bundle", type=Wave)
    parser.add_argument("--key", type=read_key, action="append", required=True, metavar="VKEY")
    parser.add_argument("--wave", metavar="LABEL")
    parser.add_argument("--quorum", type=int, metavar="K")
    parser.add_argument("--seen", type=given, action="append", default=[], metavar="FILE")
    parser.add_argument("--openings", type=given, metavar="FILE")
    parser.add_argument("--minutes", type=given, metavar="FILE")
    parser.add_argument("--earlier", type=Wave, action="append", default=[], metavar="BUNDLE")
    if isinstance(sys.stdout, io.TextIOWrapper): sys.stdout.reconfigure(errors="replace")
    wave, ended = (options := parser.parse_args(words)).bundle, dict[str, list[str]](FAIL=[], skip=[], ok=[])
    wave.options = options
    if wave.v2:
        if options.wave is None: parser.error("哪一轮 which wave? --wave LABEL")
        start, design = wave.segment[0][1], wave.all("design")[0][1]
        say(f"wave {start['wave']} {design.get('from', '?')} – {design.get('until', '?')}")
    for word, number, text in findings(wave):
        ended[word].append(str(number))
        say(f"{word:<4} {number} {text}")
    try:
        for text in notes(wave): say(f"note {text}")
    except (Bad, Skip): pass
    numbers = f"failed: {' '.join(ended['FAIL']) or 'none'}, skipped: {' '.join(ended['skip']) or 'none'}"
    print(f"NOT VERIFIED 核查没有通过 ({numbers})" if ended["FAIL"] else f"verified 核查通过 ({numbers})")
    return 1 if ended["FAIL"] else 0

if __name__ == "__main__": sys.exit(main())
