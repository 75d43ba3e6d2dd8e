"""An outsider's check of a published wave: standard library only, no code shared with the project.

Prints a line for each check of a bundle; exit status 0 none failed, 1 some failed, 2 wrong usage.
"""

import argparse, base64, hashlib, json, re, sys, zipfile  # noqa: E401
from collections import Counter
from fractions import Fraction
from pathlib import Path

SMALL, LARGE = 64 * 1024, 2 * 1024**3
LIMITS = {"checkpoint": SMALL, "draw.txt": SMALL, "vkeys": SMALL}
FILES = (
    "checkpoint",
    "log.txt",
    "frame.tsv",
    "design.tsv",
    "draw.txt",
    "exclude.tsv",
    "sample.tsv",
    "tally.tsv",
)
UNREACHED = {
    "noncontact", "never_available", "household_machine", "no_answer", "always_busy", "machine_unknown",
    "blocked", "technical",
}  # fmt: skip


class Bad(Exception):
    """A check failed; the text says where and why."""


class Skip(Exception):
    """A check doesn't apply; the text says why."""


class Usage(Exception):
    """The command line is wrong."""


def sha(data):
    return hashlib.sha256(data).digest()


def hexsha(data):
    return hashlib.sha256(data).hexdigest()


def need(condition, reason):
    if not condition:
        raise Bad(reason)


