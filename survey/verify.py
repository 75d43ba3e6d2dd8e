"""用这一个文件核查一轮公布的抽样。 Check a published wave with this file alone: Python 3.11 or later is all it needs.

    python3 -I verify.py bundle.zip --key VKEY [--key VKEY ...] [--quorum K] [--seen FILE] [--openings FILE]

It shares no code with the program that drew the sample, on purpose: read it, copy it, run it anywhere.
In order: signatures, checkpoint, log entries, files, the wave, its 21 checks, notes, the command line.
"""

# Set tightly, to be printed and read in an evening:
# fmt: off
import argparse, base64, hashlib, io, json, operator, re, struct, sys, time, zipfile, zlib
from collections import Counter
from collections.abc import Iterator
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

# --- The log's entries: name=form of each type's fields; a field with ? may be left out, a form with * is a list -----
FIELDS = {
    "frame": "n=int root=hash wave=label", "exclude": "n=int sha256=hash waves=label*", "draw": "key=hash",
    "design": "attempts=int sha256=hash beacon?=public plan?=int most?=int item?=text voice?=household|adults",
    "commit": "by=party c=hash", "reveal": "by=party r=hash", "release": "h=label why=text",
    "beacon": "after=int source=public value=public sig?=hex", "person": "u=unit m=int k=int s?=salt",
    "attempt": "u=unit at=minute by?=text s?=salt", "final": "u=unit code=code s?=salt", "answers": "day=day c=batch",
    "correction": "u=unit from=code to=code why=text drop?=hash* s?=salt", "score": "mean=mean tally?=withheld",
    "close": "result=done|void why=text by?=party* short?=label* unworked?=unit*",
    "key": "op=add|drop role=log|witness vkey=text"}
FORMS = {
    "hash": "[0-9a-f]{64}", "salt": "[0-9a-f]{32}", "hex": "(?:[0-9a-f]{2})+", "unit": "[0-9A-Z]{14}",
    "label": "[0-9A-Za-z._-]{1,32}", "party": "[a-z0-9-]{1,64}", "public": "[!-~]{1,200}", "text": "(?s:.*)",
    "code": "[a-z][a-z0-9_]{0,31}", "mean": "none|(?:0|[1-9][0-9]*)/[1-9][0-9]*", "count": "0|[1-9][0-9]{0,14}",
    "day": "[0-9]{4}-[0-9]{2}-[0-9]{2}", "minute": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"}
UNREACHED = {"noncontact", "never_available", "household_machine", "no_answer", "always_busy", "machine_unknown",
             "blocked", "technical"}
Entry = dict[str, Any]

def fits(value: object, form: str) -> bool:
    if form == "int": return type(value) is int and value >= 0
    if form[-1] == "*": return isinstance(value, list) and all(fits(each, form[:-1]) for each in value)
    if form != "batch": return isinstance(value, str) and re.fullmatch(FORMS.get(form, form), value) is not None
    return isinstance(value, dict) and all(fits(h, "label") and c and fits(c, "hash*") for h, c in value.items())

def plain(value: object) -> bool:
    """Whether there are only strings, integers below 2^53, lists, and objects with ASCII names."""
    if isinstance(value, dict): return all(name.isascii() and plain(each) for name, each in value.items())
    if isinstance(value, list): return all(map(plain, value))
    return isinstance(value, str) or (type(value) is int and abs(value) < 2**53)

def read_entry(line: bytes) -> Entry | Bad:
    """Return a line's entry, or what is wrong with it."""
    try:
        found: Entry = json.loads(line)
        # Written again it must be the same bytes: no name stands twice, nothing is spaced or ordered otherwise.
        again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        need(again == line and plain(found) and isinstance(found["t"], str), "")
    except (ValueError, LookupError, TypeError, RecursionError): return Bad("not canonical JSON (or a name twice)")
    for field, form in (pair.split("=") for pair in FIELDS.get(found["t"], "").split()):
        good = fits(found[name], form) if (name := field.rstrip("?")) in found else field != name
        if not good: return Bad(f"{found['t']}: field {name} is wrong or missing")
    return found

# --- The files: from a directory or a zip, none above its limit; what can't be read stands as the reason -------------
LIMITS = {"checkpoint": 2**16, "draw.txt": 2**16} | dict.fromkeys(
    ("log.txt", "frame.tsv", "design.tsv", "exclude.tsv", "sample.tsv", "tally.tsv"), 2**31)
FAULTS = (OSError, EOFError, ValueError, RuntimeError, ArithmeticError, MemoryError, struct.error, zlib.error,
          zipfile.BadZipFile)

def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    need(info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}, "packed in a way that may never end")
    return archive.open(info).read(info.file_size)  # whatever is packed, no more than was declared

