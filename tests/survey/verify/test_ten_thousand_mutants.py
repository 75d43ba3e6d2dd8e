"""Whatever is done to a bundle of version 2: findings and exit status 0 or 1, never a traceback.

Three hundred mutants in a run by hand, ten thousand by night, all in one process. A number makes a mutant, so
that one which fails can be made again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey import verify
from survey.drawing.bundle import bundle_zip
from tests.support.examples import examples
from tests.survey.verify import bound, bundles

SAYS = re.compile(r"wave .+|(ok  |skip|FAIL) [0-9]{1,2} .+|note .+|(NOT VERIFIED|verified) .+")
ODD = (None, True, 0, -1, 1, 2**53, 10**30, 0.5, float("nan"), "", "none", "A", "\ud800", "２", [], {}, [[]])
BREAKS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, StopIteration, Invalid)
"""What an act may raise that meets what another left."""


@dataclass
class Mutant:
    """Files in a zip, what auditors hold, and what is bent in the zip itself."""

    files: dict[str, bytes]
    openings: bytes
    minutes: bytes
    zipped: Callable[[bytes], bytes] = bytes

    def entries(self) -> list[bytes]:
        return self.files["log.txt"].splitlines(keepends=True)

    def signed(self, lines: list[bytes]) -> None:
        """Let log and witness sign these lines, so that later checks meet them too."""
        self.files["log.txt"] = b"".join(lines)
        b = bound.Bound(self.files, [], [])
        if any("/" in name for name in self.files):
            b.sealed()
        else:
            self.files["checkpoint"] = b.signed(len(lines), "2026-12-21T09:00:00+08:00")


def name_in(m: Mutant, dice: Random) -> str:
    return dice.choice(sorted(m.files))


def replaced(data: bytes, dice: Random) -> bytes:
    place = dice.randint(0, len(data))
    return data[:place] + dice.randbytes(dice.randint(0, 40)) + data[place + dice.randint(0, 99) :]


def flips(m: Mutant, dice: Random) -> None:
    name = name_in(m, dice)
    data = bytearray(m.files[name])
    for _ in range(dice.randint(1, 3)):
        data[dice.randrange(len(data))] ^= dice.randint(1, 255)
    m.files[name] = bytes(data)


def replaces_a_piece(m: Mutant, dice: Random) -> None:
    name = name_in(m, dice)
    m.files[name] = replaced(m.files[name], dice)


def swaps(m: Mutant, dice: Random) -> None:
    found = dice.sample(sorted(m.files), dice.randint(2, 4))
    m.files |= {to: m.files[name] for name, to in zip(found, [*found[1:], found[0]], strict=True)}


def leaves_out(m: Mutant, dice: Random) -> None:
    del m.files[name_in(m, dice)]


def empties(m: Mutant, dice: Random) -> None:
    m.files[name_in(m, dice)] = dice.choice([b"", b"\n", b"\0" * 99, b"\xef\xbb\xbf\n", b"{}\n", b"[]"])


def nests(m: Mutant, dice: Random) -> None:
    """Deep JSON as a line, as a field of a signed line, or as the terms."""
    deep, start = dice.choice([50, 300, 480, 900, 5_000]), dice.choice([b"[", b'{"a":'])
    inner = start * deep + b"1" + (b"]" if start == b"[" else b"}") * deep
    if dice.random() < 0.5:
        m.files["terms.json"] = dice.choice([inner, b'{"slots":' + inner + b"}"])
        return
    lines = m.entries()
    place = dice.randrange(len(lines))
    lines[place] = dice.choice([inner, b'{"a":' + inner + b"," + lines[place].strip()[1:]]) + b"\n"
    m.signed(lines)


def value(dice: Random) -> object:
    """Any JSON, odd values before others."""
    made = dice.choice(ODD)
    for _ in range(dice.choice([0, 0, 1, 2])):
        made = dice.choice(
            [[made], [made, dice.choice(ODD)], {"day": made, "r": 1}, {dice.choice("aé"): made}]
        )
    return made


def says_otherwise(m: Mutant, dice: Random) -> None:
    """Any value in any field of a line that is signed."""
    lines = m.entries()
    kind = dice.choice(sorted({json.loads(line)["t"] for line in lines}))
    place = dice.choice([i for i, line in enumerate(lines) if json.loads(line)["t"] == kind])
    entry = json.loads(lines[place])
    names = {*entry, *(field.split("=")[0].rstrip("?") for field in verify.FIELDS_2[kind].split()), "v"}
    entry[dice.choice(sorted(names - {"t"}))] = value(dice)
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    lines[place] = text.encode(errors="replace") + b"\n"
    m.signed(lines)


def lacks_a_kind(m: Mutant, dice: Random) -> None:
    """All lines of a type are gone, and that is signed."""
    kind = dice.choice(sorted(verify.FIELDS_2))
    m.signed([line for line in m.entries() if json.loads(line)["t"] != kind])


def moves_lines(m: Mutant, dice: Random) -> None:
    """Lines of the log go, come twice, or stand elsewhere, and are signed."""
    lines = m.entries()
    for _ in range(dice.randint(1, 3)):
        line = lines.pop(dice.randrange(len(lines)))
        for _ in range(dice.randint(0, 2)):
            lines.insert(dice.randint(0, len(lines)), line)
    m.signed(lines)


def bends_the_zip(m: Mutant, dice: Random) -> None:
    def bent(data: bytes) -> bytes:
        found = bytearray(data)
        found[dice.randrange(len(found))] ^= dice.randint(0, 255)
        return bytes(found[: dice.choice([len(found), dice.randrange(len(found))])])

    m.zipped = bent


def bends_what_auditors_hold(m: Mutant, dice: Random) -> None:
    name = dice.choice(["openings", "minutes"])
    setattr(m, name, replaced(getattr(m, name), dice))


ACTS = (
    flips, replaces_a_piece, swaps, leaves_out, empties, nests, says_otherwise, lacks_a_kind, moves_lines,
    bends_the_zip, bends_what_auditors_hold,
)  # fmt: skip


def mutant(honest: bound.Bound, number: int) -> Mutant:
    """Nineteen in twenty without the days' checkpoints, whose signatures would cost more than all else."""
    dice = Random(number)
    light = number % 20 > 0
    files = {name: data for name, data in honest.files.items() if not (light and "/" in name)}
    made = Mutant(files, honest.openings_tsv(), honest.minutes_tsv())
    for act in dice.sample(ACTS, dice.randint(1, 2)):
        try:
            act(made, dice)
        except BREAKS:
            continue  # the first act left nothing that the second could bend
    return made


@pytest.fixture(scope="module")
def honest() -> bound.Bound:
    return bound.honest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mutants")


@examples(300, nightly=10_000)
@given(number=st.integers(0, 2**32))
def test_a_mutant_is_found_out_in_whole_lines(honest, folder, number):
    made = mutant(honest, number)
    (folder / "bundle.zip").write_bytes(made.zipped(bundle_zip(made.files)))
    (folder / "openings.tsv").write_bytes(made.openings)
    (folder / "minutes.tsv").write_bytes(made.minutes)
    keys = [word for key in bound.KEYS for word in ("--key", key)]
    words = [str(folder / "bundle.zip"), "--wave", bound.WAVE, *keys]
    words += ["--openings", str(folder / "openings.tsv"), "--minutes", str(folder / "minutes.tsv")]
    status, said = bundles.run(words)
    assert status in {0, 1}
    assert all(SAYS.fullmatch(line) for line in said.splitlines())
    assert (status == 1) == bool(bundles.numbers(said, "FAIL"))