# --- Ed25519 (RFC 8032), plain and slow -------------------------------------------------------------------

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def plus(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(k, point):
    result = (0, 1, 1, 0)
    while k:
        if k & 1:
            result = plus(result, point)
        point, k = plus(point, point), k >> 1
    return result


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(public, signature, message):
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    (x1, y1, z1, _), (x2, y2, z2, _) = times(s, BASE), plus(r, times(k, a))
    return (x1 * z2 - x2 * z1) % P == 0 and (y1 * z2 - y2 * z1) % P == 0


# --- Notes: the signed checkpoint --------------------------------------------------------------------------


def vkey(text):
    try:
        name, ident, coded = text.strip().split("+", 2)
        raw = base64.b64decode(coded, validate=True)
    except ValueError:
        raise Usage(f"not a vkey: {text}") from None
    kind, public = raw[:1], raw[1:]
    if kind not in (b"\x01", b"\x04"):
        raise Usage(f"this verifier knows no key of type 0x{kind.hex()}: {name}")
    if len(public) != 32 or sha(name.encode() + b"\n" + raw)[:4].hex() != ident:
        raise Usage(f"not a vkey: {text}")
    return name, kind[0], bytes.fromhex(ident), public


def note(data, keys):
    """Return (origin, size, root, names of log keys that signed, {witness key: time}); raise Bad."""
    try:
        head, tail = data.decode().rsplit("\n\n", 1)
        origin, size, root = head.split("\n")
        need(re.fullmatch("0|[1-9][0-9]*", size), "the size is no number")
        root = base64.b64decode(root, validate=True)
        lines = [
            re.fullmatch("— ([^ +]+) ([A-Za-z0-9+/=]+)", line) for line in tail.removesuffix("\n").split("\n")
        ]
        need(data.endswith(b"\n") and origin and len(root) == 32 and all(lines), "not a checkpoint")
        signatures = [(line[1], base64.b64decode(line[2], validate=True)) for line in lines]
    except (ValueError, UnicodeDecodeError):
        raise Bad("not a checkpoint") from None
    text, logs, witnesses = (head + "\n").encode(), set(), {}
    for name, rest in signatures:
        for key_name, kind, ident, public in keys:
            if (key_name, ident) != (name, rest[:4]):
                continue
            time = rest[4:12] if kind == 4 else b""
            seconds = int.from_bytes(time, "big")
            message = f"cosignature/v1\ntime {seconds}\n".encode() + text if kind == 4 else text
            need(signed(public, rest[4 + len(time) :], message), f"bad signature of {name}")
            if kind == 1 and name == origin:
                logs.add(public)
            elif kind == 4 and name != origin:
                witnesses[public] = seconds
    need(logs, "no valid signature by a given log key")
    return origin, int(size), root, {public: when for public, when in witnesses.items() if public not in logs}


def tree(lines):
    """Return the RFC 6962 root of lines (no LF)."""
    level, peaks = [sha(b"\0" + line) for line in lines], []
    while level:
        if len(level) & 1:
            peaks.append(level.pop())
        level = [sha(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    root = peaks[0] if peaks else sha(b"")
    for peak in peaks[1:]:
        root = sha(b"\1" + peak + root)
    return root


# --- The log's entries -------------------------------------------------------------------------------------

HASH, SALT, UNIT, LABEL = "[0-9a-f]{64}", "[0-9a-f]{32}", "[0-9A-Z]{14}", "[0-9A-Za-z._-]{1,32}"
PARTY, PUBLIC, CODE, ANY = "[a-z0-9-]{1,64}", "[!-~]{1,200}", "[a-z][a-z0-9_]{0,31}", "(?s).*"
MEAN = "none|-?(0|[1-9][0-9]*)/[1-9][0-9]*"
INT, DAY, MINUTE = int, "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"
FIELDS = {  # type: (required, optional); a list holds a pattern for each of its items
    "frame": ({"n": INT, "root": HASH, "wave": LABEL}, {}),
    "exclude": ({"n": INT, "sha256": HASH, "waves": [LABEL]}, {}),
    "design": (
        {"attempts": INT, "sha256": HASH},
        {"beacon": PUBLIC, "plan": INT, "most": INT, "item": ANY, "voice": "household|adults"},
    ),
    "commit": ({"by": PARTY, "c": HASH}, {}),
    "reveal": ({"by": PARTY, "r": HASH}, {}),
    "beacon": ({"after": INT, "source": PUBLIC, "value": PUBLIC}, {"sig": "([0-9a-f]{2})+"}),
    "draw": ({"key": HASH}, {}),
    "release": ({"h": LABEL, "why": ANY}, {}),
    "person": ({"u": UNIT, "m": INT, "k": INT}, {"s": SALT}),
    "attempt": ({"u": UNIT, "at": MINUTE}, {"by": ANY, "s": SALT}),
    "final": ({"u": UNIT, "code": CODE}, {"s": SALT}),
    "answers": ({"day": DAY, "c": {LABEL: [HASH]}}, {}),
    "correction": ({"u": UNIT, "from": CODE, "to": CODE, "why": ANY}, {"drop": [HASH], "s": SALT}),
    "close": ({"result": "done|void", "why": ANY}, {"by": [PARTY], "short": [LABEL], "unworked": [UNIT]}),
    "score": ({"mean": MEAN}, {"tally": "withheld"}),
    "key": ({"op": "add|drop", "role": "log|witness", "vkey": ANY}, {}),
}


def fits(value, rule):
    if rule is INT:
        return type(value) is int and 0 <= value < 2**53
    if isinstance(rule, list):
        return isinstance(value, list) and all(fits(each, rule[0]) for each in value)
    if isinstance(rule, dict):
        ((name, inner),) = rule.items()
        return isinstance(value, dict) and all(
            fits(k, name) and v and fits(v, inner) for k, v in value.items()
        )
    return isinstance(value, str) and re.fullmatch(rule, value) is not None


def plain(value):
    if isinstance(value, dict):
        return all(key.isascii() and plain(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return isinstance(value, str) or (type(value) is int and abs(value) < 2**53)


def entry(number, line):
    """Return the entry of a canonical line; raise Bad."""
    where = f"log.txt: line {number + 1}"
    try:
        found = json.loads(line)
        again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Bad(f"{where} is not canonical") from None
    need(isinstance(found, dict) and again == line and plain(found), f"{where} is not canonical")
    need(isinstance(found.get("t"), str), f"{where} has no type")
    required, optional = FIELDS.get(found["t"], ({}, {}))
    whole = all(name in found for name in required)
    rules = {**required, **optional}
    need(
        whole and all(fits(found[n], rules[n]) for n in rules if n in found),
        f"{where}: fields of {found['t']}",
    )
    return found


# --- The bundle --------------------------------------------------------------------------------------------


def read_bundle(path):
    """Return the files of a directory or zip as {name: bytes, or Bad}."""
    files = {}
    try:
        if path.is_dir():
            for name in FILES:
                if (path / name).is_file():
                    small = (path / name).stat().st_size <= LIMITS.get(name, LARGE)
                    files[name] = (path / name).read_bytes() if small else Bad(f"{name}: too large")
            return files
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename in FILES:
                    small = info.file_size <= LIMITS.get(info.filename, LARGE)
                    files[info.filename] = archive.read(info) if small else Bad(f"{info.filename}: too large")
        return files
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        return dict.fromkeys(FILES, Bad(f"{path.name}: can't be read: {error}")) | {"exclude.tsv": b""}


def lines_of(data, name):
    need(data, f"{name}: is empty")
    need(data.endswith(b"\n") and b"\r" not in data, f"{name}: every line must end in LF, none in CR")
    return data[:-1].split(b"\n")


def table(data, name, *patterns):
    """Return the rows of a sorted table, checked field by field."""
    rows, last = [], b""
    for number, line in enumerate(lines_of(data, name), 1):
        fields = line.decode("utf-8", "replace").split("\t")
        good = len(fields) == len(patterns) and all(map(re.fullmatch, patterns, fields))
        need(good and line > last, f"{name}: line {number} has a wrong field, or isn't in order")
        rows.append(fields)
        last = line
    return rows


N = "0|[1-9][0-9]{0,14}"


class Wave:
    """What the checks share; each part is read once, and its fault raised wherever it is needed."""

    def __init__(self, files, options):
        self.files, self.options, self.parts = files, options, {}
        self.keys = [vkey(text) for text in options.key]

    def get(self, name):
        if name not in self.parts:
            try:
                self.parts[name] = getattr(self, "read_" + name)()
            except Bad as fault:
                self.parts[name] = Bad(f"not checked: {fault}")
                raise
        if isinstance(self.parts[name], Bad):
            raise self.parts[name]
        return self.parts[name]

    def file(self, name):
        found = self.files.get(name, Bad(f"{name}: is missing"))
        if isinstance(found, Bad):
            raise found
        return found

    def read_lines(self):
        return lines_of(self.file("log.txt"), "log.txt")

    def read_log(self):
        """All entries, with their numbers; an unreadable one stands as an empty entry."""
        entries = []
        for number, line in enumerate(self.get("lines")):
            try:
                entries.append(entry(number, line))
            except Bad as fault:
                entries.append({"t": "", "fault": fault})
        return entries

    def read_segment(self):
        """The entries of this wave as (number, entry)."""
        log = self.get("log")
        starts = [i for i, each in enumerate(log) if each["t"] == "frame"]
        need(starts, "log.txt: no frame")
        named = re.search(rb"\nwave ([^\n]*)\n", self.files["draw.txt"]) if self.has("draw.txt") else None
        label = named[1].decode("utf-8", "replace") if named else ""
        start = next((i for i in starts if log[i]["wave"] == label), starts[-1])
        stop = min([i for i in starts if i > start], default=len(log))
        return [(i, log[i]) for i in range(start, stop)]

    def has(self, name):
        return isinstance(self.files.get(name), bytes)

    def all(self, *kinds):
        return [(i, each) for i, each in self.get("segment") if each["t"] in kinds]

    def one(self, kind):
        found = self.all(kind)
        need(len(found) == 1, f"log.txt: {len(found)} entries of type {kind}, not one")
        return found[0][1]

    def read_frame(self):
        return table(self.file("frame.tsv"), "frame.tsv", UNIT, LABEL, HASH)

    def read_design(self):
        rows = table(self.file("design.tsv"), "design.tsv", LABEL, N, N, N)
        return {h: (int(size), int(n), int(r)) for h, size, n, r in rows}

    def read_ranks(self):
        """Every stratum's units as (ticket, unit) in the order of the draw."""
        key, ranks = hexsha(self.file("draw.txt")), {}
        for unit, stratum, _ in self.get("frame"):
            ranks.setdefault(stratum, []).append((hexsha((key + unit).encode()), unit))
        return {stratum: sorted(units) for stratum, units in ranks.items()}

    def read_sample(self):
        """The released units: {unit: stratum}, in the order of sample.tsv."""
        design, ranks = self.get("design"), self.get("ranks")
        released = Counter(each["h"] for _, each in self.all("release"))
        need(set(released) <= set(design), "log.txt: a release of an unknown stratum")
        need(set(design) == set(ranks), "design.tsv: not the strata of the frame")
        taken = {h: design[h][1] + released[h] * design[h][2] for h in design}
        return {unit: h for h in sorted(design) for _, unit in ranks[h][: taken[h]]}

    def read_outcomes(self):
        """Outcomes in force of sampled units: {unit: code}."""
        sample = self.get("sample")
        found = {each["u"]: each["code"] for _, each in self.all("final") if each["u"] in sample}
        return found | {each["u"]: each["to"] for _, each in self.all("correction") if each["u"] in found}

    def read_answers(self):
        """Commitments that count: {stratum: [commitment]}."""
        found = {}
        for _, each in self.all("answers"):
            for h, listed in each["c"].items():
                need(listed == sorted(listed), f"log.txt: answers of {h} are not sorted")
                found.setdefault(h, []).extend(listed)
        given = [c for listed in found.values() for c in listed]
        need(len(given) == len(set(given)), "log.txt: an answer is listed twice")
        dropped = {c for _, each in self.all("correction") for c in each.get("drop", ())}
        need(dropped <= set(given), "log.txt: a dropped answer was never there")
        return {h: [c for c in listed if c not in dropped] for h, listed in found.items()}

    def read_tally(self):
        if "tally.tsv" not in self.files and self.one("score").get("tally") == "withheld":
            raise Skip("the tally is withheld")
        rows = table(self.file("tally.tsv"), "tally.tsv", LABEL, *[N] * 5)
        return {h: [int(c) for c in counts] for h, *counts in rows}


# --- The checks: each returns a text, or raises Bad or Skip ------------------------------------------------


def check_1(w):
    """the checkpoint is signed by the log and by enough witnesses"""
    origin, size, root, witnesses = note(w.file("checkpoint"), w.keys)
    need(
        len(witnesses) >= w.options.quorum,
        f"checkpoint: {len(witnesses)} witnesses, {w.options.quorum} asked",
    )
    return f"{origin}, {size} entries, {len(witnesses)} witnesses"


def check_2(w):
    """the log is what was signed, line by line"""
    faults = [str(each["fault"]) for each in w.get("log") if "fault" in each]
    need(not faults, "; ".join(faults[:3]))
    _, size, root, _ = note(w.file("checkpoint"), w.keys)
    lines = w.get("lines")
    need(len(lines) == size, f"log.txt: {len(lines)} lines, {size} signed")
    need(tree(lines) == root, "log.txt: the root isn't the signed one")
    return f"{size} entries"


def check_3(w):
    """nothing was rewritten since a checkpoint that was kept"""
    if not w.options.seen:
        raise Skip("no --seen")
    origin = note(w.file("checkpoint"), w.keys)[0]
    for path, data in w.options.seen:
        kept, size, root, _ = note(data, w.keys)
        good = kept == origin and size <= len(w.get("lines")) and tree(w.get("lines")[:size]) == root
        need(good, f"{path}: the log doesn't continue it")
    return f"{len(w.options.seen)} kept checkpoints continued"


def check_4(w):
    """the wave stands once in the log, whole"""
    for kind in ("frame", "design", "beacon", "draw", "score"):
        w.one(kind)
    label = w.one("frame")["wave"]
    twice = [each for each in w.get("log") if each["t"] == "frame" and each["wave"] == label]
    need(len(twice) == 1, f"log.txt: wave {label} stands {len(twice)} times")
    return f"wave {label}"


def check_5(w):
    """the frame is the frozen one"""
    frame, said = w.get("frame"), w.one("frame")
    need(len(frame) == said["n"], f"frame.tsv: {len(frame)} units, {said['n']} frozen")
    need(tree(lines_of(w.file("frame.tsv"), "frame.tsv")).hex() == said["root"], "frame.tsv: another root")
    return f"{len(frame)} units"


def check_6(w):
    """every sealed part was opened, as sealed"""
    commits = [(each["by"], each["c"]) for _, each in w.all("commit")]
    reveals = [(each["by"], hexsha(bytes.fromhex(each["r"]))) for _, each in w.all("reveal")]
    need(commits, "log.txt: no sealed part")
    need(len(dict(commits)) == len(commits), "log.txt: a party sealed twice")
    need(sorted(commits) == sorted(reveals), "log.txt: opened parts aren't the sealed ones")
    return f"{len(commits)} parties"


def check_7(w):
    """sealed before the public value, drawn before the first call"""
    at = {}
    for i, each in w.get("segment"):
        at.setdefault(each["t"], []).append(i)
    w.one("beacon"), w.one("draw"), w.one("score")
    after, beacon, draw, score = w.one("beacon")["after"], at["beacon"][0], at["draw"][0], at["score"][0]
    before = [i for kind in ("frame", "exclude", "design", "commit") for i in at.get(kind, ())]
    need(max(before) < after <= beacon < draw, "log.txt: frame, design, parts, value and draw in wrong order")
    need(all(after <= i < draw for i in at.get("reveal", ())), "log.txt: a part was opened at a wrong time")
    field = ("release", "person", "attempt", "final", "answers", "correction")
    need(all(draw < i < score for kind in field for i in at.get(kind, ())), "log.txt: fieldwork out of order")
    return "in order"


def check_8(w):
    """the draw's text follows from the log"""
    frame, beacon = w.one("frame"), w.one("beacon")
    digest = hexsha(w.file("design.tsv"))
    need(digest == w.one("design")["sha256"], "design.tsv: not the sealed one")
    parts = sorted((each["by"], each["r"]) for _, each in w.all("reveal"))
    text = "".join(
        [
            f"huying-draw/v1\nwave {frame['wave']}\nframe {frame['n']} {frame['root']}\ndesign {digest}\n",
            f"beacon {beacon['source']} {beacon['value']}\n",
            *(f"part {by} {part}\n" for by, part in parts),
        ]
    )
    need(w.file("draw.txt") == text.encode(), "draw.txt: not what the log says")
    need(hexsha(w.file("draw.txt")) == w.one("draw")["key"], "draw.txt: another key")
    return f"key {w.one('draw')['key'][:16]}…"


def check_9(w):
    """the design fits the frame"""
    sizes, design = Counter(h for _, h, _ in w.get("frame")), w.get("design")
    need(
        {h: size for h, (size, _, _) in design.items()} == sizes,
        "design.tsv: strata or sizes aren't the frame's",
    )
    need(
        all(1 <= n <= size for size, n, _ in design.values()), "design.tsv: a sample larger than its stratum"
    )
    return f"{len(design)} strata"


def check_10(w):
    """the sample is the one that the tickets give"""
    ranks, rank, rows = w.get("ranks"), Counter(), []
    for unit, h in w.get("sample").items():
        ticket = ranks[h][rank[h]][0]
        rank[h] += 1
        rows.append(f"{h}\t{rank[h]}\t{ticket}\t{unit}\n")
    need(w.file("sample.tsv") == "".join(rows).encode(), "sample.tsv: not the drawn units")
    return f"{len(rows)} units"


def check_11(w):
    """every drawn unit was worked to an end, and no other"""
    finals, sample = [each["u"] for _, each in w.all("final")], w.get("sample")
    need(len(set(finals)) == len(finals), "log.txt: a unit ended twice")
    need(
        set(finals) == set(sample),
        f"log.txt: {len(set(finals) ^ set(sample))} units ended but not drawn, or not ended",
    )
    need(all(each["u"] in sample for _, each in w.all("attempt")), "log.txt: a call outside the sample")
    return f"{len(finals)} outcomes"


def check_12(w):
    """nobody was given up before the calls that were promised"""
    asked, tries = w.one("design")["attempts"], {}
    for _, each in w.get("segment"):
        if each["t"] == "attempt":
            tries.setdefault(each["u"], set()).add(each["at"])
        elif each["t"] == "final":
            tries[each["u"], "final"] = len(tries.get(each["u"], ()))
    unworked = {unit for _, each in w.all("close") for unit in each.get("unworked", ())}
    given_up = [u for u, code in w.get("outcomes").items() if code in UNREACHED and tries[u, "final"] < asked]
    early = [u for u in given_up if u not in unworked]
    need(not early, f"log.txt: {len(early)} units given up too early: {early[0] if early else ''}")
    return f"{asked} attempts each" + (f"; {len(unworked)} units unworked at the end" if unworked else "")


def check_13(w):
    """every complete interview has one sealed answer"""
    sample, completes = w.get("sample"), Counter()
    completes.update(sample[u] for u, code in w.get("outcomes").items() if code == "complete")
    given = {h: len(listed) for h, listed in w.get("answers").items() if listed}
    need(dict(completes) == given, "log.txt: completes and sealed answers differ")
    return f"{sum(given.values())} answers"


def check_14(w):
    """the tally counts them all"""
    tally, sample, completes = w.get("tally"), w.get("sample"), Counter()
    completes.update(sample[u] for u, code in w.get("outcomes").items() if code == "complete")
    need(list(tally) == sorted(w.get("design")), "tally.tsv: not the strata of the design")
    need(
        {h: sum(c) for h, c in tally.items() if sum(c)} == dict(completes),
        "tally.tsv: sums aren't the completes",
    )
    return f"{sum(map(sum, tally.values()))} answers"


def check_15(w):
    """the opened answers are the sealed ones"""
    if w.options.openings is None:
        raise Skip("no --openings")
    rows = table(w.options.openings, "openings", LABEL, SALT, "[1-5]")
    opened, counts = Counter(), {}
    for h, nonce, answer in rows:
        opened[h, hexsha(f"huying-answer/v1\n{h}\n{nonce}\n{answer}\n".encode())] += 1
        counts.setdefault(h, [0] * 5)[int(answer) - 1] += 1
    need(
        opened == Counter((h, c) for h, listed in w.get("answers").items() for c in listed), "openings differ"
    )
    if w.has("tally.tsv"):
        need(
            {h: c for h, c in w.get("tally").items() if sum(c)} == counts, "openings: not the tally's counts"
        )
    return f"{len(rows)} openings"


def check_16(w):
    """the score follows from the tally"""
    design, weight, total = w.get("design"), 0, Fraction(0)
    for h, counts in w.get("tally").items():
        if sum(counts) and h in design:
            weight += design[h][0]
            total += design[h][0] * Fraction(sum(k * c for k, c in enumerate(counts, 1)), sum(counts))
    mean = f"{(total / weight).numerator}/{(total / weight).denominator}" if weight else "none"
    need(w.one("score")["mean"] == mean, f"log.txt: score {w.one('score')['mean']}, the tally gives {mean}")
    return mean


def check_17(w):
    """the households left out are those asked lately"""
    if not w.all("exclude"):
        raise Skip("nobody was left out")
    said, data = w.one("exclude"), w.file("exclude.tsv")
    rows = table(data, "exclude.tsv", UNIT, LABEL)
    need((len(rows), hexsha(data)) == (said["n"], said["sha256"]), "exclude.tsv: not the logged one")
    for earlier in w.options.earlier:
        label, released = earlier.one("frame")["wave"], set(earlier.get("sample"))
        need(
            {unit for unit, wave in rows if wave == label} == released,
            f"exclude.tsv: not the sample of {label}",
        )
    return f"{len(rows)} units"


def check_18(w):
    """replicates were released by the sealed rule, and by it alone"""
    rule = w.one("design")
    if "plan" not in rule or "most" not in rule:
        raise Skip("no rule was sealed")
    state = Release(w, rule["plan"], rule["most"])
    for _, each in w.get("segment"):
        state.take(each)
    short = sorted(h for h in state.design if state.due(h))
    said = sorted(h for _, each in w.all("close") for h in each.get("short", ()))
    need(short == said, "log.txt: strata that ended short aren't those of close")
    return f"{sum(state.out.values())} replicates"


class Release:
    """The release rule, followed entry by entry."""

    def __init__(self, w, plan, most):
        self.plan, self.most, self.design, self.ranks = plan, most, w.get("design"), w.get("ranks")
        self.sample, self.out, self.codes = w.get("sample"), Counter(), {}
        self.stratum = {unit: h for h, units in self.ranks.items() for _, unit in units}

    def take(self, each):
        if each["t"] == "release":
            need(self.due(each["h"]), f"log.txt: a replicate of {each['h']} was released against the rule")
            self.out[each["h"]] += 1
        elif each["t"] in ("final", "correction"):
            self.codes[each["u"]] = each.get("code", each.get("to"))

    def due(self, h):
        size, n, r = self.design[h]
        taken = n + self.out[h] * r
        codes = [self.codes.get(unit) for _, unit in self.ranks[h][:taken]]
        open_ended = None not in codes and codes.count("complete") < self.plan
        return open_ended and self.out[h] < self.most and taken < size and r > 0


def check_19(w):
    """every correction is in order"""
    if not w.all("correction"):
        raise Skip("no correction")
    codes = {}
    for i, each in w.all("final", "correction"):
        if each["t"] == "correction":
            good = codes.get(each["u"]) == each["from"] and ("drop" in each) == (each["from"] == "complete")
            need(good, f"log.txt: line {i + 1}: a correction out of order")
        codes[each["u"]] = each.get("code", each.get("to"))
    w.get("answers")
    return f"{len(w.all('correction'))} corrections"


def check_20(w):
    """the person asked was drawn too"""
    if not w.all("person"):
        raise Skip("no person was drawn")
    key = hexsha(w.file("draw.txt"))
    for i, each in w.all("person"):
        tickets = [(hexsha(f"{key}{each['u']}/{k}".encode()), k) for k in range(1, each["m"] + 1)]
        good = each["u"] in w.get("sample") and tickets and min(tickets)[1] == each["k"]
        need(good, f"log.txt: line {i + 1}: another person than the drawn one")
    return f"{len(w.all('person'))} persons"


def check_21(w):
    """the public value is the one named beforehand"""
    beacon, named = w.one("beacon"), w.one("design").get("beacon")
    if named is None:
        raise Skip("the design named no public value")
    need(beacon["source"] == named, "log.txt: another public value than the one named")
    sig = beacon.get("sig")
    need(
        sig is None or hexsha(bytes.fromhex(sig)) == beacon["value"],
        "log.txt: the value isn't its signature's",
    )
    return f"{beacon['source']} {beacon['value']}"


# --- The command line --------------------------------------------------------------------------------------


def notes(w):
    """Return what a reader should know besides."""
    try:
        segment, sample = w.get("segment"), w.get("sample")
        codes = Counter(w.get("outcomes").values())
        yield "outcomes: " + ", ".join(
            f"{code} {count} of {len(sample)}" for code, count in codes.most_common()
        )
        if len(w.all("commit")) == 1:
            yield "a sole party sealed a part"
        single = sum(n < 2 for _, n, _ in w.get("design").values())
        if single:
            yield f"{single} strata with a single drawn unit have no variance of their own"
        unknown = Counter(each["t"] for _, each in segment if each["t"] not in FIELDS)
        yield from (f"{count} entries of unknown type {kind}" for kind, count in unknown.items())
    except Bad:
        return


def read(path):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}") from None


def options(words):
    parser = argparse.ArgumentParser(prog="verify.py", description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--key", action="append", required=True, metavar="VKEY")
    parser.add_argument("--quorum", type=int, default=1, metavar="K")
    parser.add_argument("--seen", action="append", default=[], metavar="FILE")
    parser.add_argument("--openings", metavar="FILE")
    parser.add_argument("--earlier", action="append", default=[], metavar="BUNDLE")
    found = parser.parse_args(words)
    for path in (found.bundle, *found.earlier):
        if not Path(path).exists():
            raise Usage(f"{path}: no such file or directory")
    found.seen = [(path, read(path)) for path in found.seen]
    found.openings = read(found.openings) if found.openings else None
    found.earlier = [Wave(read_bundle(Path(path)), found) for path in found.earlier]
    return found


def main(words=None):
    """Run all checks; return the exit status."""
    try:
        chosen = options(words)
        wave = Wave(read_bundle(chosen.bundle), chosen)
    except Usage as error:
        print(error, file=sys.stderr)
        return 2
    failed, skipped = [], []
    for number in range(1, 22):
        check = globals()[f"check_{number}"]
        try:
            print(f"ok   {number} {check.__doc__}: {check(wave)}")
        except Skip as reason:
            skipped.append(str(number))
            print(f"skip {number} {check.__doc__}: {reason}")
        except Bad as reason:
            failed.append(str(number))
            print(f"FAIL {number} {reason}")
    for line in notes(wave):
        print(f"note {line}")
    numbers = f"failed: {' '.join(failed) or 'none'}; skipped: {' '.join(skipped) or 'none'}"
    print(f"{'NOT VERIFIED' if failed else 'verified'} ({numbers})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