def read_bundle(path: Path) -> dict[str, bytes | Bad]:
    files: dict[str, bytes | Bad] = {}
    try:
        paths = [path / name for name in LIMITS if (path / name).is_file()]
        found: list[tuple[str, int, Any]] = [(each.name, each.stat().st_size, each.read_bytes) for each in paths]
        if not path.is_dir():
            archive = zipfile.ZipFile(path)
            inside = (info for info in archive.infolist() if info.filename in LIMITS)
            found = [(info.filename, info.file_size, partial(unpack, archive, info)) for info in inside]
    except FAULTS as fault: return dict.fromkeys(LIMITS, Bad(f"{path.name}: not a bundle: {fault}"))
    for name, size, read in found:
        try:
            need(size <= LIMITS[name] and name not in files, "too large" if size > LIMITS[name] else "stands twice")
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

    def __init__(self, path: str) -> None:
        if not Path(path).exists(): raise Usage(f"没有这个文件 no such file: {path!a}")
        self.files = read_bundle(Path(path))

    def file(self, name: str) -> bytes:
        found = self.files.get(name, Bad(f"not checked: {name} is missing"))
        if isinstance(found, Bad): raise found
        return found

    def lines(self, name: str) -> list[bytes]: return lines_of(self.file(name), name)

    def rows(self, name: str, *forms: str) -> list[Any]: return table(self.file(name), name, *forms)

    log = cached_property(lambda w: [read_entry(line) for line in w.lines("log.txt")])

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
    def drawn(self) -> dict[str, list[tuple[str, str]]]:
        """By stratum: (ticket, unit) of the released units, drawn here once more."""
        out, key = Counter(each["h"] for _, each in self.all("release")), hexsha(self.file("draw.txt"))
        need(out.keys() <= self.design.keys(), "log.txt: a release of an unknown stratum")
        tickets: dict[str, list[str]] = {h: [] for h in self.design}
        for unit, h in self.frame:
            if h in tickets: tickets[h].append(hashlib.sha256((key + unit).encode()).hexdigest() + unit)
        ranked = {h: sorted(tickets[h])[: n + out[h] * r] for h, (_, n, r) in self.design.items()}
        return {h: [(each[:64], each[64:]) for each in units] for h, units in ranked.items()}

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
        """By stratum: how many answered 1, 2, 3, 4, 5."""
        withheld = "tally.tsv" not in self.files and self.one("score").get("tally") == "withheld"
        if withheld: raise Skip("the tally is withheld: it could tell what somebody answered")
        return {h: [int(count) for count in counts] for h, *counts in self.rows("tally.tsv", "label", *["count"] * 5)}

def outcome(entry: Entry) -> str: return str(entry["code" if entry["t"] == "final" else "to"])

# --- The checks: each passes, tells something more, or fails by need(); its title is printed -------------------------
def check_1(w: Wave) -> None:
    """检查点有签名和见证 the checkpoint is signed and witnessed"""
    count, quorum = len(signers(w.file("checkpoint"), w.options.key, "checkpoint")), w.options.quorum
    need(count >= quorum, f"checkpoint: {count} witnesses, {quorum} asked")

def check_2(w: Wave) -> None:
    """日志就是签过的 the log is the signed one"""
    for i, each in enumerate(w.log, 1): need(isinstance(each, dict), f"log.txt: line {i}: {each}")
    _, _, size, root, _ = read_note(w.file("checkpoint"), "checkpoint")
    need(len(w.log) == size, f"log.txt: {len(w.log)} lines, the checkpoint says {size}")
    need(tree(w.lines("log.txt")) == root, "log.txt: not the lines of the checkpoint's root")

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
    return f"{beacon['source']} = {beacon['value']}"

def check_9(w: Wave) -> None:
    """方案合乎名单 the design fits the frame"""
    sizes = {h: size for h, (size, _, _) in w.design.items()}
    need(sizes == Counter(h for _, h in w.frame), "design.tsv: strata or sizes are not the frame's")
    need(all(1 <= n <= size for size, n, _ in w.design.values()), "design.tsv: a sample of none, or of too many")

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
    spared = {unit for _, each in w.all("close") for unit in each.get("unworked", ())}
    calls, early, asked = dict[str, set[str]](), set[str](), w.one("design")["attempts"]
    for unit, each in ((each["u"], each) for _, each in w.all("attempt", "final")):
        if each["t"] == "attempt": calls.setdefault(unit, set()).add(each["at"])
        elif w.outcomes.get(unit) in UNREACHED and len(calls.get(unit, ())) < asked: early.add(unit)
    need(early <= spared, f"log.txt: units given up before {asked} calls: {sorted(early - spared)[:9]}")
    return f"unworked at the end: {len(spared)} {' '.join(sorted(spared))}" if spared else ""

def check_13(w: Wave) -> None:
    """每份完成的访问一份答卷 one sealed answer for each complete"""
    listed = [cs for _, each in w.all("answers") for cs in each["c"].values()]
    once = len({c for _, c in w.sealed}) == len(w.sealed)
    need(once and all(cs == sorted(cs) for cs in listed), "log.txt: answers not sorted, or one stands twice")
    need(w.completes == Counter(h for h, c in w.answers), "log.txt: sealed answers are not as many as completes")

