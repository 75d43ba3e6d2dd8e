"""Whatever is done to a bundle of version 2: findings and exit status 0 or 1, never a traceback.

Three hundred mutants in a run by hand, ten thousand by night, all in one process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import verify
from survey.drawing.bundle import bundle_zip
from tests.support.examples import examples
from tests.survey.verify import bound, bundles

SAYS = re.compile(r"wave .+|(ok  |skip|FAIL) [0-9]{1,2} .+|note .+|(NOT VERIFIED|verified) .+")
PLACE = st.floats(0, 1, exclude_max=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("none"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@dataclass
class Mutant:
    """Files in a zip, and what is bent in the zip itself."""

    files: dict[str, bytes]
    openings: bytes
    minutes: bytes
    zipped: Callable[[bytes], bytes] = bytes

    def entries(self) -> list[bytes]:
        return self.files["log.txt"].splitlines(keepends=True)

    def sign(self) -> None:
        """Let log and witness sign what now stands, so that later checks meet it too."""
        b = bound.Bound(self.files, [], [])
        if any("/" in name for name in self.files):
            b.sealed()
        else:
            self.files["checkpoint"] = b.signed(len(self.entries()), "2026-12-21T09:00:00+08:00")


@pytest.fixture(scope="module")
def honest() -> bound.Bound:
    return bound.honest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mutants")


def at(data: bytes, where: float) -> int:
    return int(where * len(data))


def names(m: Mutant) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(m.files))


def flips(m: Mutant, draw: st.DrawFn) -> None:
    name = draw(names(m))
    data = bytearray(m.files[name])
    for where, flip in draw(st.lists(st.tuples(PLACE, st.integers(1, 255)), min_size=1, max_size=3)):
        data[at(data, where)] ^= flip
    m.files[name] = bytes(data)


def replaces_a_piece(m: Mutant, draw: st.DrawFn) -> None:
    name, where, gone = draw(names(m)), draw(PLACE), draw(st.integers(0, 99))
    data, place = m.files[name], at(m.files[name], where)
    m.files[name] = data[:place] + draw(st.binary(max_size=40)) + data[place + gone :]


def swaps(m: Mutant, draw: st.DrawFn) -> None:
    found = draw(st.lists(names(m), min_size=2, max_size=4, unique=True))
    m.files |= {to: m.files[name] for name, to in zip(found, [*found[1:], found[0]], strict=True)}


def leaves_out(m: Mutant, draw: st.DrawFn) -> None:
    del m.files[draw(names(m))]


def empties(m: Mutant, draw: st.DrawFn) -> None:
    m.files[draw(names(m))] = draw(st.sampled_from([b"", b"\n", b"\0" * 99, b"\xef\xbb\xbf\n", b"{}\n"]))


def nests(m: Mutant, draw: st.DrawFn) -> None:
    """Deep JSON as a line, as a field of a signed line, or as the terms."""
    deep = draw(st.sampled_from([50, 300, 480, 900, 5_000]))
    text = draw(st.sampled_from([b"[", b'{"a":']))
    inner = text * deep + b"1" + (b"]" if text == b"[" else b"}") * deep
    if draw(st.booleans()):
        m.files["terms.json"] = draw(st.sampled_from([inner, b'{"slots":' + inner + b"}"]))
        return
    lines = m.entries()
    place = at(m.files["log.txt"], draw(PLACE)) % len(lines)
    whole = draw(st.booleans())
    lines[place] = (inner if whole else b'{"a":' + inner + b"," + lines[place].strip()[1:]) + b"\n"
    m.files["log.txt"] = b"".join(lines)
    m.sign()


def says_otherwise(m: Mutant, draw: st.DrawFn) -> None:
    """Any value in any field of a line that is signed."""
    lines = m.entries()
    kind = draw(st.sampled_from(sorted({json.loads(line)["t"] for line in lines})))
    place = draw(st.sampled_from([i for i, line in enumerate(lines) if json.loads(line)["t"] == kind]))
    entry = json.loads(lines[place])
    optional = [field.split("=")[0].rstrip("?") for field in verify.FIELDS_2[kind].split()]
    entry[draw(st.sampled_from(sorted({*entry, *optional, "v"} - {"t"})))] = draw(JSON)
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    lines[place] = text.encode(errors="replace") + b"\n"
    m.files["log.txt"] = b"".join(lines)
    m.sign()


def lacks_a_kind(m: Mutant, draw: st.DrawFn) -> None:
    """All lines of a type are gone, and that is signed."""
    kind = draw(st.sampled_from(sorted(verify.FIELDS_2)))
    m.files["log.txt"] = b"".join(line for line in m.entries() if json.loads(line)["t"] != kind)
    m.sign()


def moves_lines(m: Mutant, draw: st.DrawFn) -> None:
    """Lines of the log go, come twice, or stand elsewhere, and are signed."""
    lines = m.entries()
    for _ in range(draw(st.integers(1, 3))):
        line = lines.pop(draw(st.integers(0, len(lines) - 1)))
        for _ in range(draw(st.integers(0, 2))):
            lines.insert(draw(st.integers(0, len(lines))), line)
    m.files["log.txt"] = b"".join(lines)
    m.sign()


def bends_the_zip(m: Mutant, draw: st.DrawFn) -> None:
    where, flip, stop = draw(PLACE), draw(st.integers(0, 255)), draw(st.sampled_from([1.0, draw(PLACE)]))

    def bent(data: bytes) -> bytes:
        found = bytearray(data)
        found[at(data, where)] ^= flip
        return bytes(found[: at(data, stop)] if stop < 1 else found)

    m.zipped = bent


def bends_what_auditors_hold(m: Mutant, draw: st.DrawFn) -> None:
    name = draw(st.sampled_from(["openings", "minutes"]))
    data, place = getattr(m, name), at(getattr(m, name), draw(PLACE))
    setattr(m, name, data[:place] + draw(st.binary(max_size=20)) + data[place + draw(st.integers(0, 30)) :])


ACTS = [
    flips, replaces_a_piece, swaps, leaves_out, empties, nests, says_otherwise, lacks_a_kind, moves_lines,
    bends_the_zip, bends_what_auditors_hold,
]  # fmt: skip


@st.composite
def mutants(draw: st.DrawFn, honest: bound.Bound) -> Mutant:
    """Nineteen in twenty without the days' checkpoints, whose signatures would cost more than all else."""
    light = draw(st.integers(0, 19)) > 0
    files = {name: data for name, data in honest.files.items() if not (light and "/" in name)}
    mutant = Mutant(files, honest.openings_tsv(), honest.minutes_tsv())
    acts = draw(st.lists(st.sampled_from(ACTS), min_size=1, max_size=2))
    # What is nested deeply comes last: whether it can be read again depends on how deep we are ourselves.
    for act in sorted(acts, key=lambda act: act is nests):
        if mutant.files.get("log.txt"):
            try:
                act(mutant, draw)
            except (ValueError, LookupError, TypeError, RecursionError, StopIteration):
                continue  # the first act left nothing that the second could bend
    return mutant


@examples(300, by_night=10_000)
@given(data=st.data())
def test_a_mutant_is_found_out_in_whole_lines(honest, folder, data):
    mutant = data.draw(mutants(honest))
    (folder / "bundle.zip").write_bytes(mutant.zipped(bundle_zip(mutant.files)))
    (folder / "openings.tsv").write_bytes(mutant.openings)
    (folder / "minutes.tsv").write_bytes(mutant.minutes)
    words = [
        str(folder / "bundle.zip"),
        "--wave",
        bound.WAVE,
        *(w for key in bound.KEYS for w in ("--key", key)),
    ]
    words += ["--openings", str(folder / "openings.tsv"), "--minutes", str(folder / "minutes.tsv")]
    status, said = bundles.run(words)
    assert status in {0, 1}
    assert all(SAYS.fullmatch(line) for line in said.splitlines())
    assert (status == 1) == bool(bundles.numbers(said, "FAIL"))