def check_14(w: Wave) -> None:
    """票数合乎完成数 the tally counts every complete"""
    need(list(w.tally) == list(w.design), "tally.tsv: not the strata of the design")
    sums = Counter({h: sum(counts) for h, counts in w.tally.items()})
    need(sums == w.completes, "tally.tsv: not as many answers as complete interviews")

def check_15(w: Wave) -> None:
    """答卷就是密封的 the opened answers are the sealed ones"""
    if w.options.openings is None: raise Skip("no --openings")
    rows = table(w.options.openings[1], "openings", "label", "salt", "[1-5]", unique=False)
    opened = Counter((h, hexsha(f"huying-answer/v1\n{h}\n{nonce}\n{answer}\n".encode())) for h, nonce, answer in rows)
    need(opened == Counter(w.answers), "openings: not the sealed answers")
    counts, tally = Counter((h, int(k)) for h, _, k in rows), w.tally.items() if "tally.tsv" in w.files else ()
    need(all(counts[h, k] == c for h, cs in tally for k, c in enumerate(cs, 1)), "openings: not the tally's counts")

def check_16(w: Wave) -> str:
    """得分来自票数 the score follows from the tally"""
    means = {h: Fraction(sum(k * c for k, c in enumerate(cs, 1)), sum(cs)) for h, cs in w.tally.items() if sum(cs)}
    need(means.keys() <= w.design.keys(), "tally.tsv: a stratum that the design lacks")
    weight, said = sum(w.design[h][0] for h in means), w.one("score")["mean"]
    mean = sum((w.design[h][0] * mean for h, mean in means.items()), Fraction(0)) / max(weight, 1)
    text = f"{mean.numerator}/{mean.denominator}" if weight else "none"
    need(said == text, f"log.txt: the score is {said}, the tally gives {text}")
    return f"{text} = {float(mean):.4f}"

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
    plan, most = map(w.one("design").get, ("plan", "most"))
    if plan is None or most is None: raise Skip("no rule was sealed")
    codes, out = dict[str, str](), Counter[str]()
    def due(h: str) -> bool:
        size, n, r = w.design[h]
        now = [codes.get(unit) for _, unit in w.drawn[h][: n + out[h] * r]]
        return r > 0 and out[h] < most and len(now) < size and None not in now and now.count("complete") < plan
    for i, each in w.all("release", "final", "correction"):
        if each["t"] != "release": codes[each["u"]] = outcome(each)
        else:
            need(each["h"] in w.drawn and due(each["h"]), f"log.txt: line {i + 1}: a release against the rule")
            out[each["h"]] += 1
    short = sorted(h for _, each in w.all("close") for h in each.get("short", ()))
    need(short == list(filter(due, w.design)), "log.txt: strata that ended short are not those that close names")

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

def check_20(w: Wave) -> None:
    """问的是抽中的人 the persons asked are the drawn ones"""
    if not w.all("person"): raise Skip("no person was drawn")
    key = hexsha(w.file("draw.txt"))
    for i, each in w.all("person"):
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
    unknown = Counter(each["t"] for each in log if each["t"] not in FIELDS)
    yield from (f"{n} entries of unknown type {kind}" for kind, n in unknown.items())

def given(path: str) -> tuple[str, bytes]:
    try: return path, Path(path).read_bytes()
    except (OSError, ValueError) as fault: raise Usage(str(fault)) from None

def say(text: str) -> None:
    print("".join(sign if sign.isprintable() else "?" for sign in text))  # what a bundle says can't steer the terminal

def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verify.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("bundle", type=Wave)
    parser.add_argument("--key", type=read_key, action="append", required=True, metavar="VKEY")
    parser.add_argument("--quorum", type=int, default=1, metavar="K")
    parser.add_argument("--seen", type=given, action="append", default=[], metavar="FILE")
    parser.add_argument("--openings", type=given, metavar="FILE")
    parser.add_argument("--earlier", type=Wave, action="append", default=[], metavar="BUNDLE")
    if isinstance(sys.stdout, io.TextIOWrapper): sys.stdout.reconfigure(errors="replace")
    wave, ended = (options := parser.parse_args(words)).bundle, dict[str, list[str]](FAIL=[], skip=[], ok=[])
    wave.options = options
    for number in range(1, 22):
        check = globals()[f"check_{number}"]
        title = check.__doc__
        try: word, text = "ok", f"{title}{f': {more}' if (more := check(wave)) else ''}"
        except Skip as why: word, text = "skip", f"{title}: {why}"
        except (Bad, MemoryError) as why: word, text = "FAIL", f"{why or 'not enough memory'} [{title}]"
        ended[word].append(str(number))
        say(f"{word:<4} {number} {text}")
    try:
        for text in notes(wave): say(f"note {text}")
    except (Bad, Skip): pass
    numbers = f"failed: {' '.join(ended['FAIL']) or 'none'}, skipped: {' '.join(ended['skip']) or 'none'}"
    print(f"NOT VERIFIED 核查没有通过 ({numbers})" if ended["FAIL"] else f"verified 核查通过 ({numbers})")
    return 1 if ended["FAIL"] else 0

if __name__ == "__main__": sys.exit(main())
